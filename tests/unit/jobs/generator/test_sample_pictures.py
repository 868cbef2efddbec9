import numpy as np
import pytest
from samples import moving_bar

from reelwise.jobs.generator.sample_pictures import MAX_IN_GRID, frames_beside_truth, grid_frames


@pytest.mark.parametrize(("num_clips", "columns", "rows"), [(1, 1, 1), (2, 2, 1), (3, 2, 2), (5, 3, 2), (16, 4, 4)])
def test_a_grid_is_about_square(num_clips, columns, rows):
    frames = grid_frames([moving_bar(3)] * num_clips, 0)
    assert frames.shape == (3, rows * 136 - 8, columns * 136 - 8, 3)


def test_each_clip_has_its_place():
    clips = [np.full((2, 32, 32, 3), 50 * number, np.uint8) for number in range(5)]
    frames = grid_frames(clips, 0)
    places = [frames[0, 136 * (n // 3) + 64, 136 * (n % 3) + 64, 0] for n in range(5)]
    assert places == [0, 50, 100, 150, 200]


def test_a_large_grid_shows_the_first_64():
    clips = [np.full((1, 32, 32, 3), number, np.uint8) for number in range(100)]
    frames = grid_frames(clips, 0)
    assert frames.shape[1:3] == (1080, 1080)
    assert frames[0, -1, -1, 0] == MAX_IN_GRID - 1


def test_the_bar_turns_blue_with_the_first_frame_that_was_made():
    frames = frames_beside_truth(moving_bar(8), moving_bar(8), 4)
    colours = frames[:, -1, -1]  # the right end of the bar
    assert frames.shape[1:3] == (128 + 12, 264)
    assert (colours[:7] == colours[0]).all()
    assert colours[7, 2] > 200  # blue up to the end
    assert frames[3, -1, 120, 2] == frames[3, -1, 0, 2] == 153  # grey: given


def test_without_given_frames_there_is_no_bar():
    assert grid_frames([moving_bar(3)], 0).shape[1] == 128


def test_sides_are_even_for_every_size():
    for size in (8, 24, 32, 100, 128, 129, 200):
        assert all(side % 2 == 0 for side in grid_frames([moving_bar(1, size=size)], 1).shape[1:3])
