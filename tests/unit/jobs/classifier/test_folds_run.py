"""Every prediction stays with its video, and comes from a network that was trained without the video's group."""

import csv

import numpy as np
import pytest

from reelwise.jobs.classifier import model_job


@pytest.fixture
def perfect_networks(monkeypatch, quick_fit):
    """Networks that are right about every video; gives the indices that each of them predicted, in turn."""
    predictions = []

    def predict_heads(network, contract, data, indices, progress):
        predictions.append(tuple(indices))
        return 5.0 * np.eye(len(data.labels))[data.y[list(indices)]][:, None]

    monkeypatch.setattr(model_job, "predict_heads", predict_heads)
    return predictions


@pytest.mark.parametrize("folds", [None, 3])
def test_predictions_stay_with_their_videos(folds, tiny_train, perfect_networks):
    run = tiny_train(folds=folds)
    assert run.metrics["accuracy"] == 1.0
    assert len(perfect_networks) == (folds or 1)
    with (run.path / "predictions.csv").open(newline="") as stream:
        assert all(row["label"] == row["predicted"] == row["file"].split("/")[0] for row in csv.DictReader(stream))


@pytest.mark.parametrize("folds", [None, 3])
def test_no_group_is_in_training_and_test(folds, tiny_train, perfect_networks, monkeypatch):
    trainings, fit_network = [], model_job.fit_network

    def spy(data, plan, training, *rest):
        trainings.append(training)
        return fit_network(data, plan, training, *rest)

    monkeypatch.setattr(model_job, "fit_network", spy)
    run = tiny_train(folds=folds, no_refit=False)
    with (run.path / "splits.csv").open(newline="") as stream:
        groups = [row["group"] for row in csv.DictReader(stream)]
    *tested, refit = trainings
    assert (refit.name, len(refit.train_indices), refit.validation_indices) == ("refit", 18, ())
    for training, indices in zip(tested, perfect_networks, strict=True):
        test = set(indices) - set(training.validation_indices)
        assert not {groups[i] for i in test} & {groups[i] for i in training.indices}
        assert not {groups[i] for i in training.train_indices} & {groups[i] for i in training.validation_indices}
        assert len(training.indices) + len(test) == 18
