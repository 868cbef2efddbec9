import re

import pytest

from reelwise.metrics.calibration import ReliabilityBin
from reelwise.reports.charts import Line, history_lines, line_chart, number_axes, reliability_chart, share_axes


def test_one_run_is_one_line(make_history):
    (line,) = history_lines(make_history(5), "val_loss", "val")
    assert line.points == tuple((e, 2.2 / e) for e in range(1, 6))


def test_folds_are_faint_lines_and_their_mean(make_history):
    rows = [row for row in make_history(5, 3) if not (row["fold"] == 2 and row["epoch"] > 3)]
    lines = history_lines(rows, "loss", "train")
    assert [line.style for line in lines] == ["train faint"] * 3 + ["train"]
    assert [point[0] for point in lines[-1].points] == [1, 2, 3]  # it ends with the fold that stopped first


@pytest.mark.parametrize("value", ["", None, "nan", float("inf"), "x"])
def test_what_was_not_measured_is_left_out(value):
    rows = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": value}, {"epoch": "3", "loss": "0.5"}]
    assert history_lines(rows, "loss", "train")[0].points == ((1, 1.0), (3, 0.5))
    assert history_lines(rows, "val_loss", "val") == []


def test_points_lie_inside_the_picture():
    axes = number_axes(4, 1.9)
    drawn = line_chart([Line(((1, 0.0), (2, 99.0), (4, 1.9)), "train")], axes, "d")
    points = re.search(r'points="([^"]+)"', drawn).group(1)
    for x, y in (map(float, point.split(",")) for point in points.split()):
        assert 0 <= x <= 360
        assert 0 <= y <= 226


@pytest.mark.parametrize("num_epochs", [1, 2, 3, 7, 40, 1000])
def test_ticks_are_few_and_inside(num_epochs):
    ticks = share_axes(num_epochs).x_ticks
    assert 1 <= len(ticks) <= 8
    assert ticks[0][0] == 1
    assert ticks[-1][0] <= num_epochs


@pytest.mark.parametrize("largest", [1e-6, 0.3, 1.83, 700.0, 0.0, float("nan")])
def test_number_axes_hold_the_largest(largest):
    axes = number_axes(10, largest)
    assert axes.y_range[1] >= (largest if largest == largest else 0)
    assert 2 <= len(axes.y_ticks) <= 6


def test_one_epoch_is_a_point():
    assert "<circle" in line_chart([Line(((1, 0.5),), "train")], share_axes(1), "d")


def test_descriptions_are_escaped():
    assert "<b>" not in line_chart([], share_axes(3), "<b>")


def test_the_reliability_diagram_draws_the_bins_that_hold_videos():
    bins = [ReliabilityBin(0.5, 0.6, 4, 0.55, 0.5), ReliabilityBin(0.6, 0.7, 0, 0.0, 0.0)]
    drawn = reliability_chart(bins, "d")
    assert drawn.count("<rect") == 1
    assert "nan" not in drawn
    assert "<rect" not in reliability_chart([], "d")
