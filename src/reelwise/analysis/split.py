"""Each shot of an analyzed video as a file of its own: ``write_shots(analysis, video, folder)``."""

from collections.abc import Callable
from pathlib import Path

from reelwise.analysis.formats.clock import time_base_of
from reelwise.analysis.results import Analysis
from reelwise.core.errors import DataError
from reelwise.media.clips import ClipPlan, CopyResult, SplitPlan, write_clips


def write_shots(
    analysis: Analysis, video: Path, folder: Path, on_wait: Callable[[int], None] | None = None
) -> CopyResult:
    """Write ``shot-0001.mp4`` and so on: the frames of each shot with their sound, H.264 and AAC.

    The frames of a gradual transition belong to neither shot and are in no file. Frames keep their times, also at a
    variable rate.

    Args:
        analysis: Its shots, in order of time.
        video: The video; must be the one that was analyzed.
        folder: Where the files go; files of the same name are replaced.
        on_wait: Called a few times a second with the number of frames so far; what it raises ends the work.

    Returns:
        How many frames the files have, of which there is one per shot, and why they have no sound.

    Raises:
        DataError: Shots overlap or have no frames; only an analysis.json that was changed has such.
        VideoError: The video is refused, is another one, or a file cannot be written.
    """
    shots = analysis.items("shots")
    edges = [edge for shot in shots for edge in (shot.start.frame, shot.end.frame)]
    if edges != sorted(edges) or any(shot.start.frame == shot.end.frame for shot in shots):
        raise DataError("the shots of this analysis overlap or have no frames.", hint="Analyze the video again.")
    digits = max(4, len(str(len(shots))))
    clips = tuple(
        ClipPlan(
            shot.start.frame,
            shot.end.frame,
            shot.start.pts,
            shot.end.pts,
            folder / f"shot-{number:0{digits}}.mp4",
        )
        for number, shot in enumerate(shots, 1)
    )
    if not clips:
        return CopyResult(0)
    media = analysis.media
    return write_clips(video, SplitPlan(media.first_pts, time_base_of(media), clips), on_wait)
