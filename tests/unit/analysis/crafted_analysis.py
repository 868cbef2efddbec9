"""Analyses made by hand, for what stands on one."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reelwise.analysis.results import Analysis, Item, Media, SegmentTrack, SoundMedia, Tool, TransitionIn
from reelwise.analysis.times import FrameClock


def make_analysis(
    rate: Fraction = Fraction(30000, 1001),
    boundaries: Sequence[int] = (0, 45, 100, 240),
    *,
    time_base: Fraction = Fraction(1, 90000),
    first_pts: int = 3003,
    start_seconds: Fraction = Fraction(0),
    uneven: bool = False,
    file: str = "film.mp4",
) -> Analysis:
    """Shots of a made-up video, from one boundary to the next; the second one begins with a dissolve of 5 frames."""
    num_frames = boundaries[-1]
    steps = np.arange(num_frames + 1) + (np.arange(num_frames + 1) % 7 == 3) * 0.4 * uneven
    pts = np.array([round(Fraction(float(step)) / rate / time_base) for step in steps], np.int64) + first_pts
    clock = FrameClock(pts[:-1], int(pts[-1]), time_base, start_seconds)
    shots = []
    for number, (start, end) in enumerate(itertools.pairwise(boundaries)):
        dissolve = TransitionIn("dissolve", start - 5, start, 0.8)
        transition = (None, dissolve)[number] if number < 2 else TransitionIn("cut", start, start, 0.97)
        last = end - 5 if number == 0 and len(boundaries) > 2 else end
        score = transition.score if transition else 1.0
        shots.append(Item(f"shots-{number}", "shot", score, clock.moment(start), clock.moment(last), None, transition))
    media = Media(
        file=file,
        sha256="0" * 64,
        size_bytes=1000,
        num_frames=num_frames,
        width=640,
        height=360,
        duration_seconds=float(clock.seconds_of(num_frames)),
        frame_rate=str(rate),
        variable_frame_rate=uneven,
        timecode_rate=str(clock.rate) if clock.rate else None,
        time_base=str(time_base),
        first_pts=first_pts,
        end_pts=clock.end_pts,
        start_seconds=float(start_seconds),
        rotation=0,
        codec="h264",
        container="mov,mp4,m4a,3gp,3g2,mj2",
        sound=SoundMedia("aac", 48000, 2),
    )
    tool = Tool("reelwise", "0", ("shots",), {})
    return Analysis(tool, media, (SegmentTrack("shots", "reelwise.shots/1", tuple(shots)),))
