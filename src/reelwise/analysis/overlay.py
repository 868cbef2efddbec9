"""An analyzed video with its findings drawn in: ``write_overlay(analysis, video, target)``."""

from collections.abc import Callable, Iterator
from pathlib import Path

from reelwise.analysis.formats.text import label_text
from reelwise.analysis.formats.tracks import moment_items, other_tracks
from reelwise.analysis.results import Analysis
from reelwise.core.fractions import fraction_from_text
from reelwise.media.annotated import Caption, CopyResult, write_annotated


def write_overlay(
    analysis: Analysis, video: Path, target: Path, on_wait: Callable[[int], None] | None = None
) -> CopyResult:
    """Write an MP4 copy that shows timecode and number of each frame, its shot or transition, and all labels there.

    Where the video has no timecode, the time in seconds stands in its place.

    Args:
        analysis: What was found.
        video: The video that was analyzed.
        target: Where the copy shall be, ``.mp4``; appears when it is whole.
        on_wait: Called a few times a second with the number of frames so far; what it raises ends the work.

    Returns:
        How many frames it has, and why it has no sound.

    Raises:
        VideoError: The video is refused, or the copy cannot be written.
    """
    captions = tuple(captions_of(analysis))
    rate = analysis.media.timecode_rate
    return write_annotated(
        video,
        target,
        captions=captions,
        shows_time=True,
        timecode_rate=None if rate is None else fraction_from_text(rate),
        on_wait=on_wait,
    )


def captions_of(analysis: Analysis) -> Iterator[Caption]:
    """The text of each finding in the frames that it covers; keyframes and what holds for the whole video have none."""
    shots = analysis.items("shots")
    for number, shot in enumerate(shots, 1):
        transition = shot.transition_in
        if transition and transition.end_frame > transition.start_frame:
            text = f"{transition.type.replace('_', ' to ')} to shot {number}  {transition.score:.2f}"
            yield Caption(transition.start_frame, transition.end_frame, text)
        yield Caption(shot.start.frame, shot.end.frame, f"shot {number} of {len(shots)}")
    for track in other_tracks(analysis):
        for item in moment_items(analysis, track) if track.id != "keyframes" else ():
            text = f"{label_text(track.id)}: {label_text(item.label)}  {item.score:.2f}"
            yield Caption(item.start.frame, item.end.frame, text)
