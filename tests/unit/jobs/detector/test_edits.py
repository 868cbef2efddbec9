"""Edits: every frame of every transition is where the list says it is."""

import numpy as np
import pytest

from reelwise.analysis.results import TransitionType
from reelwise.jobs.detector.edits import Edit, EditStyle, make_edit, mix
from reelwise.jobs.detector.scenes import Scene

NO_DISTURBANCE = 0.0


class PlainScene(Scene):
    """A scene of one colour."""

    def __init__(self, level: float) -> None:
        self._level = level

    def take(self, num_frames: int, rng: np.random.Generator) -> np.ndarray:
        return np.full((num_frames, 28, 48, 3), self._level, np.float32)


def edit(seed: int, *, gradual: float = 0.0, short: float = 0.0) -> Edit:
    scenes = [PlainScene(level) for level in (20, 90, 160, 230)]
    return make_edit(scenes, 400, EditStyle(gradual, short, 0.0, NO_DISTURBANCE), np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(5))
def test_the_picture_changes_at_the_cuts_and_nowhere_else(seed: int) -> None:
    result = edit(seed, short=0.5)
    assert result.frames.shape == (400, 28, 48, 3)
    changes = np.flatnonzero(np.abs(np.diff(result.frames[:, 0, 0, 0])) > 1) + 1
    assert changes.tolist() == [transition.start_frame for transition in result.transitions]


@pytest.mark.parametrize("seed", range(5))
def test_frames_outside_of_transitions_are_wholly_of_one_shot(seed: int) -> None:
    result = edit(seed, gradual=1.0)
    own = np.ones(400, bool)
    for transition in result.transitions:
        own[transition.start_frame : transition.end_frame] = False
    assert np.isin(result.frames[own], (20, 90, 160, 230)).all()
    assert result.transitions
    ends = [place for one in result.transitions for place in (one.start_frame, one.end_frame)]
    assert ends == sorted(ends)


@pytest.mark.parametrize("kind", ["dissolve", "fade_black", "fade_white", "wipe"])
def test_a_gradual_transition_goes_from_one_shot_to_the_other(kind: TransitionType) -> None:
    old, new = np.full((20, 28, 48, 3), 60, np.float32), np.full((20, 28, 48, 3), 180, np.float32)
    for seed in range(20):
        frames = mix(kind, old, new, np.random.default_rng(seed))
        assert frames.shape == old.shape
        means = frames.mean(axis=(1, 2, 3))
        if kind in ("dissolve", "wipe"):
            assert abs(means[0] - 60) < abs(means[0] - 180)
            assert abs(means[-1] - 180) < abs(means[-1] - 60)
        else:
            extreme = means.min() if kind == "fade_black" else 255 - means.max()
            assert extreme < 40


def test_the_same_seed_gives_the_same_edit() -> None:
    np.testing.assert_array_equal(edit(3, gradual=0.5).frames, edit(3, gradual=0.5).frames)
