"""A copy of a video with text painted into its frames, written in a sandboxed worker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from reelwise.media.decode_many import perform_one
from reelwise.media.limits import LONG_WORK_LIMITS
from reelwise.media.requests.annotate import AnnotateTask
from reelwise.media.workers.output_folder import output_folder, put_in_place
from reelwise.media.writers.captions import Caption, FrameText
from reelwise.media.writers.copy_result import CopyResult

_MAX_COPY_BYTES = 64 << 30
"""A copy at visually lossless quality may be several times as large as its source."""


def write_annotated(
    source: Path,
    target: Path,
    lines: Sequence[str] = (),
    *,
    captions: Sequence[Caption] = (),
    shows_time: bool = False,
    timecode_rate: Fraction | None = None,
    on_wait: Callable[[int], None] | None = None,
) -> CopyResult:
    """Write an H.264 MP4 copy of a video with text in its upper left corner, in a limited worker process.

    Every frame keeps its time, and so does the sound: it is encoded anew (AAC), mixed to one channel when it has more
    than two. Sound that cannot be decoded is left out, and the result says why.

    Args:
        source: A local file.
        target: Where the copy shall be; appears when it is whole.
        lines: Text of every frame, any language that the font (DejaVu Sans) knows.
        captions: Text of some frames, below the lines.
        shows_time: Whether time and number of each frame stand above.
        timecode_rate: The rate that the timecode of a frame counts at; None where its time is in seconds.
        on_wait: Called a few times a second with the number of frames so far; what it raises ends the work.

    Returns:
        How many frames it has, and why it has no sound.

    Raises:
        VideoError: The source is refused, or the copy cannot be written.
    """
    limits = replace(LONG_WORK_LIMITS, output_bytes=_MAX_COPY_BYTES)
    text = FrameText(tuple(lines), tuple(captions), shows_time, timecode_rate)
    target = Path(target).absolute()
    with output_folder(target) as folder:
        copy = folder / "copy.mp4"
        task = AnnotateTask(Path(source), text, copy, target)
        result: CopyResult = perform_one(task, limits=limits, folder=folder, on_wait=on_wait)
        put_in_place(copy, target)
    return result


__all__ = ["Caption", "CopyResult", "write_annotated"]
