"""Which of a container's times are to be trusted."""

from collections.abc import Sequence
from fractions import Fraction

from av.video.frame import VideoFrame

from reelwise.media.limits import RAW_FORMATS
from reelwise.media.readers.packets import PacketTable
from reelwise.media.readers.source import Source
from reelwise.media.readers.timeline import Timeline

_USUAL_RATE = Fraction(25)
"""Frames per second where a file names no usable rate: FFmpeg's own default."""

_MAX_RATE = 1000
"""Frames per second; a higher rate in a header is the resolution of a clock, not a rate."""


class Clock:
    """Chooses which of a container's times to trust, and passes them through a ``Timeline``.

    AVI stores no presentation times: those FFmpeg makes up go forth and back where a codec reorders frames, while the
    packet's own time at which a frame came out rises evenly. Raw streams store none at all: there the stream's rate
    counts.

    Args:
        source: The opened file.

    Attributes:
        is_raw: Whether the stream stores no times at all.
    """

    def __init__(self, source: Source) -> None:
        rate = _likely_rate(source)
        base = source.video.time_base
        self.is_raw = source.format_name in RAW_FORMATS or base is None or base <= 0
        self._by_packet = source.format_name == "avi"
        time_base = 1 / rate if self.is_raw or base is None else Fraction(base)
        self._step = max(1, round(1 / (rate * time_base)))
        self.timeline = Timeline(time_base, self._step)
        self.last_stamp = -(1 << 62)

    def new_table(self) -> PacketTable:
        """An empty table of packets in the ticks of this clock."""
        has_times = not self.is_raw and not self._by_packet
        return PacketTable(self.timeline.time_base, self._step, has_times)

    def add_rest(self, stamps: Sequence[int | None], count: int) -> None:
        """Add frames that are known only by their packets.

        Args:
            stamps: Their times in any order, those already shown among them; without effect where there are none.
            count: How many there are, for containers that store no times.
        """
        later = sorted({stamp for stamp in stamps if stamp is not None and stamp > self.last_stamp})
        for stamp in later or [None] * max(0, count):
            self.timeline.add(stamp)

    def add_frame(self, picture: VideoFrame) -> int:
        """Add the next picture and return its time, in ticks of the timeline."""
        if self.is_raw:
            return self.timeline.add(len(self.timeline), 1)
        if picture.pts is not None:
            self.last_stamp = max(self.last_stamp, picture.pts)
        stamp = picture.dts if self._by_packet and picture.dts is not None else picture.pts
        if self._by_packet and picture.dts is None:
            stamp = None
        return self.timeline.add(stamp, picture.duration)


def _likely_rate(source: Source) -> Fraction:
    for rate in (source.video.average_rate, source.video.guessed_rate, source.video.base_rate):
        if rate is not None and 0 < rate < _MAX_RATE:
            return Fraction(rate)
    return _USUAL_RATE
