"""A copy of a video with lines of text in its frames."""

import functools
import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwise.core.video import VideoFacts
from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.writers.captions import FrameText, TextOfFrames

if TYPE_CHECKING:
    from PIL import ImageFont

    from reelwise.media.readers.pyav_reader import PyAVReader

_SHADE = 0.45
"""Brightness of the picture under the text: dark enough that white text is legible on white."""


def annotate(
    source: Path,
    target: Path,
    text: FrameText,
    *,
    limits: ReadLimits = READ_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> VideoFacts:
    """Write the copy of ``write_annotated`` in this process; called in the worker."""
    from reelwise.media.readers.pyav_reader import PyAVReader
    from reelwise.media.readers.scan_notes import find_sound
    from reelwise.media.writers.aac_sound import sound_for_aac
    from reelwise.media.writers.writer import write_timed_video

    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent) as folder,
        PyAVReader(source, limits=limits, progress=progress) as reader,
    ):
        sound = sound_for_aac(source, find_sound(reader.source), Path(folder) / "sound", limits, progress)
        write_timed_video(target, _paint(reader, text), reader.time_base, sound=sound)
        return reader.facts()


def _paint(reader: "PyAVReader", text: FrameText) -> Iterator[tuple[int, np.ndarray]]:
    texts = TextOfFrames(text)
    last_lines: Sequence[str] = ()
    caption: np.ndarray | None = None
    for frame in reader:
        image = frame.image.copy()
        ticks = frame.pts - reader.start_pts
        lines = texts.lines_at(frame.index, ticks * reader.time_base)
        if lines and (caption is None or lines != last_lines):
            caption, last_lines = draw_caption(lines, image.shape[:2]), lines
        if lines and caption is not None:
            band = image[: len(caption)]
            band[:] = np.maximum(band * _SHADE, caption[: len(band), :, None])
        yield ticks, image


def draw_caption(lines: Sequence[str], size_hw: tuple[int, int]) -> np.ndarray:
    """Text as it will stand at the upper edge of a picture.

    Args:
        lines: Text.
        size_hw: Height and width of the picture.

    Returns:
        (h, W) uint8: 255 where there is ink, 0 elsewhere; h is at most the picture's height.
    """
    from PIL import Image, ImageDraw

    height, width = size_hw
    size = max(8, min(height // 14, width // 24))
    font = _font(size)
    row = round(size * 1.35)
    picture = Image.new("L", (width, min(height, row * len(lines) + size // 2)))
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        text = "".join(c if c.isprintable() else " " for c in line.encode("utf-8", "replace").decode())
        draw.text((size // 2, size // 4 + number * row), text, fill=255, font=font)
    return np.asarray(picture)


@functools.cache
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    path = _font_file()
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


def _font_file() -> Path | None:
    """The font that matplotlib brings, found without importing it."""
    spec = importlib.util.find_spec("matplotlib")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf" if folders else None
    return path if path and path.is_file() else None
