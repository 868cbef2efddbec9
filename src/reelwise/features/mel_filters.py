"""Triangular filters on the mel scale, as librosa, Slaney's toolbox and Keras make them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

MelScale = Literal["htk", "slaney"]

# Slaney 1998: linear up to 1 kHz, then 27 mels for each factor of 6.4.
_SLANEY_BREAK_HZ = 1000.0
_SLANEY_HZ_PER_MEL = 200.0 / 3
_SLANEY_STEP = np.log(6.4) / 27


@dataclass(frozen=True)
class MelFilters:
    """The filters that sum a power spectrum into bands.

    Args:
        num_mels: Filters.
        low_hz: Where the lowest begins.
        high_hz: Where the highest ends; None for half of the sample rate.
        scale: ``htk`` is 2595 log10(1 + f/700), ``slaney`` is linear below 1 kHz and logarithmic above.
        norm: ``slaney`` divides each filter by half of its width in Hz, so that all have the same area; None leaves
            peaks of 1.
        straight_in: Whether the sides of the triangles are linear in Hz (librosa) or in mels (Keras, TensorFlow).
    """

    num_mels: int = 64
    low_hz: float = 0.0
    high_hz: float | None = None
    scale: MelScale = "slaney"
    norm: Literal["slaney"] | None = "slaney"
    straight_in: Literal["hz", "mel"] = "hz"


SLANEY_64 = MelFilters()


def hz_to_mel(hz: np.ndarray | float, scale: MelScale) -> np.ndarray:
    """Frequencies as mels.

    Example:
        >>> hz_to_mel(1000.0, "htk").round(3).item(), hz_to_mel(1000.0, "slaney").round(3).item()
        (999.986, 15.0)

    Source: O'Shaughnessy 1987, "Speech Communication", p. 150, as in HTK; Slaney 1998, "Auditory Toolbox" version 2.
    """
    hz = np.asarray(hz, np.float64)
    if scale == "htk":
        return 2595.0 * np.log10(1.0 + hz / 700.0)
    linear = hz / _SLANEY_HZ_PER_MEL
    above = np.log(np.maximum(hz, _SLANEY_BREAK_HZ) / _SLANEY_BREAK_HZ) / _SLANEY_STEP
    return np.where(hz < _SLANEY_BREAK_HZ, linear, _SLANEY_BREAK_HZ / _SLANEY_HZ_PER_MEL + above)


def mel_to_hz(mels: np.ndarray | float, scale: MelScale) -> np.ndarray:
    """Mels as frequencies: the inverse of ``hz_to_mel``."""
    mels = np.asarray(mels, np.float64)
    if scale == "htk":
        return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    break_mel = _SLANEY_BREAK_HZ / _SLANEY_HZ_PER_MEL
    above = _SLANEY_BREAK_HZ * np.exp(_SLANEY_STEP * (np.maximum(mels, break_mel) - break_mel))
    return np.where(mels < break_mel, mels * _SLANEY_HZ_PER_MEL, above)


def mel_matrix(filters: MelFilters, sample_rate: int, fft_length: int) -> np.ndarray:
    """The weights that turn a power spectrum into mel bands.

    Args:
        filters: Which filters.
        sample_rate: Samples per second.
        fft_length: Samples of one transform.

    Returns:
        (fft_length // 2 + 1, num_mels) float64, non-negative; a band narrower than the bins may be all zeros.

    Source: librosa 0.11 ``filters.mel`` and Keras 3 ``MelSpectrogram.linear_to_mel_weight_matrix``.
    """
    bins_hz = np.linspace(0.0, sample_rate / 2, fft_length // 2 + 1)
    high_hz = sample_rate / 2 if filters.high_hz is None else filters.high_hz
    ends = hz_to_mel(np.array([filters.low_hz, high_hz]), filters.scale)
    edges = np.linspace(ends[0], ends[1], filters.num_mels + 2)
    edges_hz = mel_to_hz(edges, filters.scale)
    if filters.straight_in == "mel":
        weights = _triangles(hz_to_mel(bins_hz, filters.scale), edges)
    else:
        weights = _triangles(bins_hz, edges_hz)
    if filters.norm == "slaney":
        weights *= 2.0 / (edges_hz[2:] - edges_hz[:-2])
    return weights


def _triangles(places: np.ndarray, edges: np.ndarray) -> np.ndarray:
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (places[:, None] - low) / (middle - low)  # (bins, num_mels)
    falling = (high - places[:, None]) / (high - middle)
    return np.maximum(0.0, np.minimum(rising, falling))


class SparseBands:
    """Weighted sums over the few bins of each filter.

    Args:
        weights: (bins, num_bands) float64, mostly zeros.
    """

    def __init__(self, weights: np.ndarray) -> None:
        bins_of_band = [np.flatnonzero(band) if band.any() else np.zeros(1, np.int64) for band in weights.T]
        self._bins = np.concatenate(bins_of_band)
        self._starts = np.cumsum([0, *(len(bins) for bins in bins_of_band[:-1])])
        bands = np.repeat(np.arange(len(bins_of_band)), [len(bins) for bins in bins_of_band])
        self._weights = weights[self._bins, bands].astype(np.float32)

    @property
    def num_bands(self) -> int:
        """Filters."""
        return len(self._starts)

    def sum_into(self, power: np.ndarray, result: np.ndarray) -> None:
        """Filter some spectra.

        Args:
            power: (T, bins) float32.
            result: (T, num_bands) float32, written over.
        """
        products = np.take(power, self._bins, axis=1)  # (T, bins of all bands)
        products *= self._weights
        np.add.reduceat(products, self._starts, axis=1, out=result)
