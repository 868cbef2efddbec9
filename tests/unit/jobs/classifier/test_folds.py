"""Every answer is kept for the video it was given for, and by a model that never saw the video's group."""

import csv

import numpy as np
import pytest

from reelwise.jobs.classifier import folds as train_model


@pytest.fixture
def all_knowing(monkeypatch, quick_fit):
    """A model that is always right about the video it is asked about; gets back who was asked, in turn."""
    asked = []

    def answers_of(network, contract, data, ask, progress):
        asked.append(tuple(ask))
        return 5.0 * np.eye(data.num_classes)[data.y[list(ask)]][:, None]

    monkeypatch.setattr(train_model, "answers_of", answers_of)
    return asked


@pytest.mark.parametrize("folds", [None, 3])
def test_answers_stay_with_their_videos(folds, tiny_train, all_knowing):
    run = tiny_train(folds=folds)
    assert run.metrics["accuracy"] == 1.0
    assert len(all_knowing) == (folds or 1)
    with (run.path / "predictions.csv").open(newline="") as stream:
        assert all(row["label"] == row["predicted"] == row["file"].split("/")[0] for row in csv.DictReader(stream))


@pytest.mark.parametrize("folds", [None, 3])
def test_nobody_is_asked_who_was_learned_from(folds, tiny_train, all_knowing, monkeypatch):
    parts, real = [], train_model.train_part

    def train_part(data, recipe, part, *rest):
        parts.append(part)
        return real(data, recipe, part, *rest)

    monkeypatch.setattr(train_model, "train_part", train_part)
    run = tiny_train(folds=folds, no_refit=False)
    with (run.path / "splits.csv").open(newline="") as stream:
        groups = [row["group"] for row in csv.DictReader(stream)]
    *tested, refit = parts
    assert (refit.name, len(refit.learn), refit.stop_by) == ("refit", 18, ())
    for part, ask in zip(tested, all_knowing, strict=True):
        judged = set(ask) - set(part.stop_by)
        assert not {groups[i] for i in judged} & {groups[i] for i in (*part.learn, *part.stop_by)}
        assert not {groups[i] for i in part.learn} & {groups[i] for i in part.stop_by}
        assert len(part.learn) + len(part.stop_by) + len(judged) == 18
