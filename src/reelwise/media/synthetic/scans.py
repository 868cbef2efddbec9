"""The scanned digits of scikit-learn: smooth pictures of any size, and sheets that keep training and test apart."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

GRID = 8
"""Cells along each side of a scan."""

SHEETS: dict[str, tuple[int, ...]] = {
    "train": (0, 1, 2, 3, 4, 5, 6, 7, 8),
    "val": (9, 10),
    "test": (11, 12, 13),
}
"""Which sheets are drawn in clips of which split. A sheet is by one hand, so a test shows handwriting that is new."""

_FIRST_SCANS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667, 1797)
"""First scan of each of the 14 sheets, and the end.

The file does not say so, but its targets do: the same text of 130 digits comes 14 times, with up to 8 scans missing.
"""

_BLANK, _FULL = 0.2, 0.7
"""Ink under the first is background and over the second a full stroke: smoothing spreads the ink of thin strokes."""

_FINE = 8
"""Samples to a cell with which a scan is measured."""


@dataclass(frozen=True, eq=False)
class Scan:
    """One scanned digit.

    Args:
        number: Its place in scikit-learn's ``load_digits``.
        ink: (8, 8) float64 in [0, 1].
        middle_xy: (2,) its centre of mass as it is drawn, in cells; (0, 0) is the middle of the first cell.
        before_xy: (2,) how far its picture reaches to the left of the centre of mass and above it, in cells.
        after_xy: (2,) how far it reaches to the right and below.
    """

    number: int
    ink: np.ndarray
    middle_xy: np.ndarray
    before_xy: np.ndarray
    after_xy: np.ndarray


def scans_of(sheet: int, digit: int) -> np.ndarray:
    """The numbers of the scans of a digit on a sheet: 9 to 14 of them.

    Args:
        sheet: 0 to 13.
        digit: 0 to 9.
    """
    first = _FIRST_SCANS[sheet]
    return first + np.flatnonzero(_load()[1][first : _FIRST_SCANS[sheet + 1]] == digit)


@cache
def read_scan(number: int) -> Scan:
    """A scan with its measures; reading the first of all costs 0.1 s.

    Args:
        number: 0 to 1796.
    """
    ink = _load()[0][number] / 16
    places = np.arange(-GRID // 2, GRID + GRID // 2, 1 / _FINE)  # cells, with a margin all around
    picture = _picture(ink, places, places)
    middles, befores, afters = [], [], []
    for profile in (picture.sum(0), picture.sum(1)):  # along x, along y
        middle = places @ profile / profile.sum()
        places_of_ink = places[profile > 0]
        middles.append(middle)
        befores.append(middle - places_of_ink[0] + 1 / _FINE)
        afters.append(places_of_ink[-1] - middle + 1 / _FINE)
    return Scan(number, ink, np.array(middles), np.array(befores), np.array(afters))


def draw_scan(scan: Scan, size: int, centre_xy: np.ndarray, cell: float) -> np.ndarray:
    """A scan as white strokes on black.

    Args:
        scan: What is drawn.
        size: Pixels along each side of the picture.
        centre_xy: (2,) where its centre of mass lies, in pixels; (0, 0) is the middle of the first pixel.
        cell: Pixels along each side of one of its cells.

    Returns:
        (size, size) float64 in [0, 1].
    """
    cells = (np.arange(size)[:, None] - centre_xy) / cell + scan.middle_xy  # (size, 2)
    return _picture(scan.ink, cells[:, 0], cells[:, 1])


def _picture(ink: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(len(y), len(x)) the ink at some places in cells, smoothed and then sharpened to strokes."""
    smooth = _spline(y) @ ink @ _spline(x).T  # (H, 8) @ (8, 8) @ (8, W)
    share = np.clip((smooth - _BLANK) / (_FULL - _BLANK), 0, 1)
    return share**2 * (3 - 2 * share)


def _spline(places: np.ndarray) -> np.ndarray:
    """(N, 8) weight of each cell at each place: the cubic B-spline.

    Source: Unser, "Splines: a perfect fit for signal and image processing", 1999, equation 3.
    """
    distance = np.abs(places[:, None] - np.arange(GRID))
    near, far = 2 / 3 - distance**2 + distance**3 / 2, (2 - distance) ** 3 / 6
    return np.where(distance < 1, near, np.where(distance < 2, far, 0))


@cache
def _load() -> tuple[np.ndarray, np.ndarray]:
    """(1797, 8, 8) ink in [0, 16], and (1797,) digits."""
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    return digits.images, digits.target
