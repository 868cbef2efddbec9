"""An edit decision list as in CMX 3600, which editors, grading and conform tools open."""

import re
from collections.abc import Sequence
from pathlib import Path

from reelwise.analysis.formats.clock import TimecodeClock, timecode_clock
from reelwise.analysis.formats.format import ExportFormat, Files, FormatError
from reelwise.analysis.formats.text import video_name, video_stem
from reelwise.analysis.formats.tracks import shot_items
from reelwise.analysis.results import Analysis, Item

_MAX_EVENTS = 999
"""Events of one list: the number of an event has three digits. Source: CMX 3600, and what its readers take."""

_MAX_TITLE = 70
"""Characters of the title. Source: CMX 3600, a line of 80 columns."""

_REEL_LENGTH = 8
"""Characters of a reel's name. Source: CMX 3600."""

_MAX_SECONDS = 24 * 3600
"""Timecodes start again after a day."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``shots.edl``, and ``shots-2.edl`` and so on from the thousandth shot on.

    Source and record times are the same: both count from the first frame of the video. A gradual transition is an
    event of two lines, from the source to itself: it starts where the transition starts, and its length is the
    transition's, so that the shot's own first frame is the source time plus that length. Fades are dissolves here.

    Raises:
        FormatError: The rate is variable or has no timecode, or the video is longer than a day.
    """
    clock = timecode_clock(analysis)
    shots = shot_items(analysis)
    if analysis.media.num_frames > _MAX_SECONDS * clock.rate:
        raise FormatError("it is longer than 24 hours, after which timecodes repeat.", hint="Split the video.")
    name, stem = video_name(analysis), video_stem(analysis)
    reel = re.sub(r"[^A-Z0-9]", "", stem.upper())[:_REEL_LENGTH] or "AX"
    head = [f"TITLE: {stem[:_MAX_TITLE]}", f"FCM: {'DROP FRAME' if clock.is_drop_frame else 'NON-DROP FRAME'}", ""]
    files: Files = {}
    for part in range(max(1, -(-len(shots) // _MAX_EVENTS))):
        lines = list(head)
        for number, shot in enumerate(shots[part * _MAX_EVENTS : (part + 1) * _MAX_EVENTS], 1):
            lines += _event(f"{number:03}  {reel:8}", shot, name, clock)
        files[f"shots-{part + 1}.edl" if part else "shots.edl"] = "\n".join(lines) + "\n"
    return files


def _event(head: str, shot: Item, name: str, clock: TimecodeClock) -> Sequence[str]:
    transition = shot.transition_in
    length = transition.end_frame - transition.start_frame if transition else 0
    if transition is None or length <= 0:
        return f"{head} V     C        {_times(shot.start.frame, shot.end.frame, clock)}", f"* FROM CLIP NAME: {name}"
    kind = "W001" if transition.type == "wipe" else "D   "
    return (
        f"{head} V     C        {_times(transition.start_frame, transition.start_frame, clock)}",
        f"{head} V     {kind} {length:03} {_times(transition.start_frame, shot.end.frame, clock)}",
        f"* FROM CLIP NAME: {name}",
        f"* TO CLIP NAME: {name}",
        f"* COMMENT: {transition.type.upper()} OF {length} FRAMES",
    )


def _times(start: int, end: int, clock: TimecodeClock) -> str:
    """Source in and out, record in and out; out is the first frame behind."""
    span = f"{clock.label(start)} {clock.label(end)}"
    return f"{span} {span}"


FORMAT = ExportFormat("edl", ("shots.edl", "shots-*.edl"), "the shots for editing and grading, as CMX 3600", write)
