"""Parts of a video as files of their own, written in a sandboxed worker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from reelwise.media.decode_many import perform_one
from reelwise.media.limits import LONG_WORK_LIMITS
from reelwise.media.requests.split import SplitTask
from reelwise.media.workers.output_folder import output_folder, put_in_place
from reelwise.media.writers.clip_plan import ClipPlan, SplitPlan, clip_in
from reelwise.media.writers.copy_result import CopyResult

_MAX_CLIP_BYTES = 64 << 30
"""A clip at visually lossless quality may be several times as large as its source."""


def write_clips(source: Path, plan: SplitPlan, on_wait: Callable[[int], None] | None = None) -> CopyResult:
    """Write H.264 MP4 files of some parts of a video, in a limited worker process that decodes it once.

    Every frame keeps its time, counted from the first one of its clip, and no clip holds a frame of another. Its sound
    is encoded anew (AAC), mixed to one channel when it has more than two. Sound that cannot be decoded is left out, and
    the result says why.

    Args:
        source: A local file.
        plan: The clips, with the times that the video must have there.
        on_wait: Called a few times a second with the number of frames so far; what it raises ends the work.

    Returns:
        Frames written, of all clips together, and why they have no sound.

    Raises:
        VideoError: The source is refused, has other times than the plan, or a clip cannot be written. Clips that are
            whole by then stay.
    """
    clips = tuple(replace(clip, output=Path(clip.output).absolute()) for clip in plan.clips)
    limits = replace(LONG_WORK_LIMITS, output_bytes=_MAX_CLIP_BYTES)
    task = SplitTask(Path(source), replace(plan, clips=clips))
    with output_folder(clips[0].output) as folder:
        try:
            return perform_one(task, limits=limits, folder=folder, on_wait=on_wait)
        finally:
            _put_in_place(folder, clips)


def _put_in_place(folder: Path, clips: Sequence[ClipPlan]) -> None:
    """Move the clips that are whole to where they belong."""
    for clip in clips:
        if (path := clip_in(folder, clip)).is_file():
            put_in_place(path, clip.output)


__all__ = ["ClipPlan", "CopyResult", "SplitPlan", "write_clips"]
