"""Videos made of pictures in memory, for analyzers, which see nothing else."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache

import cv2
import numpy as np

from reelwise.analysis.analyzer import PREVIEW, Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal, pictures_of
from reelwise.analysis.pictures import PICTURE_WINDOW
from reelwise.analysis.times import FrameClock
from reelwise.core.sound import Sound

TEXTURE_HW = (600, 900)


@dataclass
class PictureLedger:
    """Stands for the picture store: what is there, and what was kept."""

    newest: int = -1
    uses: dict[int, int] = field(default_factory=dict)

    def keep(self, frame: int) -> None:
        if frame not in self.uses:
            assert 0 <= self.newest - frame < PICTURE_WINDOW, f"frame {frame} does not wait any more at {self.newest}"
        self.uses[frame] = self.uses.get(frame, 0) + 1

    def drop(self, frame: int) -> None:
        self.uses[frame] -= 1
        if not self.uses[frame]:
            del self.uses[frame]


@dataclass
class Outcome:
    findings: list[Finding]
    signal: Signal | None
    ledger: PictureLedger

    def spans(self, label: str) -> list[tuple[int, int]]:
        return [(one.start_frame, one.end_frame) for one in self.findings if one.label == label]


@lru_cache(maxsize=16)
def texture(seed: int = 0, hw: tuple[int, int] = TEXTURE_HW, grain: float = 6.0) -> np.ndarray:
    """(H, W, 3) uint8: cloudy noise with edges, as a scene has."""
    noise = np.random.default_rng(seed).normal(size=(*hw, 3)).astype(np.float32)
    clouds = cv2.GaussianBlur(noise, (0, 0), grain) + 0.5 * cv2.GaussianBlur(noise, (0, 0), grain / 4)
    return np.clip(128 + 50 * clouds / clouds.std(), 30, 225).astype(np.uint8)


def views(
    pictures: Iterable[np.ndarray],
    rate: float = 25.0,
    damaged: Sequence[int] = (),
    entries: Sequence[AnalyzerEntry] = (),
) -> Iterator[FrameView]:
    """Frames of (H, W, 3) pictures."""
    for index, picture in enumerate(pictures):
        frame_hw = picture.shape[:2]
        scaled = {spec: _scaled(picture, spec.size_of(frame_hw)) for spec in pictures_of(entries)}
        yield FrameView(index, index / rate, index in damaged, scaled)


def _scaled(picture: np.ndarray, size_hw: tuple[int, int]) -> np.ndarray:
    if picture.shape[:2] == size_hw:
        return picture
    return cv2.resize(picture, size_hw[::-1], interpolation=cv2.INTER_AREA)


def analyze_views(
    entry: AnalyzerEntry, frames: Iterable[FrameView], notices: Iterable[Finding] = (), **settings
) -> Outcome:
    """What one analyzer says; ``notices`` are given to it after the last frame."""
    ledger = PictureLedger()
    findings: list[Finding] = []
    analyzer = None
    moments: list[float] = []
    for frame in frames:
        if analyzer is None:
            setup = Setup(frame.pictures[PREVIEW].shape[:2], keep_picture=ledger.keep, drop_picture=ledger.drop)
            analyzer = entry.start(replace(setup, **settings))
        ledger.newest = frame.index
        findings += analyzer.push(frame)
        moments.append(frame.seconds)
    assert analyzer is not None
    for notice in notices:
        findings += analyzer.notice(notice)
    findings += analyzer.finish(_clock_of(moments))
    return Outcome(findings, analyzer.signal(), ledger)


def _clock_of(moments: Sequence[float]) -> FrameClock:
    """The times of frames; the last one is as long as the one before."""
    time_base = Fraction(1, 90_000)
    pts = np.array([round(moment / time_base) for moment in moments], np.int64)
    last = int(pts[-1] - pts[-2]) if len(pts) > 1 else 3600
    return FrameClock(pts, int(pts[-1]) + last, time_base)


def clock_of(num_frames: int, rate: Fraction | int = 25) -> FrameClock:
    """Times of frames at a constant rate."""
    time_base = 1 / Fraction(rate)
    return FrameClock(np.arange(num_frames), num_frames, time_base)


def pieces_of(sound: Sound, num_samples: int) -> Iterator[Sound]:
    """A sound as it comes from a stream: unbroken pieces of so many samples."""
    for start, end in sound.intervals:
        for place in range(start, end, num_samples):
            samples = sound.samples[place : min(place + num_samples, end)]
            yield Sound(samples, sound.sample_rate, sound.time_of(place), channels=sound.channels)


@dataclass
class Run:
    """What all analyzers say of one video in memory, as the engine lets them look at it.

    Its sound comes in pieces of ``piece_seconds``, as soon as it lies a second behind the frames.
    """

    entries: Sequence[AnalyzerEntry]
    sound: Sound | None = None
    rate: float = 25.0
    piece_seconds: float = 0.25
    ledger: PictureLedger = field(default_factory=PictureLedger)
    analyzers: dict[str, Analyzer] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    num_frames: int = 0
    pieces: deque[Sound] | None = None

    def push(self, frame: FrameView) -> None:
        self.ledger.newest = frame.index
        if not self.analyzers:
            frame_hw = frame.pictures[PREVIEW].shape[:2]
            setup = Setup(frame_hw, keep_picture=self.ledger.keep, drop_picture=self.ledger.drop)
            self.analyzers = {entry.name: entry.start(setup) for entry in self.entries}
            self.findings = {entry.name: [] for entry in self.entries}
        self.num_frames += 1
        for name, analyzer in self.analyzers.items():
            self._spread(name, analyzer.push(frame))
        self._push_sound(Fraction(frame.index) / self._rate - 1)

    def finish(self) -> "Run":
        self._push_sound(None)
        for entry in self.entries:
            self._spread(entry.name, self.analyzers[entry.name].finish(self._clock()))
        return self

    @property
    def _rate(self) -> Fraction:
        return Fraction(self.rate).limit_denominator(1001)

    def _clock(self) -> FrameClock:
        return clock_of(self.num_frames, self._rate)

    def _push_sound(self, seconds: Fraction | None) -> None:
        if self.sound is None:
            return
        if self.pieces is None:
            self.pieces = deque(pieces_of(self.sound, max(1, round(self.piece_seconds * self.sound.sample_rate))))
        while self.pieces and (seconds is None or self.pieces[0].end <= seconds):
            piece = self.pieces.popleft()
            for entry in self.entries:
                if entry.has_sound:
                    self._spread(entry.name, self.analyzers[entry.name].push_sound(piece, self._clock))

    def signals(self) -> dict[str, Signal]:
        signals = {name: signal for name, one in self.analyzers.items() if (signal := one.signal()) is not None}
        for analyzer in self.analyzers.values():
            signals |= analyzer.further_signals()
        return signals

    def _spread(self, name: str, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.findings[name].append(finding)
            for entry in self.entries:
                if name in entry.needs:
                    self._spread(entry.name, self.analyzers[entry.name].notice(finding))


def run_all(
    entries: Sequence[AnalyzerEntry],
    pictures: Iterable[np.ndarray],
    rate: float = 25.0,
    damaged: Sequence[int] = (),
    sound: Sound | None = None,
    piece_seconds: float = 0.25,
) -> Run:
    """All analyzers over pictures and sound."""
    run = Run(entries, sound, rate, piece_seconds)
    for frame in views(pictures, rate, damaged, entries):
        run.push(frame)
    return run.finish()
