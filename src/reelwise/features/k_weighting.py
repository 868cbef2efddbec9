"""The K-weighting of ITU-R BS.1770: perceived loudness by frequency, at any sample rate."""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from reelwise.core.pieces import Pieces

# The analogue filters behind the 48 kHz coefficients of the standard, as solved for in libebur128 (Kokott 2011).
_SHELF_HZ, _SHELF_GAIN_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_SHELF_BAND_EXPONENT = 0.4996667741545416
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_RESPONSE_SECONDS = 0.1
"""Length of the impulse response that is kept: all that comes later adds less than 1e-10 to a sample of full scale."""

Biquad = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Numerator and denominator in rising powers of z^-1; the first of the denominator is 1."""


def k_weighting_biquads(sample_rate: int) -> tuple[Biquad, Biquad]:
    """The high shelf (for the head) and the high-pass, computed for a sample rate.

    The standard prints coefficients for 48 kHz only; these are the analogue filters behind them, bilinearly
    transformed with the corner kept in place.

    Args:
        sample_rate: Samples per second.

    Example:
        >>> shelf, high_pass = k_weighting_biquads(48000)
        >>> [round(b, 6) for b in shelf[0]], [round(a, 6) for a in high_pass[1]]
        ([1.535125, -2.691696, 1.198393], [1.0, -1.990047, 0.990072])

    Source: ITU-R BS.1770-4, annex 1, tables 1 and 2; the analogue parameters as in libebur128 (Kokott 2011).
    """
    k = math.tan(math.pi * _SHELF_HZ / sample_rate)
    high = 10 ** (_SHELF_GAIN_DB / 20)
    band = high**_SHELF_BAND_EXPONENT
    a0 = 1 + k / _SHELF_Q + k * k
    shelf_b = (high + band * k / _SHELF_Q + k * k, 2 * (k * k - high), high - band * k / _SHELF_Q + k * k)
    shelf_a = (a0, 2 * (k * k - 1), 1 - k / _SHELF_Q + k * k)
    k = math.tan(math.pi * _HIGH_PASS_HZ / sample_rate)
    a0 = 1 + k / _HIGH_PASS_Q + k * k
    high_pass_a = (1.0, 2 * (k * k - 1) / a0, (1 - k / _HIGH_PASS_Q + k * k) / a0)
    return (_divide(shelf_b, shelf_a[0]), _divide(shelf_a, shelf_a[0])), ((1.0, -2.0, 1.0), high_pass_a)


class KWeighting:
    """K-weights sound that comes block by block: both filters as one, by fast convolution.

    The two recursions would be a loop over samples in numpy. Their common response has died away after 0.1 s, so it is
    convolved instead, with the same result. Parts of one length are convolved, so that the numbers are the same to the
    last digit whatever blocks the sound comes in.

    Args:
        sample_rate: Samples per second; silence comes before the first.
    """

    def __init__(self, sample_rate: int) -> None:
        self._num_taps = math.ceil(sample_rate * _RESPONSE_SECONDS)
        num_points = 1 << math.ceil(math.log2(3 * self._num_taps))  # most of them for new samples
        self._size = num_points - self._num_taps
        self._spectrum = _response(sample_rate, self._num_taps, num_points)
        self._history: np.ndarray | None = None
        self._pieces = Pieces(self._size)

    def push(self, block: np.ndarray) -> Iterator[np.ndarray]:
        """Take the next samples.

        Args:
            block: (n, channels) float.

        Returns:
            (m, channels) float64 each, what is known by now.
        """
        return map(self._convolve, self._pieces.push(block))

    def end(self) -> Iterator[np.ndarray]:
        """The rest, when all samples were pushed."""
        samples = self._pieces.rest()
        if samples is not None:
            yield self._convolve(samples)

    def _convolve(self, samples: np.ndarray) -> np.ndarray:
        if self._history is None:
            self._history = np.zeros((samples.shape[1], self._num_taps))
        row_length = self._num_taps + len(samples)
        rows = np.zeros((samples.shape[1], self._num_taps + self._size))  # a channel each
        rows[:, : self._num_taps], rows[:, self._num_taps : row_length] = self._history, samples.T
        self._history = rows[:, row_length - self._num_taps : row_length].copy()
        products = np.fft.irfft(np.fft.rfft(rows) * self._spectrum)
        return products[:, self._num_taps : row_length].T


@lru_cache(maxsize=4)
def _response(sample_rate: int, num_taps: int, num_points: int) -> np.ndarray:
    """(num_points // 2 + 1,) complex: the spectrum of the first samples of the impulse response."""
    z = np.exp(-2j * np.pi * np.arange(num_points // 2 + 1) / num_points)
    response = np.ones(num_points // 2 + 1, np.complex128)
    for numerator, denominator in k_weighting_biquads(sample_rate):
        response *= np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)
    impulse = np.fft.irfft(response)
    impulse[num_taps:] = 0.0
    return np.fft.rfft(impulse)


def _divide(values: tuple[float, float, float], by: float) -> tuple[float, float, float]:
    return (values[0] / by, values[1] / by, values[2] / by)
