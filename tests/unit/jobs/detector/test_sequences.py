"""Training sequences: shapes, labels and one source of chance."""

import numpy as np
import pytest

from reelwise.jobs.detector.disturbances import DISTURBANCES, Disturbance, frozen, skipped, slow_motion
from reelwise.jobs.detector.edits import gradual_style
from reelwise.jobs.detector.scenes import FilmScene, PictureScene, RunningScene, Scene, camera_path, made_up_picture
from reelwise.jobs.detector.sequences import LabelledSequence, make_sequence, transitions_of


def scenes() -> list[Scene]:
    rng = np.random.default_rng(0)
    film = rng.integers(0, 256, (30, 56, 96, 3), np.uint8)
    return [FilmScene(film), PictureScene(made_up_picture(rng))]


def test_sequences_have_labels_and_depend_on_the_seed_alone() -> None:
    first, again, other = (make_sequence(scenes(), 200, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.thumbnails.shape == (200, 28, 48, 3)
    assert first.thumbnails.dtype == np.uint8
    np.testing.assert_array_equal(first.thumbnails, again.thumbnails)
    assert not np.array_equal(first.thumbnails, other.thumbnails)


def test_labels_of_many_sequences_hold_several_kinds_and_single_takes() -> None:
    pool = scenes()
    sequences = [make_sequence(pool, 120, np.random.default_rng(seed), gradual_style) for seed in range(30)]
    kinds = np.concatenate([sequence.kinds for sequence in sequences])
    assert {0, 1, 4} <= set(kinds.tolist()) <= {0, 1, 2, 3, 4}
    num_single = sum(not sequence.is_cut.any() and not sequence.kinds.any() for sequence in sequences)
    assert 3 <= num_single <= 20


def test_labels_become_transitions() -> None:
    kinds = np.array([0, 0, 1, 1, 4, 4, 0, 0])
    is_cut = np.array([0, 1, 0, 0, 0, 0, 0, 1], bool)
    transitions = transitions_of(LabelledSequence(np.zeros((8, 28, 48, 3), np.uint8), is_cut, kinds))
    assert [(one.type, one.start_frame, one.end_frame) for one in transitions] == [
        ("cut", 1, 1),
        ("dissolve", 2, 4),
        ("wipe", 4, 6),
        ("cut", 7, 7),
    ]


def test_a_running_scene_goes_on_where_it_was() -> None:
    frames = np.arange(50, dtype=np.float32)[:, None, None, None] * np.ones((1, 28, 48, 3), np.float32)
    scene, rng = RunningScene(frames), np.random.default_rng(0)
    for _ in range(20):
        steps = np.diff(scene.take(12, rng)[:, 0, 0, 0])
        assert (np.abs(steps) == 1).all()


@pytest.mark.parametrize("scene", scenes())
def test_takes_are_smooth_pictures(scene: Scene) -> None:
    take = scene.take(40, np.random.default_rng(1))
    assert take.shape == (40, 28, 48, 3)
    assert take.dtype == np.float32
    assert 0 <= take.min() <= take.max() <= 255


def test_a_camera_path_starts_where_it_is_pointed() -> None:
    paths = np.stack([camera_path(60, np.random.default_rng(seed)) for seed in range(50)])
    assert paths.shape == (50, 60, 4)
    assert np.median(np.abs(paths[:, 0, :2])) < 0.05


@pytest.mark.parametrize("disturbance", [one for one, _ in DISTURBANCES])
def test_disturbances_keep_the_length_and_leave_their_input_alone(disturbance: Disturbance) -> None:
    frames = np.full((60, 28, 48, 3), 100, np.float32)
    before = frames.copy()
    changed = False
    for seed in range(30):
        result = disturbance(frames, np.random.default_rng(seed))
        assert result.shape == frames.shape
        changed |= not np.array_equal(result, before)
    np.testing.assert_array_equal(frames, before)
    assert changed or disturbance in (frozen, skipped, slow_motion)  # of a still picture nothing shows
