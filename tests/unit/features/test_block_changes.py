import numpy as np
import pytest

from reelwise.features.block_changes import block_changes


def frames_with_one_step(size: int, step: int) -> np.ndarray:
    """Five grey frames; from the third on one block of 8x8 is brighter."""
    frames = np.full((5, size, size, 3), 100, np.uint8)
    frames[2:, 8:16, 16:24] += step
    return frames


def test_the_block_that_changes_most_counts():
    assert block_changes(frames_with_one_step(64, 30), 1).tolist() == [0, 30, 0, 0]
    assert block_changes(frames_with_one_step(64, 30), 2).tolist() == [30, 30, 0]
    assert block_changes(frames_with_one_step(64, 30), 4).tolist() == [30]


def test_half_a_block_counts_half_and_fractions_of_a_grey_level_stay():
    frames = np.full((2, 32, 32, 3), 100, np.uint8)
    frames[1, :8, :4] += 9
    frames[1, 0, 0] += 1
    assert block_changes(frames, 1)[0] == pytest.approx(4.5 + 1 / 64, abs=1e-5)


def test_a_mean_of_the_whole_picture_would_not_see_it():
    frames = frames_with_one_step(96, 12)
    assert np.abs(frames[1].astype(int) - frames[2]).mean() < 0.1
    assert block_changes(frames, 1)[1] == 12


@pytest.mark.parametrize("size", [4, 8, 20])
def test_small_pictures_have_blocks_as_well(size):
    frames = np.zeros((2, size, size, 3), np.uint8)
    frames[1] = 7
    assert block_changes(frames, 1).tolist() == [7]


def test_too_few_frames_have_no_changes_and_a_lag_is_positive():
    assert block_changes(frames_with_one_step(16, 5), 5).shape == (0,)
    assert block_changes(frames_with_one_step(16, 5), 9).shape == (0,)
    with pytest.raises(ValueError, match="lag is 0"):
        block_changes(frames_with_one_step(16, 5), 0)
