"""Analyses with any frame times, and what a reader of their exports sees at a time."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import crafted_analysis
import numpy as np
from PIL import Image

from reelwise.analysis.results import Analysis, Item, Moment, SegmentTrack, TransitionIn
from reelwise.analysis.times import FrameClock

NTSC = Fraction(30000, 1001)
RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), NTSC, Fraction(30), Fraction(50), 2 * NTSC, Fraction(60))
"""The rates that the issue names; 29.97 and 59.94 are drop frame unless ``non_drop`` is used."""

TIME_BASES = (Fraction(1, 90_000), Fraction(1, 1000), Fraction(1, 12_800), Fraction(1, 1_000_000_000))

HOSTILE = (
    "<script>alert(1)</script>",
    "two\nlines\r\n\r\n00:00:00.000 --> 00:00:09.000\n\nWEBVTT",
    "--> ]]> <!-- &amp; & \" ' `",
    '=HYPERLINK("http://x")',
    "+1",
    "@SUM(A1)",
    "-2+3",
    "\x00\x07\x1b[31m\u202e\ufeff\ud800",
    "; # = \\ [CHAPTER]\nSTART=0",
    "{\\an8}![x](javascript:1) | a_b*",
    "",
    "名前 é 🎬",
)
"""Names from strangers: tags, line ends, arrows, formulas, control characters, syntax of every format."""


@dataclass(frozen=True, eq=False)
class Crafted:
    """An analysis and the clock of its video."""

    analysis: Analysis
    clock: FrameClock

    def frame_shown(self, seconds: Fraction, *, player: bool = False) -> int:
        """The frame that a reader shows at a time; the number of frames from the end on."""
        seconds -= self.clock.start_seconds if player else 0
        return len(self.clock) if seconds >= self.clock.seconds_of(len(self.clock)) else self.clock.frame_at(seconds)

    def nearest_frame(self, seconds: Fraction, *, player: bool = False) -> int:
        """The frame whose start is nearest to a time."""
        seconds -= self.clock.start_seconds if player else 0
        frame = self.frame_shown(seconds)
        candidates = range(max(0, frame - 1), min(len(self.clock), frame + 1) + 1)
        return min(candidates, key=lambda candidate: abs(self.clock.seconds_of(candidate) - seconds))


def frame_times(rate: Fraction, num_frames: int, time_base: Fraction) -> list[int]:
    """Pts of a constant rate, rounded to the time base; one more than frames."""
    step = 1 / (rate * time_base)
    return ((2 * np.arange(num_frames + 1) * step.numerator + step.denominator) // (2 * step.denominator)).tolist()


def craft(
    pts: Sequence[int],
    time_base: Fraction,
    boundaries: Sequence[int] = (),
    *,
    start_seconds: Fraction = Fraction(0),
    first_pts: int = 0,
    transition_length: int = 0,
    labels: Sequence[str] = ("freeze",),
    file: str = "film.mp4",
) -> Crafted:
    """Shots from one boundary to the next, and a track ``quality`` with one item per shot and label.

    Args:
        pts: Of each frame and of the end.
        time_base: Seconds per unit.
        boundaries: Frames at which shots start, the first 0, and the number of frames.
        start_seconds: Where the first frame lies on the player's clock.
        first_pts: Added to all pts.
        transition_length: Frames of a dissolve before every second shot; 0 for cuts alone.
        labels: Of the items of the other track.
        file: Name of the video.
    """
    clock = FrameClock(np.array(pts[:-1], np.int64) + first_pts, pts[-1] + first_pts, time_base, start_seconds)
    shots = tuple(
        _shot(number, clock.moment(start), clock.moment(end), transition)
        for number, (start, end, transition) in enumerate(_shots(boundaries, transition_length))
    )
    quality = tuple(
        Item(f"quality-{shot.id}-{label}", label, 0.5, shot.start, shot.end, values={"strength": 0.25})
        for shot in shots
        for label in labels
    )
    base = crafted_analysis.make_analysis(file=file)
    rate = clock.rate
    mean = (len(clock) - 1) / (clock.seconds_of(len(clock) - 1)) if len(clock) > 1 else Fraction(0)
    media = replace(
        base.media,
        num_frames=len(clock),
        duration_seconds=float(clock.seconds_of(len(clock))),
        frame_rate=str(rate or mean),
        variable_frame_rate=rate is None,
        timecode_rate=str(rate) if rate else None,
        time_base=str(time_base),
        first_pts=first_pts,
        end_pts=clock.end_pts,
        start_seconds=float(start_seconds),
    )
    tracks = (SegmentTrack("shots", "reelwise.shots/1", shots), SegmentTrack("quality", "reelwise.quality/1", quality))
    return Crafted(Analysis(base.tool, media, tracks), clock)


def _shot(number: int, start: Moment, end: Moment, transition: TransitionIn | None) -> Item:
    return Item(f"shots-{number}", "shot", 1.0, start, end, f"thumbs/shots-{number}.jpg", transition)


def with_programme(crafted: Crafted) -> Crafted:
    """The same with a track ``sound``: the loudness of the whole video, and a silence in its first frame."""
    clock = crafted.clock
    values = {"loudness": -8.831, "peak": 1.25}
    whole = Item("sound-0", "programme", 1.0, clock.moment(0), clock.moment(len(clock)), values=values)
    silence = Item("sound-1", "silence", 1.0, clock.moment(0), clock.moment(1))
    sound = SegmentTrack("sound", "reelwise.sound/3", (whole, silence), {"loudness": "LUFS", "peak": "dBFS"})
    return replace(crafted, analysis=replace(crafted.analysis, tracks=(*crafted.analysis.tracks, sound)))


def write_pictures(folder: Path, num_pictures: int = 9) -> None:
    """The pictures of the shots: number k is a plain grey of brightness 20 k."""
    (folder / "thumbs").mkdir(exist_ok=True)
    for number in range(num_pictures):
        grey = (20 * number % 256,) * 3
        Image.new("RGB", (320, 180), grey).save(folder / "thumbs" / f"shots-{number}.jpg")


def _shots(boundaries: Sequence[int], length: int) -> list[tuple[int, int, TransitionIn | None]]:
    shots: list[tuple[int, int, TransitionIn | None]] = []
    for number, (start, end) in enumerate(itertools.pairwise(boundaries)):
        overlap = length if number % 2 and start - length > boundaries[number - 1] else 0
        kind = "dissolve" if overlap else "cut"
        shots.append((start, end, TransitionIn(kind, start - overlap, start, 0.9) if number else None))
        if overlap:
            before = shots[-2]
            shots[-2] = (before[0], start - overlap, before[2])
    return shots


def craft_rate(rate: Fraction, time_base: Fraction = TIME_BASES[0], **kwargs) -> Crafted:
    """Nine shots at a constant rate, some of one frame, beyond the minutes at which labels are dropped."""
    per_minute = round(60 * rate)
    boundaries = [0, 1, 2, 7, 100, 101, per_minute - 1, per_minute + 2, 10 * per_minute + 1, 10 * per_minute + 40]
    return craft(frame_times(rate, boundaries[-1], time_base), time_base, boundaries, **kwargs)


def craft_uneven(time_base: Fraction = Fraction(1, 1000), seed: int = 5, **kwargs) -> Crafted:
    """Nine shots at a strongly variable rate: gaps of 5 to 90 ms."""
    gaps = np.random.default_rng(seed).integers(5, 91, 300)
    pts = [0, *(int(total) for total in np.cumsum(gaps) * int(Fraction(1, 1000) / time_base))]
    return craft(pts, time_base, (0, 1, 2, 9, 50, 51, 120, 200, 299, 300), **kwargs)


def non_drop(analysis: Analysis) -> Analysis:
    """The same analysis with timecodes that drop no labels."""

    def change(item: Item) -> Item:
        start, end = (
            replace(each, timecode=(each.timecode or "").replace(";", ":")) for each in (item.start, item.end)
        )
        return replace(item, start=start, end=end)

    tracks = (replace(track, items=tuple(map(change, track.items))) for track in analysis.tracks)
    return replace(analysis, tracks=tuple(tracks))


def hostile() -> Crafted:
    """Names of every hostile kind in the file, the tracks, the items, pictures and values."""
    crafted = craft_rate(Fraction(25), labels=HOSTILE, file=f"/a/{HOSTILE[0]}\n{HOSTILE[2].replace('/', '')}\ud800.mp4")
    shots, quality = crafted.analysis.tracks
    items = tuple(
        replace(item, id=name, values={name: 1.0}) for item, name in zip(quality.items, HOSTILE, strict=False)
    )
    more = (replace(quality, id=name, items=items) for name in (*HOSTILE, "CHAPTERS", "chapters", "Chapters"))
    return replace(crafted, analysis=replace(crafted.analysis, tracks=(shots, quality, *more)))
