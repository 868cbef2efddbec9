"""What is asked of a contact sheet and what comes back, as dataclasses and as messages between parent and worker."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.errors import CacheError, UsageError

MAX_PICTURES = 64
MAX_SIDE = 1024


@dataclass(frozen=True)
class SheetTask:
    """Write evenly spread pictures of a video, at its own shape, to a flat file of uint8 (N, H, W, 3).

    Args:
        path: The video.
        num_pictures: How many at most.
        max_side: The longer side of a picture in pixels; never larger than the video's own.
        output: Written over, not atomic, not flushed to disk.
        deadline_seconds: After so much decoding, what was found is all there is.
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
        sheet: The answer to the task.
        path: Its output.

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


def pack_sheet_task(task: SheetTask) -> dict[str, Any]:
    """A task as a message."""
    return {"kind": "sheet"} | asdict(task) | {"path": str(task.path), "output": str(task.output)}


def unpack_sheet_task(message: dict[str, Any]) -> SheetTask:
    """A message as a task."""
    fields = {name: message[name] for name in ("num_pictures", "max_side", "deadline_seconds")}
    return SheetTask(Path(message["path"]), output=Path(message["output"]), **fields)


def pack_sheet(sheet: Sheet) -> dict[str, Any]:
    """A result as a message."""
    return {"kind": "sheet"} | asdict(sheet)


def unpack_sheet(message: dict[str, Any]) -> Sheet:
    """A message as a result; every field is built anew as the type it has.

    Raises:
        KeyError, TypeError, ValueError: A field is missing, of another type, or beyond what a task may ask for.
    """
    height, width = (int(side) for side in message["size_hw"])
    seconds = tuple(float(second) for second in message["seconds"])
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and 0 < len(seconds) <= MAX_PICTURES):
        raise ValueError("a sheet that nobody asked for")
    if not np.isfinite(seconds).all():
        raise ValueError("times that are no numbers")
    return Sheet((height, width), seconds, str(message["note"])[:300])
