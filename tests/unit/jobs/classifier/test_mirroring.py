"""What real frames say of mirrored clips, whatever the classes are called."""

from dataclasses import replace

import numpy as np
import pytest

from reelwise.core.backend import choose_backend
from reelwise.core.progress import Silent
from reelwise.evaluation.mirror_trial import MirrorTrial
from reelwise.jobs.classifier import mirroring
from reelwise.jobs.classifier.baselines import baseline_features
from reelwise.jobs.classifier.mirroring import Mirroring, mirroring_in_words
from reelwise.jobs.classifier.plan import plan_job
from reelwise.jobs.classifier.prepare_data import prepare_data
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.synthetic.scene import Style
from reelwise.media.synthetic.sets import write_motion_set

YES = MirrorTrial(30, is_learned=True, share_kept=0.9)
NO = MirrorTrial(30, is_learned=True, share_kept=-1.5, labels_lost=("arrival",))


@pytest.fixture
def mirroring_of(cache, tmp_path):
    """The question for 40 made-up clips of two motions, in folders with names that say no side."""

    def ask(*motions):
        root = tmp_path / "clips"
        write_motion_set(root, 40, 0, style=Style(size=64, num_frames=16, frame_rate=10), labels=motions)
        for motion, name in zip(motions, ("arrival", "departure"), strict=True):
            (root / motion).rename(root / name)
        (root / "labels.csv").unlink()
        options = TrainOptions(str(root), model="cnn", size=48, num_frames=8, cache_dir=cache)
        backend = choose_backend()
        plan = plan_job(options, backend, start=None, command="")
        context = RunContext(tmp_path, backend, 0, Silent())
        ((training_plan, data),) = prepare_data(context, plan.data, plan.request)
        assert training_plan.asks_mirror
        return Mirroring(data, baseline_features(data, training_plan), 0)

    return ask


def test_classes_that_differ_by_direction_alone_are_not_mirrored(mirroring_of):
    trial = mirroring_of("left", "right").trial(range(40))
    assert trial.is_learned
    assert not trial.keeps_labels
    assert set(trial.labels_lost) == {"arrival", "departure"}


def test_classes_that_differ_by_height_are_mirrored(mirroring_of):
    assert mirroring_of("up", "down").trial(range(40)).keeps_labels


def test_each_set_of_videos_is_asked_once_and_features_are_kept(mirroring_of, monkeypatch):
    rows, make_row = [], mirroring._row

    def record(video):
        rows.append(video)
        return make_row(video)

    monkeypatch.setattr(mirroring, "_row", record)
    question = mirroring_of("up", "down")
    first = question.trial(range(20))
    assert question.trial(range(20)) is first
    assert len(rows) == 20
    assert question.trial(range(10, 30)) is not first
    assert len(rows) == 30


def test_of_many_videos_a_sample_is_asked(mirroring_of, monkeypatch):
    monkeypatch.setattr(mirroring, "search_sample", lambda num_videos, seed: np.arange(0, num_videos, 2))
    assert mirroring_of("up", "down").trial(range(40)).num_videos <= 20


def test_what_was_decided_is_said_with_how_many_decided_otherwise():
    assert mirroring_in_words(YES, [YES]) == (
        "clips are mirrored in training: in the mirror, 30 held-out training videos keep 90 % of what was learned"
        " about them."
    )
    text = mirroring_in_words(NO, [NO, YES, NO, None])
    assert "not mirrored in training: in the mirror, held-out training videos no longer show 'arrival'" in text
    assert "1 of 4 tested trainings decided otherwise" in text
    assert text.endswith("--flip on mirrors them all the same.")
    assert "too little was learned" in mirroring_in_words(replace(YES, is_learned=False), [])
