"""Tracks: where each object of a made-up clip is in every frame, as an array and as text."""

import json

import numpy as np

from reelwise.core.errors import DataError

_DIGITS = 3
"""Behind the point: thousandths of a pixel."""


def tracks_to_text(tracks: np.ndarray) -> str:
    """Tracks as the text of a cell: JSON, objects of frames of x and y.

    Args:
        tracks: (K, T, 2) x, y in pixels.

    Example:
        >>> tracks_to_text(np.array([[[1.0, 2.5], [1.5, 2.25]]]))
        '[[[1.0,2.5],[1.5,2.25]]]'
    """
    return json.dumps(np.round(tracks, _DIGITS).tolist(), separators=(",", ":"))


def tracks_from_text(text: str) -> np.ndarray:
    """The tracks that a cell holds.

    Returns:
        (K, T, 2) float64 x, y in pixels of each object in each frame.

    Raises:
        DataError: It is no such text.

    Example:
        >>> tracks_from_text("[[[1.0,2.5],[1.5,2.25]]]").shape
        (1, 2, 2)
    """
    try:
        tracks: np.ndarray = np.array(json.loads(text), np.float64)
    except (ValueError, TypeError, RecursionError):
        tracks = np.empty(0)
    if tracks.ndim != 3 or tracks.shape[2] != 2 or not np.isfinite(tracks).all():
        raise DataError(
            f"the tracks are {text[:40]!r}, expected JSON such as [[[x,y],[x,y]]]: objects of frames of x and y.",
            hint="Delete the folder of the set, so that it is made anew.",
        )
    return tracks
