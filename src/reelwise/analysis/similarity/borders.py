"""Plain bars round a picture: letterbox, pillarbox, or a picture shrunk into a frame."""

from dataclasses import dataclass

import cv2
import numpy as np

from reelwise.analysis.similarity.descriptors import THUMB

_MAX_SPREAD = 3.0
"""Grey levels of standard deviation along a plain line; a codec adds about 1."""

_MAX_DIFFERENCE = 5.0
"""Grey levels between the lines of a bar."""

_MAX_SHARE = 0.4
"""Of the height or width that one bar may take."""

_MIN_SHARE = 0.02
"""A thinner one is left alone."""

_MAX_UNEVEN = 0.25
"""Bars come in pairs; by how much of the wider one they may differ. A sky is one bar without its pair."""


@dataclass(frozen=True)
class Inside:
    """What is left within the bars, in pixels: rows [top, bottom), columns [left, right)."""

    top: int
    bottom: int
    left: int
    right: int


_MOST_BARS = 3
"""Bars within bars that are looked for: a film with a pillarbox, put into a frame."""


def find_inside(pictures: np.ndarray) -> Inside | None:
    """Where the picture lies within its bars, and bars within these; None where all is plain.

    Args:
        pictures: (N, H, W) uint8 grey: some frames; a bar is plain in all of them.
    """
    inside = _inside_of(pictures)
    for _ in range(_MOST_BARS - 1):
        if inside is None:
            break
        inner = _inside_of(pictures[:, inside.top : inside.bottom, inside.left : inside.right])
        if inner is None:
            break
        within = Inside(
            inside.top + inner.top, inside.top + inner.bottom, inside.left + inner.left, inside.left + inner.right
        )
        if within == inside:
            break
        inside = within
    return inside


def _inside_of(pictures: np.ndarray) -> Inside | None:
    """The same for the outermost bars."""
    _, height, width = pictures.shape
    values = pictures.astype(np.float32)
    top, bottom = _pair_of_bars(values.mean(2), values.std(2))
    if top + bottom >= height:
        return None
    left, right = _pair_of_bars(values[:, top : height - bottom].mean(1), values[:, top : height - bottom].std(1))
    return Inside(top, height - bottom, left, width - right) if left + right < width else None


def thumbs_of(pictures: np.ndarray, inside: Inside | None) -> np.ndarray:
    """(N, 32, 32) float32: what lies inside, shrunk by area means.

    Args:
        pictures: (N, H, W) uint8 grey.
        inside: None for all.
    """
    if inside is not None:
        pictures = pictures[:, inside.top : inside.bottom, inside.left : inside.right]
    size = (THUMB, THUMB)
    thumbs = [cv2.resize(p.astype(np.float32), size, interpolation=cv2.INTER_AREA) for p in pictures]
    return np.stack(thumbs)


def _pair_of_bars(means: np.ndarray, spreads: np.ndarray) -> tuple[int, int]:
    """Lines of the bars at both ends; all lines at the first where everything is plain.

    Args:
        means: (N, L) mean of each line.
        spreads: (N, L) standard deviation along it.
    """
    count = means.shape[1]
    is_plain: np.ndarray = np.all(spreads < _MAX_SPREAD, axis=0)
    if is_plain.all():
        return count, 0
    first = _length(is_plain, np.abs(means - means[:, :1]))
    last = _length(is_plain[::-1], np.abs(means - means[:, -1:])[:, ::-1])
    shorter, longer = sorted((first, last))
    if (
        shorter < max(1, _MIN_SHARE * count)
        or longer > _MAX_SHARE * count
        or longer - shorter > _MAX_UNEVEN * longer + 1
    ):
        return 0, 0
    # The line beside a bar is half bar, half picture, where the picture was scaled.
    return min(first + 1, count // 2 - 1), min(last + 1, count // 2 - 1)


def _length(is_plain: np.ndarray, differences: np.ndarray) -> int:
    """Lines of the bar at the first end: plain, and in all frames like the outermost."""
    is_bar = is_plain & np.all(differences < _MAX_DIFFERENCE, axis=0)
    return len(is_bar) if is_bar.all() else int(np.argmin(is_bar))
