"""The track of motion: pans, tilts, zooms, shake, standstill and freezes, with curves."""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup, Signal
from reelwise.analysis.curves import Curve
from reelwise.analysis.motion.camera import STANDSTILL
from reelwise.analysis.motion.meter_ahead import MeterAhead
from reelwise.analysis.motion.repeats import is_same, mean_difference
from reelwise.analysis.motion.takes import FrameMotion, Smoother, SmoothMotion, speeds_of
from reelwise.analysis.runs import RunFinder, RunRule
from reelwise.analysis.times import FrameClock

_STEP_SECONDS = 1 / 36
"""From one measured frame to the next at least: at 240 frames per second a step would be smaller than its error."""

_REPEAT_SECONDS = 0.2
"""Repeated frames in a row for longer than this stand still; fewer belong to a slower rate, as 15 in 30."""

_BEHIND_SECONDS, _MOST_BEHIND = 0.2, 8
"""By so much, and by so many frames at most, motion is taken in behind the newest frame: it may be measured elsewhere
meanwhile. It is the same wherever that is, and so are the findings and their order."""

_SPEED = RunRule("", enter=6.0, leave=3.0, least_seconds=0.8, gap_seconds=0.2, least_frames=3)
"""Of pans, tilts and zooms, in % per second: at 6 the picture goes by within 17 s."""

_SHAKE = RunRule("shake", enter=12.0, leave=6.0, least_seconds=0.8, gap_seconds=0.4, least_frames=8)
"""In % of the width per second: hands that hold a camera still stay below 5."""

_STATIC = RunRule("static", enter=-1.0, leave=-2.0, least_seconds=1.0, gap_seconds=0.5, least_frames=3)
"""Of the fastest motion of the camera, negative."""

_FREEZE = RunRule("freeze", enter=1.0, leave=1.0, least_seconds=2.0, least_frames=3)
"""Seconds as in FFmpeg's freezedetect."""

_LEAST_SHARE = 0.5
"""Of the picture, that follows the camera: with less, what moves may be anything."""

UNITS = {
    "energy": "grey levels",
    "pan": "% of width/s",
    "tilt": "% of width/s",
    "zoom": "%/s",
    "shake": "% of width/s",
}


class _Way(Enum):
    """What lies between a frame and the one that the next step is measured from."""

    NOTHING = auto()
    """There is none: it is the first one, or damaged, or behind one that is."""
    TOO_SHORT = auto()
    STANDSTILL = auto()
    MEASURED = auto()


@dataclass(frozen=True)
class _Arrival:
    """A frame that waits until it is known how the camera moved.

    Args:
        motion: Of the frame; its take is known with the step.
        way: To the frame.
        seconds: From the frame at the start of that way.
    """

    motion: FrameMotion
    way: _Way
    seconds: float


class MotionAnalyzer(Analyzer):
    """Measures the camera between frames about 1/30 s apart, and whether frames show the same.

    Frames that the flow does not explain (cuts, flashes, black) have no speed and end what lasts over them: shots
    come too late to be waited for. Damaged frames have none either, but a camera that stands before and after
    them has stood.

    Args:
        setup: Where pictures go.
    """

    def __init__(self, setup: Setup) -> None:
        self._meter = MeterAhead(may_start_process=setup.is_alone)
        self._smoother = Smoother()
        self._runs = {
            name: RunFinder(RunRule(label, *_thresholds(rule)), setup)
            for name, label, rule in (
                ("right", "pan", _SPEED),
                ("left", "pan", _SPEED),
                ("down", "tilt", _SPEED),
                ("up", "tilt", _SPEED),
                ("in", "zoom_in", _SPEED),
                ("out", "zoom_out", _SPEED),
                ("shake", "shake", _SHAKE),
                ("static", "static", _STATIC),
            )
        }
        self._freeze = RunFinder(_FREEZE, setup)
        self._curve = Curve(UNITS, setup.scratch)
        self._newest = -1
        self._last_grey: np.ndarray | None = None
        self._still_grey: np.ndarray | None = None
        self._start: FrameView | None = None
        self._arrivals: deque[_Arrival] = deque()
        self._waiting: list[FrameMotion] = []
        self._last_speeds: tuple[tuple[float, float, float], float] | None = None
        self._take = 0
        self._shown_take = 0

    def push(self, frame: FrameView) -> Iterator[Finding]:
        """Look at the next frame."""
        self._newest = frame.index
        energy = math.nan if self._last_grey is None else mean_difference(frame.grey, self._last_grey)
        yield from self._look_for_freeze(frame)
        self._last_grey = frame.grey
        seconds = 0.0 if self._start is None else frame.seconds - self._start.seconds
        way = self._way_to(frame, seconds)
        self._arrivals.append(_Arrival(FrameMotion(frame.index, frame.seconds, self._take, energy), way, seconds))
        if way is not _Way.TOO_SHORT:
            self._start = None if frame.is_damaged else frame
        while len(self._arrivals) > _MOST_BEHIND or frame.seconds - self._arrivals[0].motion.seconds > _BEHIND_SECONDS:
            yield from self._take_in(self._arrivals.popleft())

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """The segments that are left."""
        while self._arrivals:
            yield from self._take_in(self._arrivals.popleft())
        yield from self._flush()
        for smooth in self._smoother.finish():
            yield from self._add(smooth)
        end = float(clock.seconds_of(len(clock)))
        for run in (*self._runs.values(), self._freeze):
            yield from _present(run.end(len(clock) - 1, end))

    def signal(self) -> Signal:
        """Energy and speeds, a row per frame."""
        return self._curve.signal()

    def close(self) -> None:
        """End the process that measures."""
        self._meter.close()

    def _way_to(self, frame: FrameView, seconds: float) -> _Way:
        """What lies between the start and a frame; lets it be measured."""
        before = self._start
        if before is None or frame.is_damaged:
            return _Way.NOTHING
        is_repeat = is_same(frame.grey, before.grey)
        if seconds < (_REPEAT_SECONDS if is_repeat else _STEP_SECONDS):
            return _Way.TOO_SHORT
        if is_repeat:
            return _Way.STANDSTILL
        self._meter.begin(before.small_grey, frame.small_grey)
        return _Way.MEASURED

    def _take_in(self, arrival: _Arrival) -> Iterator[Finding]:
        """Take in how the camera moved up to a frame."""
        arrival.motion.take = self._take
        self._waiting.append(arrival.motion)
        if arrival.way is _Way.NOTHING:
            yield from self._begin_take(is_cut=False)
        if arrival.way in (_Way.NOTHING, _Way.TOO_SHORT):
            return
        step = STANDSTILL if arrival.way is _Way.STANDSTILL else self._meter.next_step()
        if step is None:
            yield from self._begin_take(is_cut=True)
            return
        self._last_speeds = speeds_of(step, arrival.seconds), step.share
        yield from self._flush()

    def _look_for_freeze(self, frame: FrameView) -> Iterator[Finding]:
        """Compared with the first frame of the standstill: what moves slowly does not stand still."""
        if frame.is_damaged:
            yield from _present(self._freeze.push(frame.index, frame.seconds, None))
            return
        if self._still_grey is None or not is_same(frame.grey, self._still_grey):
            yield from _present(self._freeze.end(frame.index, frame.seconds))
            self._still_grey = frame.grey
        yield from _present(self._freeze.push(frame.index, frame.seconds, 1.0))

    def _begin_take(self, *, is_cut: bool) -> Iterator[Finding]:
        """Another scene begins: where the picture changed most, if several frames went by since the last step."""
        place = max(range(len(self._waiting)), key=lambda index: self._waiting[index].energy) if is_cut else -1
        self._waiting, rest = self._waiting[:place], self._waiting[place:]
        yield from self._flush()
        self._take += 1
        self._last_speeds = None
        for motion in rest:
            motion.take = self._take
        rest[0].is_cut = is_cut
        self._waiting = rest

    def _flush(self) -> Iterator[Finding]:
        """Repeats, and steps that are too short to be measured, have the speed of the step before them."""
        waiting, self._waiting = self._waiting, []
        for motion in waiting:
            if self._last_speeds is not None:
                motion.speeds, motion.share = self._last_speeds
            for smooth in self._smoother.push(motion):
                yield from self._add(smooth)

    def _add(self, smooth: SmoothMotion) -> Iterator[Finding]:
        motion = smooth.motion
        self._curve.append((motion.energy, smooth.pan, smooth.tilt, smooth.zoom, smooth.shake))
        if motion.take != self._shown_take:
            self._shown_take = motion.take
            for name, run in self._runs.items():
                if name != "static" or motion.is_cut:
                    yield from _present(run.end(self._newest, motion.seconds))
        measures = _measures(smooth) if motion.speeds is not None and motion.share >= _LEAST_SHARE else {}
        values = {"pan": smooth.pan, "tilt": smooth.tilt, "zoom": smooth.zoom, "shake": smooth.shake}
        for name, run in self._runs.items():
            measure = measures.get(name)
            segment = run.push(
                motion.frame, motion.seconds, measure, score=motion.share, values=values, newest=self._newest
            )
            yield from _present(segment)


def _measures(smooth: SmoothMotion) -> dict[str, float]:
    """What the rules are about; a motion that the shake hides is none."""
    pan, tilt, zoom, shake = smooth.pan, smooth.tilt, smooth.zoom, smooth.shake
    is_pan = abs(pan) >= max(abs(tilt), shake)
    is_tilt = abs(tilt) >= max(abs(pan), shake)
    return {
        "right": pan * is_pan,
        "left": -pan * is_pan,
        "down": tilt * is_tilt,
        "up": -tilt * is_tilt,
        "in": zoom,
        "out": -zoom,
        "shake": shake,
        "static": -max(abs(pan), abs(tilt), abs(zoom)),
    }


def _thresholds(rule: RunRule) -> tuple[float, float, float, float, float, int]:
    return rule.enter, rule.leave, rule.least_seconds, rule.gap_seconds, rule.unknown_seconds, rule.least_frames


def _present(finding: Finding | None) -> Iterable[Finding]:
    return () if finding is None else (finding,)


ENTRY = AnalyzerEntry(
    name="motion",
    summary="How the camera moves, how much changes, and where the picture stands still.",
    producer="reelwise.motion/1",
    start=MotionAnalyzer,
    labels={
        "pan": "The camera turns or moves to one side.",
        "tilt": "The camera turns or moves up or down.",
        "zoom_in": "The picture grows: the camera zooms or moves in.",
        "zoom_out": "The picture shrinks: the camera zooms or moves out.",
        "shake": "The camera trembles.",
        "static": "The camera stands still for a second or more, whatever moves before it.",
        "freeze": "The whole picture stands still for two seconds or more.",
    },
    units={name: unit for name, unit in UNITS.items() if name != "energy"},
)
