"""A copy of a video with a few lines of text in every frame."""

import importlib.util
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.core.video import SoundFacts, VideoFacts
from reelwise.media.limits import READ_LIMITS, ReadLimits

if TYPE_CHECKING:
    from reelwise.media.readers.pyav_reader import PyAVReader

_SHADE = 0.45
"""Brightness of the picture under the text: dark enough that white text is legible on white."""

_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
"""Samples per second that AAC has. Source: ISO/IEC 14496-3, table 1.18, without 7350."""

_USUAL_RATE = 48_000
"""Samples per second for sound of any other rate: the usual rate of video."""


def annotate(
    source: Path,
    target: Path,
    lines: Sequence[str],
    *,
    limits: ReadLimits = READ_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> VideoFacts:
    """Write the copy of ``write_annotated`` in this process; called in the worker."""
    from reelwise.media.readers.pyav_reader import PyAVReader
    from reelwise.media.readers.scan_notes import find_sound
    from reelwise.media.writers.writer import write_timed_video

    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent) as folder,
        PyAVReader(source, limits=limits, progress=progress) as reader,
    ):
        sound = _sound_of(source, find_sound(reader.source), Path(folder) / "sound", limits, progress)
        write_timed_video(target, _paint_lines(reader, lines), reader.time_base, sound=sound)
        return reader.facts()


def _sound_of(
    source: Path,
    facts: SoundFacts | None,
    output: Path,
    limits: ReadLimits,
    progress: Callable[[int, int], None] | None,
) -> Sound | None:
    """The sound from the first frame on, as a memory map of ``output``; None where there is none."""
    from reelwise.media.sound.decode import decode_sound_to_file
    from reelwise.media.sound.track import SoundSettings, open_sound

    if facts is None:
        return None
    rate = facts.sample_rate if facts.sample_rate in _AAC_RATES else _USUAL_RATE
    settings = SoundSettings(rate, mono=facts.num_channels != 2)
    try:
        track = decode_sound_to_file(source, settings, output, limits=limits, progress=progress)
    except VideoError:
        return None
    sound = open_sound(track, output)
    if sound.num_channels > 2 or sound.end <= 0 or not sound.num_present:
        return None
    return sound.between(Fraction(0), sound.end) if sound.start < 0 else sound


def _paint_lines(reader: "PyAVReader", lines: Sequence[str]) -> Iterator[tuple[int, np.ndarray]]:
    caption: np.ndarray | None = None
    for frame in reader:
        image = frame.image.copy()
        if caption is None:
            caption = draw_caption(lines, image.shape[:2])
        band = image[: len(caption)]
        band[:] = np.maximum(band * _SHADE, caption[: len(band), :, None])
        yield frame.pts - reader.start_pts, image


def draw_caption(lines: Sequence[str], size_hw: tuple[int, int]) -> np.ndarray:
    """Text as it will stand at the upper edge of a picture.

    Args:
        lines: Text.
        size_hw: Height and width of the picture.

    Returns:
        (h, W) uint8: 255 where there is ink, 0 elsewhere; h is at most the picture's height.
    """
    from PIL import Image, ImageDraw, ImageFont

    height, width = size_hw
    size = max(8, min(height // 14, width // 24))
    path = _font()
    font = ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)
    row = round(size * 1.35)
    picture = Image.new("L", (width, min(height, row * len(lines) + size // 2)))
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        text = "".join(c if c.isprintable() else " " for c in line.encode("utf-8", "replace").decode())
        draw.text((size // 2, size // 4 + number * row), text, fill=255, font=font)
    return np.asarray(picture)


def _font() -> Path | None:
    """The font that matplotlib brings, found without importing it."""
    spec = importlib.util.find_spec("matplotlib")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf" if folders else None
    return path if path and path.is_file() else None
