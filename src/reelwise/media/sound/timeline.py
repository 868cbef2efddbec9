"""Which decoded blocks of sound follow one another without a break, and when each unbroken run starts."""

import statistics
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile
from typing import Any

_TOLERANCE_SECONDS = 0.010
"""How far a block may be off before it counts as a step: containers round to 1 ms, live recordings jitter by some
ms."""

_ROUNDING_SECONDS = 0.002
"""The same after damage, where a step is expected: twice the rounding of containers."""

_ODD_LENGTH_SECONDS = 0.025
"""Tolerance for a block of a length that was not seen before: Vorbis names times up to 23 ms late."""

_SURE_SECONDS = 0.100
"""A step of so much is believed at the end of a file, where no later block can confirm it."""

_MAX_STEP_BACK_SECONDS = 1.0
"""A larger step back is a restart of the file's clock, as in ``readers/timeline.py``."""

_MAX_GAP_SECONDS = 12 * 3600.0
"""A longer gap is another clock, as in ``readers/timeline.py``."""

_AHEAD_SECONDS = 0.5
"""How far blocks are read ahead to confirm a step."""

_MOST_AHEAD = 512
"""Blocks that are read ahead at most, in files of very short ones."""

_ENOUGH_AHEAD = 0.6
"""Share of the time ahead that must be there to confirm a step."""

_AGREEING = 0.75
"""Share of the time ahead that must agree with a step."""

_IN_A_ROW = 3
"""Blocks in a row that must agree with a step."""

_MOST_LENGTHS = 64
"""Lengths of blocks that are remembered in one run; codecs use a few."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some samples as the decoder gave them.

    Args:
        content: The decoder's frame.
        form: Rate, layout and sample format; a run has only one.
        time: What the file says of when it sounds, in seconds; None when it says nothing.
        duration: Seconds, exact.
        after_damage: Whether something before it was lost.
    """

    content: Any
    form: tuple
    time: Fraction | None
    duration: Fraction
    after_damage: bool = False


@dataclass(frozen=True)
class Pause:
    """A track has nothing for a while.

    Args:
        seconds: No sound comes before this time.
    """

    seconds: Fraction


@dataclass(frozen=True, eq=False)
class PlacedBlock:
    """A block and the start of the run that begins with it.

    Args:
        block: The block.
        run_start: When the run that begins with this block starts, in seconds; None when it goes on.
    """

    block: Block
    run_start: Fraction | None


def place_blocks(blocks: Iterable[Block | Pause]) -> Iterator[PlacedBlock | Pause]:
    """Join blocks into runs: sample counts are exact within a run, the file's times say where runs start.

    Containers round times to milliseconds, live recordings jitter, and some files of Vorbis name the end of each block
    instead of its start, up to 23 ms later; so one odd time breaks nothing, and blocks are compared with blocks of the
    same length. A run ends where the form changes, or where a block lies more than 10 ms off (after damage: 2 ms) and
    most of the next half second agrees: a gap, an overlap, or the drift of two clocks. Where the file starts another
    clock (a second and more back, 12 hours ahead), that clock is moved to follow, as ``Timeline`` does with the frames.

    Args:
        blocks: In the order of the decoder; read half a second ahead, and up to a pause.
    """
    clock = _Clock()
    waiting: deque[_Waiting] = deque()
    position = 0.0
    for block in blocks:
        if isinstance(block, Pause):
            while waiting:
                yield clock.place(waiting, position)
            yield block
            continue
        lag = None if block.time is None else float(block.time) - position
        waiting.append(_Waiting(block, position, lag))
        position += float(block.duration)
        while position - waiting[0].position > _AHEAD_SECONDS or len(waiting) > _MOST_AHEAD:
            yield clock.place(waiting, position)
    while waiting:
        yield clock.place(waiting, position)


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A block, the sum of all durations before it, and how far its time lies behind that."""

    block: Block
    position: float
    lag: float | None


class _Clock:
    def __init__(self) -> None:
        self._form: tuple | None = None
        self._end = Fraction(0)  # of what was placed
        self._lags: dict[Fraction, float] = {}  # of the current run, by the length of blocks
        self._shift = 0.0  # of the file's clock, where it was restarted

    def place(self, waiting: deque[_Waiting], read_to: float) -> PlacedBlock:
        """Take the first of the waiting blocks."""
        first = waiting[0]
        run_start = self._run_start(first, waiting, read_to - first.position)
        if run_start is not None:
            self._end = run_start
        if first.lag is not None and len(self._lags) < _MOST_LENGTHS:
            self._lags.setdefault(first.block.duration, first.lag + self._shift)
        self._form = first.block.form
        self._end += first.block.duration
        waiting.popleft()
        return PlacedBlock(first.block, run_start)

    def _run_start(self, first: _Waiting, waiting: deque[_Waiting], ahead_seconds: float) -> Fraction | None:
        time = first.block.time
        if self._form is None:
            return self._start_at(first, waiting, Fraction(0) if time is None else time)
        off = self._off(first)
        if time is None or off is None or not self._is_step(off, waiting, ahead_seconds):
            return self._end if first.block.form != self._form else None
        if off < -_MAX_STEP_BACK_SECONDS or off > _MAX_GAP_SECONDS:
            self._shift -= off
            return self._end
        return self._start_at(first, waiting, time + _exact(self._shift))

    def _off(self, item: _Waiting) -> float | None:
        """How many seconds a block lies behind its place in the current run; None where that cannot be said."""
        if item.lag is None or not self._lags:
            return None
        usual = self._lags.get(item.block.duration)
        if usual is not None:
            return item.lag + self._shift - usual
        off = item.lag + self._shift - next(iter(self._lags.values()))
        return off if abs(off) > _ODD_LENGTH_SECONDS else None

    def _is_step(self, off: float, waiting: deque[_Waiting], ahead_seconds: float) -> bool:
        after_damage = waiting[0].block.after_damage
        tolerance = _ROUNDING_SECONDS if after_damage else _TOLERANCE_SECONDS
        if abs(off) <= tolerance:
            return False
        if ahead_seconds < _ENOUGH_AHEAD * _AHEAD_SECONDS and abs(off) < _SURE_SECONDS and not after_damage:
            return False  # the last blocks of a file prove nothing
        sign = 1 if off > 0 else -1
        offsets = [(other, float(item.block.duration)) for item in waiting if (other := self._off(item)) is not None]
        agreeing = sum(seconds for other, seconds in offsets if sign * other > tolerance)
        return agreeing >= _AGREEING * sum(seconds for _, seconds in offsets)

    def _start_at(self, first: _Waiting, waiting: deque[_Waiting], time: Fraction) -> Fraction:
        """The run's start: exact where the next blocks agree with its first, otherwise by the middle one of them."""
        if first.lag is None:
            return time
        until_damage = takewhile(lambda item: item is first or not item.block.after_damage, waiting)
        alike = [item for item in until_damage if item.block.duration == first.block.duration]
        lags = [item.lag for item in alike if item.lag is not None]
        row = lags[:_IN_A_ROW]
        usual = first.lag if max(row) - min(row) <= _ROUNDING_SECONDS else statistics.median_low(lags)
        now = usual + self._shift
        before = self._lags.get(first.block.duration, next(iter(self._lags.values()), now))
        self._lags = {length: lag + now - before for length, lag in self._lags.items()}
        self._lags[first.block.duration] = now
        return time if usual == first.lag else time + _exact(usual - first.lag)


def _exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * 1_000_000), 1_000_000)
