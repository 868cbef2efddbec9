"""Times and key frames of a video's packets, read from the container before anything is decoded."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from av.packet import Packet

from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.media.readers.timeline import Timeline

_NO_TIME = -(1 << 63)
"""Stands in the int64 array for a packet without a time: no real time is so low."""

_MAX_GAP_SECONDS = 3600
"""A wider gap between two frames means a broken clock: the file is then decoded in order."""


@dataclass
class PacketTable:
    """Times and key frames of a video stream, in file order, in the stream's ticks.

    It serves to plan and to find where decoding can start; counts and times of frames come from decoding.

    Args:
        time_base: Seconds per tick.
        step: Expected ticks from frame to frame.
        has_times: Whether the container stores presentation times (AVI and raw streams do not).
    """

    time_base: Fraction
    step: int
    has_times: bool
    _pts: array = field(default_factory=lambda: array("q"))
    _keys: array = field(default_factory=lambda: array("b"))

    def add(self, packet: Packet) -> None:
        """Add one packet. One outside the edit list shows no frame, but decoding can start from it."""
        pts = _NO_TIME if packet.pts is None or packet.is_discard else packet.pts
        self._pts.append(pts)
        self._keys.append(2 if packet.is_discard else 1 if packet.is_keyframe else 0)

    def __len__(self) -> int:
        return len(self._pts)

    @property
    def pts(self) -> np.ndarray:
        """(P,) int64 presentation times in file order; the lowest int64 where there is none."""
        return np.array(self._pts, np.int64)

    @property
    def has_frame(self) -> np.ndarray:
        """(P,) bool: whether the packet shows a frame, by the container."""
        return np.array(self._keys, np.int8) != 2

    @property
    def keys(self) -> np.ndarray:
        """(P,) bool: whether decoding can start at the packet."""
        return np.array(self._keys, np.int8) == 1

    def times(self) -> FrameTimes | None:
        """The expected times of all frames, the first at 0; None when no packet shows a frame."""
        frame_pts = self.pts[self.has_frame]
        if len(frame_pts) == 0:
            return None
        timeline = Timeline(self.time_base, self.step)
        stamps = np.sort(frame_pts).tolist() if self.has_times else range(0, len(frame_pts) * self.step, self.step)
        for stamp in stamps:
            timeline.add(None if stamp == _NO_TIME else stamp)
        return timeline.times()

    def can_start_anywhere(self) -> bool:
        """Whether every frame has its own time and decoding can start at the key frames that are marked."""
        has_frame, pts, keys = self.has_frame, self.pts, self.keys
        stamps = pts[has_frame]
        if not self.has_times or len(stamps) < 2 or not has_frame[0] or not keys[0] or np.any(stamps == _NO_TIME):
            return False
        gaps = np.diff(np.sort(stamps))
        key_times = pts[keys]
        too_wide = gaps.max() * self.time_base > _MAX_GAP_SECONDS
        return bool(gaps.min() > 0 and not too_wide and np.all(np.diff(key_times) > 0) and stamps[0] == stamps.min())


class Selection:
    """Selects the packets that must be decoded to get the frames of some intervals.

    Args:
        table: All packets; ``can_start_anywhere`` holds.
        intervals: In ticks from the first frame, disjoint and in order.
    """

    def __init__(self, table: PacketTable, intervals: Sequence[Interval[int]]) -> None:
        stamps = np.sort(table.pts[table.has_frame])
        self._stamps = stamps
        self._keys = np.flatnonzero(table.keys)
        self._key_times = table.pts[self._keys]
        self._first = int(stamps[0])
        self._intervals = list(intervals)
        self._done: list[bool] = []
        self._current = -1
        self._starts = [self._start_of(interval.start) for interval in self._intervals]
        self.num_decoded = 0
        self.timeline = Timeline(table.time_base, table.step)
        for stamp in stamps.tolist():
            self.timeline.add(stamp)

    def _start_of(self, start: int) -> int:
        place = np.searchsorted(self._key_times, start + self._first, side="right") - 1
        return int(self._keys[max(0, place)])

    def starts_at(self, place: int) -> bool:
        """Whether decoding starts anew at the packet in this place of the file."""
        is_start = False
        while self._current + 1 < len(self._intervals) and self._starts[self._current + 1] <= place:
            still_going = self._current >= 0 and not self._done[self._current]
            is_start = is_start or not still_going
            self._current += 1
            self._done.append(False)
        return is_start

    def needs(self, place: int) -> bool:
        """Whether the packet in this place must be decoded."""
        return self._current >= 0 and not self._done[self._current] and self._starts[self._current] <= place

    def note_frame(self, pts: int | None) -> None:
        """Note the time of a decoded frame: the interval is complete once a frame lies behind its end."""
        if pts is not None and pts - self._first >= self._intervals[self._current].end:
            self._done[self._current] = True

    def index_of(self, pts: int) -> int | None:
        """The place of a frame among all frames in display order; None for one whose time no packet has."""
        index = int(np.searchsorted(self._stamps, pts))
        return index if index < len(self._stamps) and self._stamps[index] == pts else None
