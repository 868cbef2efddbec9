"""The track of a classifier: a window slides over the whole video, and its probabilities become segments."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal
from reelwise.analysis.label_runs import FrameRun, LabelRuns
from reelwise.analysis.pictures import PICTURE_WINDOW
from reelwise.analysis.times import FrameClock
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.modalities import ImageInput
from reelwise.media.decoding.selection import Thinner, still_indices
from reelwise.media.requests.stream import PictureSpec

HOPS_PER_WINDOW = 4
"""A window begins every quarter of its length: an edge is then known to an eighth of it, at four times the work."""

SURE = 0.28
"""How far from chance to certainty the probability of a label must come somewhere in a segment. Means over windows that
hold an action in part are lower than those of whole clips. Chosen on one long video (benchmarks/actions.py; LOG.md)."""

_UNSURE_SHARE = 0.6
"""The same as a share of the probability under which the model itself calls a whole clip unsure."""

STAYS = 0.7
"""Share of that probability down to which a segment goes on: the second threshold of the hysteresis."""


@dataclass(frozen=True)
class ActionModel:
    """A classifier as the analysis sees it; the job makes it from a model file.

    Args:
        name: Of the track, such as ``actions``.
        producer: The model, for people.
        labels: C labels.
        decode: How its frames are decoded: the same as in training.
        window: Seconds of one window.
        thresholds: Of each label: the probability from which on it is sure.
        is_exclusive: Whether only one label holds at a time.
        predict: From a window to (C,) probabilities.
        images: The image features that it reads; None where it reads none.
    """

    name: str
    producer: str
    labels: tuple[str, ...]
    decode: DecodeSettings
    window: Fraction
    thresholds: tuple[float, ...]
    is_exclusive: bool
    predict: Callable[["Window"], np.ndarray]
    images: ImageInput | None = None

    @property
    def hop(self) -> Fraction:
        """Seconds from one window to the next."""
        return self.window / HOPS_PER_WINDOW

    @property
    def picture(self) -> PictureSpec:
        """What it needs of each frame."""
        return PictureSpec(size_hw=(self.decode.size, self.decode.size), fit=self.decode.fit)

    @property
    def still(self) -> PictureSpec | None:
        """What it needs of each frame that may be a still; None where it reads no image features."""
        if self.images is None:
            return None
        return PictureSpec(size_hw=(self.images.size, self.images.size), fit=self.images.decode.fit)


@dataclass(frozen=True, eq=False)
class Window:
    """What a classifier sees of a window.

    Args:
        frames: (N, S, S, 3) uint8.
        times: Of the frames.
        stills: (K, P, P, 3) uint8 for image features; None where none are read.
    """

    frames: np.ndarray
    times: FrameTimes
    stills: np.ndarray | None = None


class WindowFrames:
    """The frames of windows that slide over a video: the same frames as decoding each window by itself gives.

    Args:
        decode: Rate and number of the frames that are kept.
        time_base: Seconds per tick.
        num_stills: Stills of a window.
    """

    def __init__(self, decode: DecodeSettings, time_base: Fraction, num_stills: int = 0) -> None:
        self._decode = decode
        self._time_base = time_base
        self._num_stills = num_stills
        self._frames: deque[tuple[int, np.ndarray, np.ndarray | None]] = deque()

    def push(self, pts: int, picture: np.ndarray, still: np.ndarray | None = None) -> None:
        """Add a frame; ``pts`` counts from the first frame of the video, and ``still`` is the frame as a still."""
        self._frames.append((pts, picture, still))

    def drop_before(self, moment: Fraction) -> None:
        """Forget frames before a moment, in seconds."""
        while self._frames and self._frames[0][0] * self._time_base < moment:
            self._frames.popleft()

    def window(self, start: Fraction, end: Fraction, end_pts: int) -> Window | None:
        """The frames with start <= time < end; None where there is none.

        Args:
            start: Seconds from the first frame.
            end: Seconds from the first frame.
            end_pts: Where the last frame that is there ends, in ticks from the first frame.
        """
        ticks = TimeRange(start, end).in_ticks(end_pts, self._time_base)
        thinner = Thinner(self._time_base, self._decode.max_frame_rate)
        pictures: list[np.ndarray] = []
        pts: list[int] = []
        stills: list[np.ndarray] = []
        last_end = end_pts
        for frame_pts, picture, still in self._frames:
            if still is not None and ticks.contains(frame_pts):
                stills.append(still)
            if pts and last_end == end_pts and frame_pts > pts[-1]:
                last_end = frame_pts
            if ticks.contains(frame_pts) and len(pts) < self._decode.max_frames and thinner.keeps(frame_pts):
                pictures.append(picture)
                pts.append(frame_pts)
                last_end = end_pts
        if not pts:
            return None
        times = FrameTimes(np.array(pts, np.int64), last_end, self._time_base)
        stills = [stills[i] for i in still_indices(len(stills), self._num_stills)]
        return Window(np.stack(pictures), times, np.stack(stills) if stills else None)


class ActionAnalyzer(Analyzer):
    """Predicts a window every hop, spreads the probabilities over the hops, and cuts them into segments.

    Args:
        model: The classifier.
        setup: Time base and where pictures go.
    """

    def __init__(self, model: ActionModel, setup: Setup) -> None:
        self.model = model
        self._keep_picture = setup.keep_picture
        self._time_base = setup.time_base
        num_stills = 0 if model.images is None else model.images.num_stills
        self._frames = WindowFrames(model.decode, setup.time_base, num_stills)
        self._pts = array("q")
        self._first_pts = 0
        # The newest at the end; where there is none, nothing is known.
        nothing = np.full(len(model.labels), np.nan)
        self._windows = deque([nothing] * HOPS_PER_WINDOW, HOPS_PER_WINDOW)
        self._hops: list[np.ndarray] = []
        self._runs = [LabelRuns() for _ in model.labels]
        self._next_start = Fraction(0)
        self._pictures: list[tuple[int, int]] = []

    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Look at the next frame; predicts the windows that it ends, and gives what no later one changes."""
        if not self._pts:
            self._first_pts = frame.pts
        pts = frame.pts - self._first_pts
        findings = list(self._predict_until(pts))
        still = None if self.model.still is None else frame.pictures[self.model.still]
        self._frames.push(pts, frame.pictures[self.model.picture], still)
        self._pts.append(pts)
        return findings

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """Predict the last windows, and give the segments."""
        end_pts = clock.end_pts - self._first_pts
        yield from self._predict_until(end_pts)
        last_end = self._next_start - self.model.hop + self.model.window
        if not self._hops or last_end < end_pts * self._time_base:
            yield from self._predict(end_pts)
        for _ in range(HOPS_PER_WINDOW - 1):  # which the last windows hold beside their first
            yield from self._give_hop(np.full(len(self.model.labels), np.nan))
        for column, label_runs in enumerate(self._runs):
            yield from self._segments(column, label_runs.finish(len(clock)))

    def signal(self) -> Signal:
        """The probabilities of every hop."""
        labels = self.model.labels
        values = np.stack(self._hops).astype(np.float32)
        return Signal(values, labels, dict.fromkeys(labels, "probability"), self.model.hop)

    def _hop_probs(self) -> np.ndarray:
        """(C,): mean over the windows that hold the newest hop, NaN without any; it counts more near their middle."""
        total, weights = np.zeros(len(self.model.labels)), 0
        for place, probs in enumerate(reversed(self._windows)):
            if not np.isnan(probs).any():
                weight = min(place, HOPS_PER_WINDOW - 1 - place) + 1
                total += weight * probs
                weights += weight
        return total / weights if weights else np.full(len(total), np.nan)

    def _predict_until(self, pts: int) -> Iterator[Finding]:
        while pts * self._time_base >= self._next_start + self.model.window:
            yield from self._predict(pts)

    def _predict(self, end_pts: int) -> Iterator[Finding]:
        start, end = self._next_start, self._next_start + self.model.window
        content = self._frames.window(start, end, end_pts)
        probs = np.full(len(self.model.labels), np.nan) if content is None else self.model.predict(content)
        if content is not None:
            self._note_picture(probs, start + self.model.window / 2)
        self._next_start += self.model.hop
        self._frames.drop_before(self._next_start)
        yield from self._give_hop(probs)

    def _note_picture(self, probs: np.ndarray, moment: Fraction) -> None:
        """Keep a picture where a label that is sure now was not in the window before."""
        best = int(probs.argmax())
        before = np.nan_to_num(self._windows[-1])
        if probs[best] >= self.model.thresholds[best] > before[best]:
            newest = len(self._pts) - 1
            frame = max(min(self._frame_at(moment), newest), newest - PICTURE_WINDOW + 2, 0)
            self._keep_picture(frame)
            self._pictures.append((frame, best))

    def _frame_at(self, moment: Fraction) -> int:
        """The first frame at or behind a moment, in seconds from the first."""
        ticks = -(-moment // self._time_base)
        return int(np.searchsorted(np.frombuffer(self._pts, np.int64), int(ticks)))

    def _give_hop(self, window: np.ndarray) -> Iterator[Finding]:
        """Note the probabilities of the next hop, with which a window begins, and give the segments that it ends.

        No later window holds it.

        Args:
            window: (C,) probabilities; NaN where there is none.
        """
        hop = len(self._hops)
        self._windows.append(window)
        self._hops.append(self._hop_probs())
        probs = np.nan_to_num(self._hops[-1])
        best = int(probs.argmax())
        edges = self._first_frame(hop), self._first_frame(hop + 1)
        for column, label_runs in enumerate(self._runs):
            sure = self.model.thresholds[column]
            holds = probs[column] >= STAYS * sure and (not self.model.is_exclusive or best == column)
            runs = label_runs.push(*edges, holds=bool(holds), prob=float(probs[column]))
            yield from self._segments(column, runs)

    def _first_frame(self, hop: int) -> int:
        return self._frame_at(hop * self.model.hop)

    def _segments(self, column: int, runs: Iterable[FrameRun]) -> Iterator[Finding]:
        for run in runs:
            if run.score >= self.model.thresholds[column]:
                pictures = [frame for frame, best in self._pictures if best == column and run.start <= frame < run.end]
                score, picture = min(run.score, 1.0), pictures[0] if pictures else None
                yield Finding(self.model.labels[column], run.start, run.end, score, picture)


def action_entry(model: ActionModel) -> AnalyzerEntry:
    """The entry of a classifier beside those of the catalogue."""
    return AnalyzerEntry(
        name=model.name,
        summary=f"What {model.producer} recognizes.",
        producer=model.producer,
        start=lambda setup: ActionAnalyzer(model, setup),
        pictures=(model.picture,) if model.still is None else (model.picture, model.still),
        labels=dict.fromkeys(model.labels, "What the model calls so."),
    )


def thresholds_of(unsure_below: float, given: Sequence[float], num_labels: int) -> tuple[float, ...]:
    """From which probability on each label is sure: the model's own thresholds, or some way from chance to certainty.

    Example:
        >>> [round(threshold, 2) for threshold in thresholds_of(0.0, (), 6)][:2], thresholds_of(0.0, (0.3,), 1)
        ([0.4, 0.4], (0.3,))
    """
    if len(given) == num_labels:
        return tuple(given)
    chance = 1 / num_labels
    return (max(chance + SURE * (1 - chance), _UNSURE_SHARE * unsure_below),) * num_labels
