"""A copy of a video with lines of text in its frames."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.writers.captions import FrameText, TextOfFrames
from reelwise.media.writers.copy_result import CopyResult
from reelwise.media.writers.text_box import TextBox, make_text_box

if TYPE_CHECKING:
    from reelwise.media.readers.pyav_reader import PyAVReader


def annotate(
    source: Path,
    target: Path,
    text: FrameText,
    *,
    name: Path,
    limits: ReadLimits = READ_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> CopyResult:
    """Write the copy of ``write_annotated`` in this process; called in the worker.

    Args:
        source: The video.
        target: The copy, in a folder that has room for its sound, too.
        text: What each frame shows.
        name: What errors call the copy.
        limits: What the source may ask for.
        progress: Called with the numbers of frames and of bytes read so far.
    """
    from reelwise.media.readers.pyav_reader import PyAVReader
    from reelwise.media.readers.scan_notes import find_sound
    from reelwise.media.writers.aac_sound import sound_for_aac
    from reelwise.media.writers.writer import write_timed_video

    with PyAVReader(source, limits=limits, progress=progress) as reader:
        sound, sound_missing = sound_for_aac(
            source, find_sound(reader.source), target.with_name("sound"), limits, progress
        )
        write_timed_video(target, _paint(reader, text), reader.time_base, sound=sound, name=name)
        return CopyResult(reader.facts().num_frames, sound_missing)


def _paint(reader: "PyAVReader", text: FrameText) -> Iterator[tuple[int, np.ndarray]]:
    texts = TextOfFrames(text)
    last_lines: Sequence[str] = ()
    box: TextBox | None = None
    for frame in reader:
        image = frame.image.copy()
        ticks = frame.pts - reader.start_pts
        lines = texts.lines_at(frame.index, ticks * reader.time_base)
        if lines != last_lines:
            box, last_lines = make_text_box(lines, image.shape[:2]) if lines else None, lines
        if box is not None:
            box.paint(image)
        yield ticks, image
