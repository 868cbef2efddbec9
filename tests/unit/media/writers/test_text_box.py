"""The box with text: how large it is, where it stands, and that it can be read."""

import numpy as np
import pytest

from reelwise.media.writers.text_box import make_text_box

LINES = ["00:01:00;02  frame 1800", "shot 12 of 40", "motion: pan_left  0.93"]


@pytest.mark.parametrize("size_hw", [(1, 1), (2, 2), (20, 500), (2000, 30)])
def test_it_is_never_larger_than_the_picture(size_hw):
    picture = np.full((*size_hw, 3), 200, np.uint8)
    make_text_box(["some words that are far too long for this"] * 5, size_hw).paint(picture)
    assert picture.shape == (*size_hw, 3)


@pytest.mark.parametrize(("size_hw", "smallest"), [((180, 320), 12), ((1080, 1920), 28), ((1920, 1080), 28)])
def test_it_is_small_and_its_text_is_not(size_hw, smallest):
    box = make_text_box(LINES, size_hw)
    height, width = box.dim.shape[:2]
    assert height * width < 0.25 * size_hw[0] * size_hw[1]
    assert smallest <= height / len(LINES) <= 3 * smallest  # pixels for a line


def test_it_is_no_larger_than_its_text():
    one, more = make_text_box(["a"], (360, 640)), make_text_box(["a", "a longer line"], (360, 640))
    assert one.dim.shape[0] < more.dim.shape[0]
    assert one.dim.shape[1] < more.dim.shape[1] < 200
    columns = np.flatnonzero(more.light.max(axis=(0, 2)))
    assert columns[0] >= 6  # the same room on both sides
    assert abs(columns[0] - (more.dim.shape[1] - 1 - columns[-1])) <= 3


def test_text_on_white_can_be_read_and_the_picture_behind_seen():
    picture = np.full((360, 640, 3), 255, np.uint8)
    picture[:, ::2] = 155
    box = make_text_box(LINES, picture.shape[:2])
    box.paint(picture)
    top, left = box.top_left
    inside = picture[top + 2 : top + box.dim.shape[0] - 2, left + 2 : left + box.dim.shape[1] - 2]
    assert inside.max() == 255
    assert np.median(inside) < 110
    assert len(np.unique(inside[0])) > 1
    assert picture[:, left + box.dim.shape[1] :].min() == 155


def test_a_line_that_is_too_long_ends_in_an_ellipsis():
    long, short = make_text_box(["x" * 500], (180, 320)), make_text_box(["x" * 20], (180, 320))
    assert short.dim.shape[1] < long.dim.shape[1] <= 320 - 2 * long.top_left[1]
    assert long.light[:, -6:].max() == 0  # no letter is cut by the edge
