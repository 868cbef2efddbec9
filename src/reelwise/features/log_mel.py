"""Log-mel spectrograms: energy by frequency band over time, computed block by block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.sound import LogMel, Sound
from reelwise.features.mel_filters import SLANEY_64, MelFilters, SparseBands, mel_matrix
from reelwise.features.sound_frames import count_frames, frames_present, mono_blocks

_FRAMES_AT_ONCE = 64
"""Frames of one batch of transforms: their buffers (0.6 MiB) stay in the processor's cache."""


@dataclass(frozen=True)
class MelSettings:
    """Settings of a log-mel spectrogram; librosa's names in brackets.

    Args:
        sample_rate: Samples per second of the sound (``sr``).
        fft_length: Samples of one transform (``n_fft``), even.
        window_length: Samples under the periodic Hann window (``win_length``), at most ``fft_length``.
        hop_length: Samples from one frame to the next, at most ``fft_length``.
        filters: The mel filters.
        centre: Whether frame k lies around sample ``k * hop_length`` (``center``), which needs padding at both ends.
        padding: Samples outside of the sound (``pad_mode``): ``constant`` is zeros (librosa's default), ``reflect``
            mirrors the sound (Keras).
        floor: Added before the logarithm; the quietest value is its logarithm.
    """

    sample_rate: int = 16_000
    fft_length: int = 512
    window_length: int = 400
    hop_length: int = 160
    filters: MelFilters = SLANEY_64
    centre: bool = True
    padding: Literal["constant", "reflect"] = "constant"
    floor: float = 1e-6

    def __post_init__(self) -> None:
        lengths = 0 < self.window_length <= self.fft_length and 0 < self.hop_length <= self.fft_length
        if not lengths or self.fft_length % 2 or self.floor <= 0:
            raise UsageError(
                f"a spectrogram with fft_length {self.fft_length}, window_length {self.window_length}, hop_length"
                f" {self.hop_length} and floor {self.floor} cannot be made.",
                hint="window_length and hop_length lie in 1 to fft_length, which is even; floor is positive.",
            )

    @property
    def first_centre(self) -> int:
        """The sample in the middle of frame 0."""
        return 0 if self.centre else self.fft_length // 2


DEFAULT_MEL = MelSettings()


def sound_log_mel(sound: Sound, settings: MelSettings = DEFAULT_MEL) -> LogMel:
    """The log-mel spectrogram of a sound, with the times of its frames and which of them are real.

    Args:
        sound: Of the settings' sample rate; a video without sound gives no frames.
        settings: Of the spectrogram.

    Raises:
        UsageError: The sound has another rate.
    """
    if sound.sample_rate != settings.sample_rate:
        raise UsageError(
            f"the sound has {sound.sample_rate} samples per second, the spectrogram expects {settings.sample_rate}.",
            hint="Decode it with SoundSettings(sample_rate=...) of the same rate.",
        )
    values = log_mel(sound.samples, settings)
    hop, first = settings.hop_length, settings.first_centre
    present = frames_present(sound.intervals, len(values), settings.window_length, hop, first_centre=first)
    return LogMel(values, present, sound.time_of(first), Fraction(hop, settings.sample_rate))


def log_mel(samples: np.ndarray, settings: MelSettings = DEFAULT_MEL) -> np.ndarray:
    """Natural logarithms of mel-band power: ``ln(mel + floor)``.

    Computed a few seconds at a time: beside its result it needs a few MiB, whatever the length.

    Args:
        samples: (N,) or (N, channels) float32, usually in [-1, 1]; channels are averaged. May be a memory map.
        settings: Of the spectrogram.

    Returns:
        (T, num_mels) float32, T = 1 + N // hop_length when centred; T = 0 when N = 0.

    Example:
        >>> time = np.arange(16000) / 16000
        >>> tone = np.sin(2 * np.pi * 440 * time).astype(np.float32)
        >>> spectrogram = log_mel(tone)
        >>> spectrogram.shape, int(spectrogram.mean(axis=0).argmax())
        ((101, 64), 9)

    Source: Davis and Mermelstein 1980, "Comparison of parametric representations for monosyllabic word recognition in
    continuously spoken sentences", IEEE TASSP 28(4), up to the logarithm; equal to librosa 0.11
    ``feature.melspectrogram`` (power 2) and Keras 3 ``MelSpectrogram``.
    """
    length, hop = settings.fft_length, settings.hop_length
    num_frames = count_frames(len(samples), length, hop, centre=settings.centre)
    result = np.empty((num_frames, settings.filters.num_mels), np.float32)
    place = 0
    for piece in log_mel_stream(mono_blocks(samples), settings):
        result[place : place + len(piece)] = piece
        place += len(piece)
    return result


def log_mel_stream(blocks: Iterable[np.ndarray], settings: MelSettings = DEFAULT_MEL) -> Iterator[np.ndarray]:
    """The same for sound that arrives in blocks of any length.

    Args:
        blocks: (n,) float32 each.
        settings: Of the spectrogram.

    Returns:
        (t, num_mels) float32 each; together what ``log_mel`` gives.
    """
    spectrum = _MelSpectrum(settings)
    length, hop = settings.fft_length, settings.hop_length
    waiting = np.zeros(0, np.float32)
    for block in _pad_blocks(blocks, settings):
        waiting = np.concatenate([waiting, block])
        if len(waiting) >= length:
            num_ready = 1 + (len(waiting) - length) // hop
            yield spectrum.of(waiting, num_ready)
            waiting = waiting[num_ready * hop :]


def _pad_blocks(blocks: Iterable[np.ndarray], settings: MelSettings) -> Iterator[np.ndarray]:
    """The blocks, with half a transform of padding before the first and behind the last when frames are centred."""
    pad = settings.fft_length // 2
    rest = iter(blocks)
    if not settings.centre:
        yield from rest
        return
    head = np.zeros(0, np.float32)
    while len(head) <= pad and (block := next(rest, None)) is not None:
        head = np.concatenate([head, block])
    if len(head) <= pad:  # shorter than the padding: np.pad mirrors it more than once
        yield np.pad(head, pad, mode=settings.padding) if len(head) else head
        return
    yield np.pad(head, (pad, 0), mode=settings.padding)
    tail = head[-pad - 1 :]
    for block in rest:
        yield block
        tail = np.concatenate([tail, block])[-pad - 1 :]
    yield np.pad(tail, (0, pad), mode=settings.padding)[-pad:]


class _MelSpectrum:
    """Windows, transforms and filters a batch of frames at a time, in buffers that are used again.

    The transform is in double precision: beside a loud tone, rounding in single precision would be visible in quiet
    bands. The filters are summed without BLAS, whose threads cost ten times the sum itself on a busy machine.
    """

    def __init__(self, settings: MelSettings) -> None:
        length = settings.fft_length
        before = (length - settings.window_length) // 2
        phase = 2 * np.pi * np.arange(settings.window_length) / settings.window_length
        self._window = np.zeros(length)
        self._window[before : before + settings.window_length] = 0.5 - 0.5 * np.cos(phase)
        self._length, self._hop, self._floor = length, settings.hop_length, np.float32(settings.floor)
        self._bands = SparseBands(mel_matrix(settings.filters, settings.sample_rate, length))
        self._windowed_frames = np.empty((_FRAMES_AT_ONCE, length))
        self._spectrum = np.empty((_FRAMES_AT_ONCE, length // 2 + 1), np.complex128)
        self._power = np.empty((_FRAMES_AT_ONCE, length // 2 + 1), np.float32)

    def of(self, samples: np.ndarray, num_frames: int) -> np.ndarray:
        """The first frames of some samples, as (num_frames, num_mels) float32."""
        result = np.empty((num_frames, self._bands.num_bands), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(samples, self._length)[:: self._hop]  # (frames, length)
        for start in range(0, num_frames, _FRAMES_AT_ONCE):
            part = result[start : start + _FRAMES_AT_ONCE]
            self._fill(windows[start : start + len(part)], part)
        return result

    def _fill(self, windows: np.ndarray, result: np.ndarray) -> None:
        count = len(windows)
        frames, spectrum, power = self._windowed_frames[:count], self._spectrum[:count], self._power[:count]
        np.multiply(windows, self._window, out=frames)
        np.fft.rfft(frames, out=spectrum)
        squares = np.square(spectrum.real)
        squares += np.square(spectrum.imag)
        power[...] = squares
        self._bands.sum_into(power, result)
        result += self._floor
        np.log(result, out=result)
