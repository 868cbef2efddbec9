"""A contact sheet: what is ordered of it, and what is known of it beside its pictures."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.core.errors import CacheError, UsageError

MAX_PICTURES = 64
"""More thumbnails than a page shows."""

MAX_SIDE = 1024
"""Pixels of the longer side of a thumbnail, so that 64 of them stay under 200 MB."""


@dataclass(frozen=True)
class SheetTask:
    """Write evenly spread pictures of a video, at its own shape, to a flat file of uint8 (N, H, W, 3).

    Args:
        path: The video.
        num_pictures: How many at most.
        max_side: The longer side of a picture in pixels; never larger than the video's own.
        output: Written over, not atomic, not flushed to disk.
        deadline_seconds: Decoding stops after so much time; the sheet then has the pictures decoded until then.
    """

    path: Path
    num_pictures: int
    max_side: int
    output: Path
    deadline_seconds: float

    def __post_init__(self) -> None:
        if not 1 <= self.num_pictures <= MAX_PICTURES or not 8 <= self.max_side <= MAX_SIDE:
            raise UsageError(f"a sheet of {self.num_pictures} pictures of {self.max_side} pixels cannot be made.")


@dataclass(frozen=True)
class Sheet:
    """What was written.

    Args:
        size_hw: Of each picture.
        seconds: When each is shown, rising, on the clock of the frames; also how many there are.
        note: Why they are not spread over all of the video; empty when they are.
    """

    size_hw: tuple[int, int]
    seconds: tuple[float, ...]
    note: str = ""


def open_sheet(sheet: Sheet, path: Path) -> np.ndarray:
    """The pictures that a SheetTask wrote.

    Args:
        sheet: The result of the request.
        path: The output of the request.

    Returns:
        (N, H, W, 3) uint8.

    Raises:
        CacheError: The file has another size than the sheet says.
    """
    pictures = np.fromfile(path, np.uint8)
    shape = (len(sheet.seconds), *sheet.size_hw, 3)
    if pictures.size != np.prod(shape):
        raise CacheError(f"{path}: {pictures.size} bytes, expected pictures of the shape {shape}.")
    return pictures.reshape(shape)
