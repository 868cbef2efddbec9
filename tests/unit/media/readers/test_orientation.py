"""Display matrices as a mirror and a rotation, and pictures upright by them."""

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.media.readers.orientation import UPRIGHT, Orientation, orientation_from_matrix

QUARTERS = (0, 90, 180, 270)


def matrix_of(degrees: float, *, mirrored: bool, scale: float = 1.0) -> list[int]:
    """The nine numbers that mirror from left to right, then turn clockwise."""
    cosine, sine = (round(scale * 65536 * number) for number in (cos(radians(degrees)), sin(radians(degrees))))
    across = -1 if mirrored else 1
    return [across * cosine, across * sine, 0, -sine, cosine, 0, 0, 0, 1 << 30]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", QUARTERS)
def test_every_point_of_a_picture_goes_where_the_matrix_sends_it(degrees, mirrored):
    a, b, _, c, d, *_ = (number // 65536 for number in matrix_of(degrees, mirrored=mirrored))
    picture = np.arange(6).reshape(2, 3)
    places = {(a * p + c * q, b * p + d * q): picture[q, p] for q in range(2) for p in range(3)}
    left, top = (min(place[axis] for place in places) for axis in (0, 1))
    upright = orientation_from_matrix(matrix_of(degrees, mirrored=mirrored)).upright(picture)
    assert {(p + left, q + top): upright[q, p] for q, p in np.ndindex(upright.shape)} == places
    assert upright.flags.c_contiguous


@given(st.sampled_from(QUARTERS), st.booleans(), st.integers(-40, 40), st.floats(0.01, 20))
def test_the_nearest_quarter_is_applied_and_the_angle_said(quarter, mirrored, off, scale):
    asked = (quarter + off) % 360
    matrix = matrix_of(asked, mirrored=mirrored, scale=scale)
    assert orientation_from_matrix(matrix) == Orientation(quarter, mirrored, asked)


@pytest.mark.parametrize("matrix", [[0] * 9, [1, 1, 0, 1, 1, 0, 0, 0, 1], [5, 0, 0, 0, 0, 0, 0, 0, 1]])
def test_a_matrix_without_an_inverse_asks_for_nothing(matrix):
    assert orientation_from_matrix(matrix) == UPRIGHT


@pytest.mark.parametrize("number", [-(1 << 31), (1 << 31) - 1])
def test_extreme_numbers_are_no_error(number):
    assert orientation_from_matrix([number] * 4 + [-number - 1] + [number] * 4).rotation in QUARTERS


@pytest.mark.parametrize("degrees", QUARTERS)
def test_sizes_go_there_and_back(degrees):
    orientation = Orientation(degrees)
    assert orientation.upright_hw((2, 3)) == orientation.upright(np.zeros((2, 3))).shape
    assert orientation.upright_hw(orientation.upright_hw((2, 3))) == (2, 3)
