"""The request to read one picture file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.core.clip import Fit
from reelwise.core.errors import CacheError, UsageError
from reelwise.core.files import cannot_write
from reelwise.media.file_access import open_output
from reelwise.media.limits import READ_LIMITS
from reelwise.media.readers.reader import SizeHW
from reelwise.media.requests.kind import Message, RequestKind, Workplace

MAX_SIZE = 512
"""Pixels along each side, as of a frame that a model sees."""


@dataclass(frozen=True)
class PictureTask:
    """Write a picture, upright and resized to a square, to a flat file of uint8 (S, S, 3).

    Args:
        path: A PNG, JPEG or WebP file.
        size: S.
        fit: How it fits the square.
        output: Written over, not atomic, not flushed to disk.
    """

    path: Path
    size: int
    fit: Fit
    output: Path

    def __post_init__(self) -> None:
        if not 8 <= self.size <= MAX_SIZE:
            raise UsageError(f"a picture of {self.size} pixels cannot be made, expected 8 to {MAX_SIZE}.")


class Picture(RequestKind[PictureTask, SizeHW]):
    """A PictureTask; its result is the height and width that the picture has in its file, upright."""

    name = "picture"
    task_type = PictureTask
    may_write = True

    def load(self) -> None:
        """Import the reader."""
        import reelwise.media.readers.picture_file  # noqa: F401

    def outputs(self, task: PictureTask) -> tuple[Path, ...]:
        """The file of pixels."""
        return (task.output,)

    def pack(self, task: PictureTask) -> Message:
        """A task as a message."""
        return {"path": str(task.path), "size": task.size, "fit": task.fit, "output": str(task.output)}

    def unpack(self, message: Message) -> PictureTask:
        """A message as a task."""
        return PictureTask(Path(message["path"]), message["size"], message["fit"], Path(message["output"]))

    def perform(self, task: PictureTask, workplace: Workplace) -> SizeHW:
        """Read the picture in this process."""
        from reelwise.media.readers.picture_file import read_picture

        picture = read_picture(task.path, task.size, fit=task.fit, limits=workplace.limits)
        try:
            with open_output(task.output) as stream:
                stream.write(picture.pixels.tobytes())
        except OSError as error:
            raise cannot_write(task.output, error) from None
        return picture.stored_hw

    def pack_result(self, result: SizeHW) -> Message:
        """Height and width as a message; the picture is in the output."""
        return {"height": result[0], "width": result[1]}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> SizeHW:
        """A message as height and width that the limits allow."""
        height, width = int(message["height"]), int(message["width"])
        if height < 1 or width < 1 or height * width > READ_LIMITS.max_pixels:
            raise ValueError("a picture that no task can have led to")
        return height, width


def open_picture(task: PictureTask) -> np.ndarray:
    """(S, S, 3) uint8: the picture that a PictureTask wrote.

    Raises:
        CacheError: The file has another size than the task says.
    """
    picture = np.fromfile(task.output, np.uint8)
    shape = (task.size, task.size, 3)
    if picture.size != np.prod(shape):
        raise CacheError(f"{task.output}: {picture.size} bytes, expected a picture of the shape {shape}.")
    return picture.reshape(shape)


KIND = Picture()
