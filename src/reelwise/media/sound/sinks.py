"""Where decoded samples go: a flat file, a list, or pieces that are handed over while the rest is decoded."""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Protocol

import numpy as np

from reelwise.core.pieces import Pieces
from reelwise.media.decoding.sinks import FileSink

_ZEROS = 1 << 16
"""Zeros that are written at a time, so that a hole of hours takes no memory."""

PIECES_PER_SECOND = 4
"""Pieces of a stream hold so much sound that a message costs less than its samples, and so little that none is late."""

_PIECE_BYTES = 1 << 20
"""Of a piece, at most: many channels at a high rate make shorter ones."""


class SampleSink(Protocol):
    """Takes the samples of one track in order."""

    def begin(self, start: Fraction, sample_rate: int, channels: Sequence[str]) -> None:
        """The first sample follows.

        Args:
            start: When it sounds, in seconds on the clock of the frames.
            sample_rate: Samples per second.
            channels: FFmpeg's names.
        """
        ...

    def write(self, samples: np.ndarray) -> None:
        """Take (n, channels) float32, n > 0."""
        ...

    def skip(self, num_samples: int) -> None:
        """Here is no sound for so many samples."""
        ...

    def pause(self, seconds: Fraction) -> None:
        """No sound comes before this time."""
        ...


class SampleFile:
    """A flat file of float32 (N, channels), with zeros where there is no sound.

    Args:
        file: Appends to it.
    """

    def __init__(self, file: FileSink) -> None:
        self._file = file
        self._num_channels = 1

    def begin(self, start: Fraction, sample_rate: int, channels: Sequence[str]) -> None:
        """The first sample follows."""
        del start, sample_rate
        self._num_channels = len(channels)

    def write(self, samples: np.ndarray) -> None:
        """Append samples.

        Raises:
            CacheError: The disk is full, or the file grows over the worker's limit.
        """
        self._file.write(samples)

    def skip(self, num_samples: int) -> None:
        """Append zeros."""
        for place in range(0, num_samples, _ZEROS):
            self.write(np.zeros((min(_ZEROS, num_samples - place), self._num_channels), np.float32))

    def pause(self, seconds: Fraction) -> None:
        """Nobody reads the file before it is whole."""


class SampleList:
    """Collects the samples in memory, with zeros where there is no sound."""

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._num_channels = 1

    def begin(self, start: Fraction, sample_rate: int, channels: Sequence[str]) -> None:
        """The first sample follows."""
        del start, sample_rate
        self._num_channels = len(channels)

    def write(self, samples: np.ndarray) -> None:
        """Take some samples."""
        self._blocks.append(samples)

    def skip(self, num_samples: int) -> None:
        """Take zeros."""
        self._blocks.append(np.zeros((num_samples, self._num_channels), np.float32))

    def pause(self, seconds: Fraction) -> None:
        """Nobody reads the list before it is whole."""

    def samples(self) -> np.ndarray:
        """(N,) float32 for one channel, else (N, channels)."""
        samples = np.concatenate([np.zeros((0, self._num_channels), np.float32), *self._blocks])
        return samples[:, 0] if self._num_channels == 1 else samples


class PieceSink:
    """Hands pieces of unbroken sound over, a quarter of a second each, cut where the track alone says.

    Args:
        send_piece: Called with a piece: (n, channels) float32, when it starts in seconds, samples per second, and names
            of the channels.
        send_pause: Called with a time in seconds, between pieces: no sound comes before it. Sound that the file has for
            an earlier time later on is left out.
    """

    def __init__(
        self,
        send_piece: Callable[[np.ndarray, Fraction, int, Sequence[str]], None],
        send_pause: Callable[[Fraction], None],
    ) -> None:
        self._send_piece, self._send_pause = send_piece, send_pause
        self._start, self._rate, self._channels = Fraction(0), 1, ("FC",)
        self._num_handed_over = 0
        self._pieces = Pieces(1)
        self._pause: Fraction | None = None

    def begin(self, start: Fraction, sample_rate: int, channels: Sequence[str]) -> None:
        """The first sample follows."""
        self._start, self._rate, self._channels = start, sample_rate, tuple(channels)
        self._num_handed_over = 0
        self._pieces = Pieces(max(1, min(sample_rate // PIECES_PER_SECOND, _PIECE_BYTES // (4 * len(channels)))))
        self._pause = None  # of a track before this one, which had nothing

    def write(self, samples: np.ndarray) -> None:
        """Take samples, and hand over what fills a piece."""
        for piece in self._pieces.push(self._without_late(samples)):
            self._hand_over(piece)

    def skip(self, num_samples: int) -> None:
        """Hand over what there is: sound that follows is no part of it."""
        self.flush()
        self._num_handed_over += num_samples

    def pause(self, seconds: Fraction) -> None:
        """Hand over what there is, and say that no sound comes before a time; not where there was some already."""
        self.flush()
        if self._time >= seconds or (self._pause is not None and self._pause >= seconds):
            return
        self._pause = seconds
        self._send_pause(seconds)

    def flush(self) -> None:
        """Hand over what there is."""
        samples = self._pieces.rest()
        if samples is not None:
            self._hand_over(samples)

    @property
    def _time(self) -> Fraction:
        """When the next sample sounds."""
        return self._start + Fraction(self._num_handed_over + self._pieces.num_waiting, self._rate)

    def _without_late(self, samples: np.ndarray) -> np.ndarray:
        """Those that sound after the last pause."""
        if self._pause is None or self._time >= self._pause:
            return samples
        num_late = min(len(samples), math.ceil((self._pause - self._time) * self._rate))
        self._num_handed_over += num_late
        return samples[num_late:]

    def _hand_over(self, samples: np.ndarray) -> None:
        start = self._start + Fraction(self._num_handed_over, self._rate)
        self._num_handed_over += len(samples)
        self._send_piece(samples, start, self._rate, self._channels)
