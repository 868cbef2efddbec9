"""Puts runs of samples on one even grid: gaps are skipped, overlaps are dropped."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reelwise.core.intervals import Interval
from reelwise.media.sound.sinks import SampleSink

_MAX_INTERVALS = 20_000
"""Intervals of one track; a damaged file with more is cut there, so that its list stays small."""


class SampleGrid:
    """Takes runs in order and says to a sink which samples follow one another, and where none are.

    The first run starts the grid at its exact time; a later one is put on the nearest sample of the grid, at most half
    a sample off.

    Args:
        sink: Takes (n, channels) float32.
        sample_rate: Samples per second.
        channels: FFmpeg's names.
        max_samples: The grid is full after so many.
    """

    def __init__(self, sink: SampleSink, sample_rate: int, channels: Sequence[str], max_samples: int) -> None:
        self._sink = sink
        self._rate = sample_rate
        self._channels = channels
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
        """The samples that were written, and not skipped."""
        return tuple(self._intervals)

    def start_run(self, seconds: Fraction) -> None:
        """What is written next sounds at this time.

        Args:
            seconds: On the clock of the frames.
        """
        if self.start is None:
            self.start = seconds
            self._sink.begin(seconds, self._rate, self._channels)
        ahead = round((seconds - self.start) * self._rate) - self.num_samples
        self._to_drop = max(0, -ahead)
        num_skipped = min(ahead, self._max_samples - self.num_samples)
        if num_skipped > 0 and not self.is_full:
            self._sink.skip(num_skipped)
            self.num_samples += num_skipped

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
