"""A stranger's picture file as a small upright array, under the limits of a video."""

from dataclasses import dataclass
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from reelwise.core.clip import Fit
from reelwise.core.errors import VideoError
from reelwise.media.file_access import ffmpeg_input, open_input
from reelwise.media.limits import MEMORY_HINT, READ_LIMITS, ReadLimits
from reelwise.media.readers.orientation import orientation_of
from reelwise.media.readers.picture import PictureMaker
from reelwise.media.readers.reader import SizeHW
from reelwise.media.readers.source import check_ordinary, too_large

_FORMATS = (
    (b"\x89PNG\r\n\x1a\n", 0, "png_pipe", "png"),
    (b"\xff\xd8\xff", 0, "jpeg_pipe", "mjpeg"),
    (b"WEBP", 8, "webp_pipe", "webp"),
)
"""First bytes, where they stand, FFmpeg's name of the format, and the one decoder that may run. The formats take one
picture from one file: FFmpeg's usual reader of pictures would take a name such as ``%03d.png`` for a pattern."""

_CONVERT = "Convert it to PNG, JPEG or WebP."


def is_picture(path: Path) -> bool:
    """Whether an ordinary file begins as a PNG, JPEG or WebP picture does; nothing is decoded.

    Raises:
        VideoError: There is no such file, it cannot be read, is no ordinary file, or is empty.
    """
    return _format_of(path) is not None


@dataclass(frozen=True, eq=False)
class PictureFile:
    """A picture that was read.

    Args:
        pixels: (S, S, 3) uint8 RGB, upright and resized to a square.
        stored_hw: Height and width in the file, upright.
    """

    pixels: np.ndarray
    stored_hw: SizeHW


def read_picture(path: Path, size: int, *, fit: Fit = "crop", limits: ReadLimits = READ_LIMITS) -> PictureFile:
    """The picture of a file; for workers and tests.

    Args:
        path: A PNG, JPEG or WebP file; of an animation the first picture.
        size: Pixels along each side.
        fit: How it fits the square.
        limits: What the file may ask for.

    Raises:
        VideoError: It is no such picture, is damaged, or has more pixels than the limit.
    """
    form = _format_of(path)
    if form is None:
        raise VideoError(f"{path.name}: is no picture that is read.", hint=_CONVERT)
    name, codec = form
    options = {"codec_whitelist": codec, "max_pixels": str(limits.max_pixels), "threads": "1"}
    try:
        with _open(path, name, options) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            if context.width * context.height > limits.max_pixels:
                raise too_large(path, context.width, context.height, limits)
            context.options = options
            stream.thread_type = "NONE"
            frame = next(container.decode(stream))
            orientation = orientation_of(frame)
            pixels = PictureMaker((size, size), orientation).maker(frame)(None, fit)
            return PictureFile(pixels, orientation.upright_hw((frame.height, frame.width)))
    except (MemoryError, av.error.MemoryError):
        raise VideoError(f"{path.name}: needs more memory than a worker may have.", hint=MEMORY_HINT) from None
    except (OSError, ValueError, IndexError, StopIteration, av.error.FFmpegError):
        raise VideoError(f"{path.name}: is a damaged picture.", hint="Save or download it again.") from None


def _open(path: Path, name: str, options: dict[str, str]) -> av.container.InputContainer:
    lists = {"format_whitelist": name, "codec_whitelist": options["codec_whitelist"], "max_streams": "1"}
    with ffmpeg_input(path) as file:
        return av.open(
            file.url,
            format=name,
            options=dict(options),
            container_options=lists | file.options,
            metadata_errors="replace",
        )


def _format_of(path: Path) -> tuple[str, str] | None:
    check_ordinary(path)
    with open_input(path) as stream:
        head = stream.read(16)
    for mark, start, name, codec in _FORMATS:
        if head[start : start + len(mark)] == mark:
            return name, codec
    return None
