"""Integrated loudness of EBU R 128: one number for the perceived loudness of a whole sound."""

from array import array
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from reelwise.core.sound import Sound
from reelwise.features.k_weighting import KWeighting
from reelwise.features.sound_frames import BLOCK_SAMPLES, release_pages

GATE_LUFS = -70.0
"""The absolute gate: blocks below it do not count, and it is the result where no block counts."""

# From ITU-R BS.1770-4, annex 1: K-weighting raises 1 kHz by 0.691 dB; blocks of 0.4 s overlap by 75 %.
_OFFSET = -0.691
_RELATIVE_GATE_LU = -10.0
_STEPS_PER_SECOND = 10
_STEPS_PER_BLOCK = 4
_SURROUND_WEIGHT = 1.41
_SURROUND = ("BL", "BR", "BC", "SL", "SR", "TBL", "TBC", "TBR", "SDL", "SDR")


def integrated_loudness(sound: Sound) -> float:
    """The loudness of a whole sound, in LUFS.

    Blocks of 0.4 s, a new one every 0.1 s, are K-weighted and averaged, except blocks below -70 LUFS and blocks
    10 LU below the average of the others. Gaps in the track are skipped: a block lies within one interval of sound.

    Args:
        sound: At its own rate and with all channels; mixing down changes the result. Names in ``channels`` give
            surround channels 1.41 times the weight, and none to low-frequency effects.

    Returns:
        LUFS, full scale at about 0; -70 where nothing is louder, and for sounds shorter than 0.4 s.

    Example:
        >>> time = np.arange(3 * 48000) / 48000
        >>> tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 997 * time)          # -23 dBFS in both channels
        >>> round(integrated_loudness(Sound(np.stack([tone, tone], axis=1).astype(np.float32), 48000)), 1)
        -23.0

    Source: ITU-R BS.1770-4, annex 1; EBU R 128 (2020). A step is a whole number of samples, as in FFmpeg's ebur128.
    """
    return loudness_of_steps(list(_step_sums(sound)), sound.sample_rate)


def loudness_of_steps(steps: Sequence[np.ndarray], sample_rate: int) -> float:
    """The integrated loudness, from the sums of ``StepSums``.

    Args:
        steps: (S,) float64 for each interval of sound.
        sample_rate: Of the sound.
    """
    powers = np.concatenate([np.zeros(0), *(block_powers(sums, _STEPS_PER_BLOCK, sample_rate) for sums in steps)])
    loud_powers = powers[powers > _power(GATE_LUFS)]
    if not len(loud_powers):
        return GATE_LUFS
    loud_powers = loud_powers[loud_powers > _power(_loudness(loud_powers.mean()) + _RELATIVE_GATE_LU)]
    return _loudness(loud_powers.mean())


def channel_weights(channels: Sequence[str], num_channels: int) -> np.ndarray:
    """The weight of each channel.

    Args:
        channels: FFmpeg's names, such as ``FL``; empty for 1 each.
        num_channels: How many there are.

    Returns:
        (num_channels,) float64.
    """
    if not channels:
        return np.ones(num_channels)
    return np.array([0.0 if n.startswith("LFE") else _SURROUND_WEIGHT if n in _SURROUND else 1.0 for n in channels])


class StepSums:
    """The K-weighted energy of every whole tenth of a second of unbroken sound that comes block by block.

    Args:
        sample_rate: Samples per second.
        channels: FFmpeg's names; empty for 1 each.
        num_channels: How many there are.
    """

    def __init__(self, sample_rate: int, channels: Sequence[str], num_channels: int) -> None:
        self._filter = KWeighting(sample_rate)
        self._weights = channel_weights(channels, num_channels)
        self._step = step_length(sample_rate)
        self._waiting = np.zeros(0)
        self._sums = array("d")

    def push(self, samples: np.ndarray) -> None:
        """Take the next (n, channels) or (n,) samples."""
        self._add(self._filter.push(samples.reshape(len(samples), -1)))

    def end(self) -> np.ndarray:
        """(S,) float64 sums of weighted squares, when all samples were pushed."""
        self._add(self._filter.end())
        return np.array(self._sums)

    def _add(self, parts: Iterable[np.ndarray]) -> None:
        for part in parts:
            self._waiting = np.concatenate([self._waiting, np.square(part) @ self._weights])
            count = len(self._waiting) // self._step
            self._sums.extend(self._waiting[: count * self._step].reshape(count, self._step).sum(axis=1))
            self._waiting = self._waiting[count * self._step :]


def step_length(sample_rate: int) -> int:
    """Samples of a step: a tenth of a second."""
    return max(1, sample_rate // _STEPS_PER_SECOND)


def block_powers(sums: np.ndarray, num_steps: int, sample_rate: int) -> np.ndarray:
    """The mean square of every block of some steps.

    Args:
        sums: (S,) float64, of one interval.
        num_steps: Of a block: 4 for momentary loudness, 30 for short-term loudness.
        sample_rate: Of the sound.

    Returns:
        (S - num_steps + 1,) float64, or none.
    """
    running = np.cumsum(np.concatenate([np.zeros(1), sums]))
    return (running[num_steps:] - running[:-num_steps]) / (step_length(sample_rate) * num_steps)


def to_lufs(powers: np.ndarray) -> np.ndarray:
    """Powers as loudness, at least that of the absolute gate."""
    return np.maximum(_OFFSET + 10 * np.log10(np.maximum(powers, 1e-12)), GATE_LUFS)


def _step_sums(sound: Sound) -> Iterator[np.ndarray]:
    """Those of each interval of sound."""
    for start, end in sound.intervals:
        sums = StepSums(sound.sample_rate, sound.channels, sound.num_channels)
        for block in _blocks(sound, start, end):
            sums.push(block)
        yield sums.end()


def _blocks(sound: Sound, start: int, end: int) -> Iterator[np.ndarray]:
    for place in range(start, end, BLOCK_SAMPLES):
        block = np.asarray(sound.samples[place : min(place + BLOCK_SAMPLES, end)])
        yield block.reshape(len(block), -1)
        release_pages(sound.samples)


def _loudness(power: float) -> float:
    return float(_OFFSET + 10 * np.log10(power))


def _power(loudness: float) -> float:
    return 10 ** ((loudness - _OFFSET) / 10)
