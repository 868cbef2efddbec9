"""Analyses with pictures, curves and hostile names, for tests of timeline.html."""

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import crafted_analysis
import cv2
import numpy as np

from reelwise.analysis.results import Analysis, Item, SegmentTrack, SignalTrack
from reelwise.analysis.times import FrameClock

Arrays = dict[str, np.ndarray]


def clock_of(rate: Fraction, num_frames: int, first_pts: int = 0) -> FrameClock:
    """Times at a constant rate on a clock of 90 kHz."""
    ticks = 90_000 / rate
    frames = np.arange(num_frames + 1, dtype=np.int64)
    pts = (2 * frames * ticks.numerator + ticks.denominator) // (2 * ticks.denominator) + first_pts  # rounded
    return FrameClock(pts[:-1], int(pts[-1]), Fraction(1, 90_000))


def analysis_of_video(video: Path, folder: Path) -> tuple[Analysis, Arrays]:
    """Three shots with pictures of a real file, at the times that its frames have."""
    with av.open(str(video)) as container:
        frames = list(container.decode(video=0))
        start = Fraction(container.start_time or 0, av.time_base)
    time_base, num_frames = frames[0].time_base, len(frames)
    pts = np.array([frame.pts for frame in frames] if frames[0].pts is not None else range(num_frames), np.int64)
    end_pts = int(2 * pts[-1] - pts[-2])
    clock = FrameClock(pts, end_pts, time_base, pts[0].item() * time_base - start)
    boundaries = (0, num_frames // 3, num_frames // 2, num_frames)
    analysis = crafted_analysis.make_analysis(Fraction(25), boundaries, file=str(video))
    items = tuple(
        replace(item, start=clock.moment(item.start.frame), end=clock.moment(item.end.frame))
        for item in with_pictures(folder, analysis.items("shots"))
    )
    rate = str(clock.rate) if clock.rate else None
    media = replace(
        analysis.media,
        width=frames[0].width,
        height=frames[0].height,
        num_frames=num_frames,
        time_base=str(time_base),
        first_pts=int(pts[0]),
        end_pts=end_pts,
        start_seconds=float(clock.start_seconds),
        timecode_rate=rate,
        duration_seconds=float(clock.seconds_of(num_frames)),
    )
    return replace(analysis, media=media, tracks=(replace(analysis.tracks[0], items=items),)), {"pts": pts}


def film_with_everything(folder: Path, num_shots: int = 8, rate: Fraction = Fraction(25)) -> tuple[Analysis, Arrays]:
    """Shots with pictures, overlapping labels, a curve per frame with a hole, one per 1/10 s, and a waveform.

    The sound has one loudness, is loud in its first half, and quiet behind it.
    """
    boundaries = np.cumsum([0, *(20 + 7 * (np.arange(num_shots) % 5))]).tolist()
    analysis = crafted_analysis.make_analysis(rate, boundaries, first_pts=0)
    clock = clock_of(rate, boundaries[-1])
    shots = SegmentTrack("shots", "reelwise.shots/1", with_pictures(folder, analysis.items("shots")))
    quality = [
        Item(f"quality-{k}", ("blur", "freeze", "letterbox")[k % 3], 0.3 + 0.1 * (k % 7), clock.moment(start),
             clock.moment(min(start + 30, len(clock))), values={"strength": k / 7})
        for k, start in enumerate(range(0, len(clock) - 1, 17))
    ]  # fmt: skip
    frames = np.arange(len(clock))
    motion = np.stack([np.abs(np.sin(frames / 9)), np.cos(frames / 5)], axis=1).astype(np.float32)
    motion[30:50] = np.nan
    prints = np.random.default_rng(1).normal(size=(len(clock), 24)).astype(np.float32)
    steps = np.arange(int(10 * clock.seconds_of(len(clock))))
    loudness = (-30 + 12 * np.sin(steps / 7))[:, None].astype(np.float32)
    values = {"loudness": -8.831, "peak": 1.25}
    whole = Item("sound-0", "programme", 1.0, clock.moment(0), clock.moment(len(clock)), values=values)
    tracks = (
        shots,
        SegmentTrack("quality", "reelwise.quality/1", tuple(quality), {"strength": "levels"}),
        SegmentTrack("sound", "reelwise.sound/3", (whole,), {"loudness": "LUFS", "peak": "dBFS"}),
        SegmentTrack("nothing", "reelwise.nothing/1", ()),
        SignalTrack("motion", "reelwise.motion/1", "signals.npz#motion", ("energy", "pan"), {"pan": "px"}),
        SignalTrack("loudness", "reelwise.sound/1", "signals.npz#loudness", ("now",), {"now": "LUFS"}, "1/10"),
        waveform_track(),
        SignalTrack("prints", "reelwise.x/1", "signals.npz#prints", tuple(f"cell_{k}" for k in range(24)), {}),
    )  # fmt: skip
    return replace(analysis, tracks=tracks), {
        "pts": clock.pts,
        "motion": motion,
        "loudness": loudness,
        "prints": prints,
        "waveform": np.float32([-1, 0.8]) * np.where(np.arange(10 * len(steps)) < 5 * len(steps), 0.9, 0.1)[:, None],
    }


def waveform_track() -> SignalTrack:
    """The track of an array ``waveform``."""
    return SignalTrack("waveform", "reelwise.sound/3", "signals.npz#waveform", ("lowest", "highest"), {}, "1/100")


def with_pictures(folder: Path, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same items, each with a picture of its own colour."""
    (folder / "thumbs").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    pictured = []
    for item in items:
        name = f"thumbs/frame_{item.start.frame:07d}_{item.start.seconds:.3f}s.jpg"
        coarse = rng.integers(0, 256, (9, 16, 3), np.uint8)
        cv2.imwrite(str(folder / name), cv2.resize(coarse, (320, 180), interpolation=cv2.INTER_CUBIC))
        pictured.append(replace(item, picture=name))
    return tuple(pictured)


def long_film(folder: Path, num_events: int = 3000, num_pictures: int = 60) -> tuple[Analysis, Arrays]:
    """Two hours at 25 frames per second: events, each with a picture and three measures, six curves and a waveform.

    The curves have a row per frame. A few files stand for all pictures, under as many names, so that a test need not
    write thousands.
    """
    num_frames = 2 * 3600 * 25
    boundaries = np.linspace(0, num_frames, num_events + 1).astype(int).tolist()
    analysis = crafted_analysis.make_analysis(Fraction(25), boundaries[: num_pictures + 1], first_pts=0)
    few = with_pictures(folder, analysis.items("shots"))
    clock = clock_of(Fraction(25), num_frames)
    items = []
    for number, (start, end) in enumerate(itertools.pairwise(boundaries)):
        name = f"thumbs/frame_{start:07d}_x.jpg"
        if not (folder / name).exists():
            (folder / name).hardlink_to(folder / (few[number % num_pictures].picture or ""))
        values = {"pan": number / 7, "tilt": -number / 9, "zoom": number / 11}
        items.append(Item(f"shots-{number}", "shot", 0.9, clock.moment(start), clock.moment(end), name, values=values))
    rng = np.random.default_rng(3)
    curves = np.cumsum(rng.normal(size=(num_frames, 6)), axis=0).astype(np.float32)
    columns = tuple("abcdef")
    tracks = (
        SegmentTrack("shots", "reelwise.shots/1", tuple(items), dict.fromkeys(("pan", "tilt"), "% of width/s")),
        SignalTrack("curves", "reelwise.x/1", "signals.npz#curves", columns, dict.fromkeys(columns, "px")),
        waveform_track(),
    )
    media = replace(
        analysis.media,
        num_frames=num_frames,
        duration_seconds=7200.0,
        first_pts=0,
        end_pts=clock.end_pts,
        frame_rate="25",
        timecode_rate="25",
    )
    waveform = rng.normal(size=(720_000, 2)).astype(np.float32)
    return replace(analysis, media=media, tracks=tracks), {"pts": clock.pts, "curves": curves, "waveform": waveform}
