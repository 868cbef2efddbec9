"""The scatter plot: the diagonal is the truth, nothing lies outside, names cannot harm."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.reports.scatter import SIZE, nice_range, scatter_chart


def circles(chart: str) -> np.ndarray:
    return np.array([[float(a), float(b)] for a, b in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', chart)])


def test_right_answers_lie_on_the_diagonal():
    truth = np.array([-3.0, 0.5, 8.0])
    chart = str(scatter_chart(truth, truth, ["a", "b", "c"], "speed", "all right"))
    points = circles(chart)
    (line,) = re.findall(r'class="ideal" x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', chart)
    x1, y1, x2, y2 = map(float, line)
    assert points[:, 1] == pytest.approx(y1 + (points[:, 0] - x1) / (x2 - x1) * (y2 - y1), abs=0.2)
    assert (np.diff(points[:, 0]) > 0).all()
    assert (np.diff(points[:, 1]) < 0).all()


def test_too_much_lies_above():
    chart = str(scatter_chart(np.array([1.0, 1.0]), np.array([1.0, 2.0]), ["a", "b"], "speed", ""))
    first, second = circles(chart)
    assert second[1] < first[1]
    assert second[0] == first[0]


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_the_ends_hold_the_numbers(low, more):
    first, last, step = nice_range(low, low + more)
    slack = 1e-6 * max(1.0, abs(low), more)
    assert first <= low + slack
    assert last >= low + more - slack
    assert 2 <= round((last - first) / step) <= 8


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e7, 1e15])
def test_every_point_is_inside(scale):
    rng = np.random.default_rng(0)
    truth, values = scale * rng.normal(size=50), scale * 3 * rng.normal(size=50)
    chart = str(scatter_chart(truth, values, [str(i) for i in range(50)], "x", ""))
    points = circles(chart)
    assert len(points) == 50
    assert (points >= 0).all()
    assert (points <= SIZE).all()
    assert "nan" not in chart


def test_names_are_escaped_and_many_points_thinned():
    rng = np.random.default_rng(0)
    values = rng.normal(size=5000)
    chart = str(scatter_chart(values, values, ["<script>&"] * 5000, "<b>", '"quoted"'))
    assert "<script>" not in chart
    assert "<b>" not in chart
    assert "&#34;quoted&#34;" in chart
    assert len(circles(chart)) == 2000
