"""A picture that lies a little beside another, and what moves in both."""

import numpy as np
import pytest
from made_up_films import print_of, scene

from reelwise.analysis.similarity.shifts import fit_shift

FRAMES = np.arange(20, 120)
SEGMENTS = np.zeros(1, int)
FILM = scene(4, np.arange(140) / 25 * 0.3)


def values_of(pictures: np.ndarray) -> np.ndarray:
    return print_of(pictures).descriptors[0].astype(np.float32)


def rest_of(clip: np.ndarray, late_frames: int = 0) -> float:
    return fit_shift(values_of(clip)[FRAMES], values_of(FILM)[FRAMES + late_frames], SEGMENTS).rest_share


def shifted(across: int, down: int) -> np.ndarray:
    return np.pad(FILM, ((0, 0), (2, 2), (4, 4)), "edge")[:, 2 + down : 47 + down, 4 + across : 84 + across]


def test_equal_pictures_leave_nothing():
    assert rest_of(FILM) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("across", "down"), [(2, 0), (-2, 0), (0, 1), (0, -1), (2, -1)])
def test_a_shift_is_no_other_time(across, down):
    """A fortieth of the picture aside; without looking for a shift, several frames later or earlier agree best."""
    clip = shifted(across, down)
    values = {late: rest_of(clip, late) for late in range(-8, 9)}
    assert abs(min(values, key=lambda late: values[late])) <= 1
    assert values[0] < 0.03


def test_what_does_not_change_alike_stays_unexplained():
    assert rest_of(scene(5, np.arange(140) / 25 * 0.3)) > 0.7


def test_plain_pictures_have_nothing_to_explain():
    plain = np.zeros((10, 64), np.float32)
    shift = fit_shift(plain, plain, SEGMENTS)
    assert np.isfinite(shift.rest_share)
    np.testing.assert_array_equal(shift.undo(plain), plain)


@pytest.mark.parametrize(("across", "down"), [(2, 0), (-2, 1), (0, -1)])
def test_undone_the_clip_lies_on_the_film(across, down):
    clip, film = values_of(shifted(across, down))[FRAMES], values_of(FILM)[FRAMES]
    undone = fit_shift(clip, film, SEGMENTS).undo(clip)
    beside, on = (np.abs(values - film).mean() for values in (clip, undone))
    assert on < 0.7 * beside
