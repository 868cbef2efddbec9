"""Small drawings as inline SVG: colours come from the page's style, so they follow light and dark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from markupsafe import Markup, escape

from reelwise.metrics.calibration import ReliabilityBin

WIDTH, HEIGHT = 360, 226
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 10, 40


@dataclass(frozen=True)
class Line:
    """A line of a chart.

    Args:
        points: (x, y) in data units, in order.
        style: Names of the style classes that draw it, such as ``train`` or ``val faint``.
    """

    points: tuple[tuple[float, float], ...]
    style: str


@dataclass(frozen=True)
class Axes:
    """The window of a chart in data units, with its ticks and their texts."""

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    x_title: str

    def x(self, value: float) -> float:
        """Pixels from the left."""
        low, high = self.x_range
        return _LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        low, high = self.y_range
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)


def line_chart(lines: Sequence[Line], axes: Axes, description: str) -> Markup:
    """Lines over an x axis, as one SVG that scales with its column.

    Args:
        lines: Drawn in order, later ones above.
        axes: The window.
        description: What a person who cannot see it should know.
    """
    parts = [_frame(axes)]
    parts += [_polyline(line, axes) for line in lines if line.points]
    return _svg("".join(parts), description)


def share_axes(num_epochs: int) -> Axes:
    """0 to 100 % over epochs."""
    return Axes(_epoch_range(num_epochs), (0, 1), _epoch_ticks(num_epochs), _percent_ticks(), "epoch")


def number_axes(num_epochs: int, largest: float) -> Axes:
    """0 to the largest number, rounded up, over epochs."""
    top = largest if isfinite(largest) and largest > 0 else 1.0
    step = _round_step(top / 4)
    count = max(1, ceil(top / step - 1e-9))
    ticks = tuple((i * step, f"{i * step:g}") for i in range(count + 1))
    return Axes(_epoch_range(num_epochs), (0, count * step), _epoch_ticks(num_epochs), ticks, "epoch")


def frame_axes(num_frames: int, lowest: float, highest: float) -> Axes:
    """The first to the last predicted frame, and decibels from just below the lowest number to just above the highest.

    Args:
        num_frames: Predicted frames, 2 or more.
        lowest: Of all numbers to be drawn.
        highest: Likewise.
    """
    step = max(1.0, _round_step((highest - lowest) / 4))
    bottom, top = floor(lowest / step), max(ceil(highest / step), floor(lowest / step) + 1)
    ticks = tuple((i * step, f"{i * step:g}") for i in range(bottom, top + 1))
    return Axes((1, num_frames), (bottom * step, top * step), _epoch_ticks(num_frames), ticks, "predicted frame")


def history_lines(rows: Sequence[Mapping[str, object]], column: str, style: str) -> list[Line]:
    """One column of history.csv as lines: one without folds; with folds one faint line each and their mean above.

    Args:
        rows: With ``epoch``, maybe ``fold``, and the column where it was measured.
        column: Such as ``val_loss``.
        style: Class of the lines.
    """
    folds: dict[object, list[tuple[float, float]]] = {}
    for row in rows:
        value, epoch = _number(row.get(column)), _number(row.get("epoch"))
        if value is not None and epoch is not None:
            folds.setdefault(row.get("fold"), []).append((epoch, value))
    if len(folds) < 2:
        return [Line(tuple(points), style) for points in folds.values()]
    by_epoch: dict[float, list[float]] = {}
    for epoch, value in (point for points in folds.values() for point in points):
        by_epoch.setdefault(epoch, []).append(value)
    # Where some folds have stopped early the mean would jump, so it ends with the first of them.
    mean = tuple((e, sum(v) / len(v)) for e, v in sorted(by_epoch.items()) if len(v) == len(folds))
    return [Line(tuple(points), f"{style} faint") for points in folds.values()] + [Line(mean, style)]


def reliability_chart(bins: Sequence[ReliabilityBin], description: str) -> Markup:
    """The reliability diagram: how often right (bars) for how sure (across), with the honest diagonal.

    Args:
        bins: From :func:`reelwise.metrics.calibration.reliability_curve`.
        description: What a person who cannot see it should know.
    """
    axes = Axes((0, 1), (0, 1), _percent_ticks(), _percent_ticks(), "how sure it was")
    most = max((b.count for b in bins), default=1) or 1
    parts = [_frame(axes), _polyline(Line(((0, 0), (1, 1)), "ideal"), axes)]
    for b in bins:
        if b.count:
            left, right, top = axes.x(b.low) + 1.5, axes.x(b.high) - 1.5, axes.y(b.accuracy)
            opacity = 0.25 + 0.6 * (b.count / most) ** 0.5
            parts.append(
                f'<rect class="bin" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                f'height="{max(axes.y(0) - top, 1.5):.1f}" fill-opacity="{opacity:.2f}"/>'
                f'<circle class="dot" cx="{axes.x(b.confidence):.1f}" cy="{top:.1f}" r="3.5"/>'
            )
    return _svg("".join(parts), description)


def _frame(axes: Axes) -> str:
    parts = []
    for value, text in axes.y_ticks:
        y = axes.y(value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    for value, text in axes.x_ticks:
        parts.append(f'<text x="{axes.x(value):.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="middle">{text}</text>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(
        f'<text class="title" x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{escape(axes.x_title)}</text>'
    )
    return "".join(parts)


def _polyline(line: Line, axes: Axes) -> str:
    if len(line.points) == 1:
        x, y = line.points[0]
        return f'<circle class="point {line.style}" cx="{axes.x(x):.1f}" cy="{axes.y(y):.1f}" r="3"/>'
    points = " ".join(
        f"{axes.x(x):.1f},{axes.y(min(max(y, axes.y_range[0]), axes.y_range[1])):.1f}" for x, y in line.points
    )
    return f'<polyline class="{line.style}" points="{points}"/>'


def _svg(content: str, description: str) -> Markup:
    label = escape(description)
    opening = f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
    return Markup(f"{opening}{content}</svg>")


def _percent_ticks() -> tuple[tuple[float, str], ...]:
    return tuple((i / 4, f"{25 * i} %") for i in range(5))


def _epoch_range(num_epochs: int) -> tuple[float, float]:
    return (1, num_epochs) if num_epochs > 1 else (0.5, 1.5)


def _epoch_ticks(num_epochs: int) -> tuple[tuple[float, str], ...]:
    step = max(1, int(_round_step(num_epochs / 5)))
    inner = range(step, num_epochs + 1, step)
    return tuple((float(e), str(e)) for e in sorted({1, *inner} if step > 2 else {*range(1, num_epochs + 1, step)}))


def _round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))


def _number(value: object) -> float | None:
    try:
        number = float(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None
