"""Predicted against true numbers as inline SVG: a point per video, and the diagonal on which they all should lie."""

from collections.abc import Sequence
from math import floor, log10

import numpy as np
from markupsafe import Markup, escape

from reelwise.core.number_text import plain_number
from reelwise.reports.page import clean_text

SIZE = 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 14, 46
_MAX_POINTS = 2000
"""More points would make the page slow, and would cover each other."""

_MANY = 400
"""From here on points are drawn smaller and fainter."""


def scatter_chart(truth: np.ndarray, values: np.ndarray, names: Sequence[str], name: str, description: str) -> Markup:
    """One SVG that scales with its column; both axes have the same ends, so that the diagonal is the truth.

    Args:
        truth: (N,) true numbers, across.
        values: (N,) predicted numbers, upwards.
        names: Of the N videos, axis_name by the point on which a pointer rests.
        name: What the number is.
        description: What a person who cannot see it should know.

    Returns:
        Of more than 2,000 videos an even choice is indices, by the size of the true number.
    """
    indices = _even_choice(truth)
    low, high, step = nice_range(float(min(truth.min(), values.min())), float(max(truth.max(), values.max())))
    ticks = np.arange(round((high - low) / step) + 1) * step + low

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (SIZE - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return SIZE - _BOTTOM - (value - low) / (high - low) * (SIZE - _TOP - _BOTTOM)

    parts = [_axes([(float(tick), x(float(tick)), y(float(tick))) for tick in ticks], name)]
    parts.append(f'<line class="ideal" x1="{x(low):.1f}" y1="{y(low):.1f}" x2="{x(high):.1f}" y2="{y(high):.1f}"/>')
    style = "video many" if len(indices) > _MANY else "video"
    for i in indices:
        tooltip = f"{names[i]}: {plain_number(float(truth[i]), 4)}, predicted {plain_number(float(values[i]), 4)}"
        point = f'<circle class="{style}" cx="{x(float(truth[i])):.1f}" cy="{y(float(values[i])):.1f}" r="4">'
        parts.append(f"{point}<title>{escape(clean_text(tooltip))}</title></circle>")
    label = escape(clean_text(description))
    opening = f'<svg class="chart scatter" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-label="{label}">'
    return Markup(f"{opening}{''.join(parts)}</svg>")


def nice_range(low: float, high: float) -> tuple[float, float, float]:
    """Ends that hold both numbers, and the step between about five ticks: 1, 2, 2.5 or 5 times a power of ten.

    Example:
        >>> nice_range(0.3, 9.2), nice_range(0.0, 0.0)
        ((0.0, 10.0, 2.0), (-1.0, 1.0, 0.5))
    """
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-12):
        half = 0.1 * abs(low) or 1.0
        low, high = low - half, high + half
    rough = (high - low) / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), -floor(-high / step + 1e-9)
    return first * step, last * step, step


def _axes(ticks: list[tuple[float, float, float]], name: str) -> str:
    digits = 1 + max((len(f"{abs(value):.12g}".replace(".", "").strip("0")) for value, _, _ in ticks), default=1)
    parts = []
    for value, x, y in ticks:
        text = escape(plain_number(value, digits))
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{SIZE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{SIZE - _BOTTOM}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>')
        parts.append(f'<text x="{x:.1f}" y="{SIZE - _BOTTOM + 18}" text-anchor="middle">{text}</text>')
    middle = (_LEFT + SIZE - _RIGHT) / 2
    axis_name = escape(clean_text(name if len(name) <= 40 else f"{name[:39]}…"))
    parts.append(f'<text class="title" x="{middle}" y="{SIZE - 6}" text-anchor="middle">true {axis_name}</text>')
    upright = (SIZE - _BOTTOM + _TOP) / 2
    parts.append(
        f'<text class="title" x="14" y="{upright}" text-anchor="middle" transform="rotate(-90 14 {upright})">'
        f"predicted {axis_name}</text>"
    )
    return "".join(parts)


def _even_choice(truth: np.ndarray) -> np.ndarray:
    if len(truth) <= _MAX_POINTS:
        return np.arange(len(truth))
    order = np.argsort(truth, kind="stable")
    return np.sort(order[np.linspace(0, len(truth) - 1, _MAX_POINTS).round().astype(int)])
