"""Sound on the clock of the frames, with the intervals in which there is real sound."""

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from reelwise.core.intervals import Interval


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples with their times; what was missing is zero and marked as not present.

    Zeros alone would look like silence, which is a sound: a video without sound has no sample, half a track has
    samples for its half, and a hole in the track is left out of ``present``.

    Args:
        samples: (N, channels) or (N,) float32, usually in [-1, 1]; often a read-only memory map. N may be 0.
        sample_rate: Samples per second and channel.
        start: When sample 0 sounds, in seconds; the first frame of the video is shown at 0. Exact, may be negative.
        present: The samples of real sound, as disjoint intervals in order, none of them empty; None for all samples.
        channels: FFmpeg's names of the channels, such as ``FL``; empty when they do not matter.

    Example:
        >>> sound = Sound(np.ones(10, np.float32), 10, Fraction(1, 2), present=(Interval(0, 4), Interval(6, 10)))
        >>> clip = sound.between(Fraction(0), Fraction(1))
        >>> clip.samples.tolist(), clip.mask().tolist()[3:7]
        ([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0], [False, False, True, True])
    """

    samples: np.ndarray
    sample_rate: int
    start: Fraction = Fraction(0)
    present: tuple[Interval[int], ...] | None = None
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim not in (1, 2) or self.sample_rate < 1:
            raise ValueError(f"samples must be float32 (N,) or (N, channels), got {self.samples.dtype}")
        if self.channels and len(self.channels) != self.num_channels:
            raise ValueError(f"{len(self.channels)} names for {self.num_channels} channels")
        if self.present is None:
            object.__setattr__(self, "present", (Interval(0, len(self)),) if len(self) else ())
        edges = [0, *(edge for interval in self.intervals for edge in interval), len(self)]
        if any(a > b for a, b in pairwise(edges)) or any(interval.is_empty for interval in self.intervals):
            raise ValueError(f"present must rise within 0 and {len(self)}, got {self.intervals[:5]}")

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def intervals(self) -> tuple[Interval[int], ...]:
        """The samples of real sound, disjoint and in order."""
        return self.present or ()

    @property
    def num_channels(self) -> int:
        """Channels; 1 for samples of shape (N,)."""
        return 1 if self.samples.ndim == 1 else self.samples.shape[1]

    @property
    def end(self) -> Fraction:
        """When the last sample ends, in seconds on the clock of the frames."""
        return self.start + Fraction(len(self), self.sample_rate)

    @property
    def num_present(self) -> int:
        """Samples of real sound."""
        return sum(interval.length for interval in self.intervals)

    def time_of(self, sample: int) -> Fraction:
        """When a sample sounds, in seconds on the clock of the frames."""
        return self.start + Fraction(sample, self.sample_rate)

    def mask(self) -> np.ndarray:
        """(N,) bool: whether each sample is real sound."""
        mask = np.zeros(len(self), bool)
        for start, end in self.intervals:
            mask[start:end] = True
        return mask

    def between(self, start: Fraction, end: Fraction) -> "Sound":
        """The samples that sound in [start, end), on the same grid; what the track does not cover is not present.

        Args:
            start: Seconds on the clock of the frames, such as the first pts of a clip.
            end: The moment behind, such as the clip's last pts.

        Returns:
            A sound that covers all of [start, end); a view when the track covers it, otherwise a copy.
        """
        first = math.ceil((start - self.start) * self.sample_rate)
        last = max(first, math.ceil((end - self.start) * self.sample_rate))
        samples = self.samples[max(first, 0) : max(last, 0)]
        if len(samples) < last - first:
            full_samples = np.zeros((last - first, *self.samples.shape[1:]), np.float32)
            offset = max(0, -first)
            full_samples[offset : offset + len(samples)] = samples
            samples = full_samples
        overlaps = (interval.intersection(Interval(first, last)) for interval in self.intervals)
        present = tuple(interval.shift(-first) for interval in overlaps if interval)
        return Sound(samples, self.sample_rate, self.time_of(first), present, self.channels)


@dataclass(frozen=True, eq=False)
class LogMel:
    """A log-mel spectrogram with exact times.

    Args:
        values: (T, num_mels) float32, natural logarithms; often a read-only memory map.
        present: (T,) bool: frames that hold real sound for at least half of their window.
        start: When the middle of frame 0 sounds, in seconds on the clock of the video's frames.
        step: Seconds from one frame to the next.
    """

    values: np.ndarray
    present: np.ndarray
    start: Fraction
    step: Fraction

    def time_of(self, frame: int) -> Fraction:
        """When the middle of a frame sounds, in seconds on the clock of the video's frames."""
        return self.start + frame * self.step


def no_sound(sample_rate: int, num_channels: int = 1) -> Sound:
    """The sound of a video that has none: no sample, nothing present.

    Args:
        sample_rate: Samples per second, so that ``between`` gives as many as for other videos.
        num_channels: 1 for samples of shape (N,), otherwise (N, num_channels).
    """
    shape = (0,) if num_channels == 1 else (0, num_channels)
    return Sound(np.zeros(shape, np.float32), sample_rate)
