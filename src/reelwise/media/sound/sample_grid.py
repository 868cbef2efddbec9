"""Puts runs of samples on one even grid: gaps become zeros that count as not present, overlaps are dropped."""

from fractions import Fraction

import numpy as np

from reelwise.core.intervals import Interval
from reelwise.media.decoding.sinks import Sink

_ZEROS = 1 << 16
"""Zeros that are written at a time, so that a hole of hours takes no memory."""

_MAX_INTERVALS = 20_000
"""Intervals of one track; a damaged file with more is cut there, so that its list stays small."""


class SampleGrid:
    """Takes runs in order and writes samples to a sink without holes.

    The first run starts the grid at its exact time; a later one is put on the nearest sample of the grid, at most half
    a sample off.

    Args:
        sink: Takes (n, channels) float32.
        sample_rate: Samples per second.
        max_samples: The grid is full after so many.
    """

    def __init__(self, sink: Sink, sample_rate: int, max_samples: int) -> None:
        self._sink = sink
        self._rate = sample_rate
        self._max_samples = max_samples
        self._to_drop = 0
        self._intervals: list[Interval[int]] = []
        self.start: Fraction | None = None
        self.num_samples = 0
        self.num_dropped = 0

    @property
    def is_full(self) -> bool:
        """Whether no more samples are taken."""
        return self.num_samples >= self._max_samples or len(self._intervals) >= _MAX_INTERVALS

    @property
    def present(self) -> tuple[Interval[int], ...]:
        """The samples that were written and are not the zeros of a hole."""
        return tuple(self._intervals)

    def start_run(self, seconds: Fraction, num_channels: int) -> None:
        """What is written next sounds at this time.

        Args:
            seconds: On the clock of the frames.
            num_channels: Of the zeros that fill a hole before it.
        """
        if self.start is None:
            self.start = seconds
        ahead = round((seconds - self.start) * self._rate) - self.num_samples
        self._to_drop = max(0, -ahead)
        while ahead > 0 and not self.is_full:
            count = min(ahead, _ZEROS, self._max_samples - self.num_samples)
            self._sink.write(np.zeros((count, num_channels), np.float32))
            self.num_samples += count
            ahead -= count

    def write(self, samples: np.ndarray) -> None:
        """Go on with the run.

        Args:
            samples: (n, channels) float32.
        """
        num_overlapping = min(self._to_drop, len(samples))
        self._to_drop -= num_overlapping
        self.num_dropped += num_overlapping
        samples = samples[num_overlapping : num_overlapping + self._max_samples - self.num_samples]
        if not len(samples):
            return
        self._sink.write(np.ascontiguousarray(samples))
        end = self.num_samples + len(samples)
        start = self.num_samples
        if self._intervals and self._intervals[-1].end == start:
            start = self._intervals.pop().start
        self._intervals.append(Interval(start, end))
        self.num_samples = end
