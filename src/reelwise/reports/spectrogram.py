"""Sound as a picture: pitch upwards, time across, and a gap where there is no sound at all."""

import io
import math
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from PIL import Image

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.features.log_mel import MelSettings, log_mel, sound_log_mel
from reelwise.features.mel_filters import MelFilters
from reelwise.features.sound_frames import to_mono

NUM_MELS = 64
"""Mel bands, as in the input of the sound encoders."""

_STEPS_PER_SECOND = 100
_WINDOW_SECONDS = 0.025
"""Steps of 10 ms and windows of 25 ms: usual for speech, and what the sound encoders read."""

_PIECE_SECONDS = 0.25
"""Of a long sound, how much around its middle stands for a column."""

_RANGE_DB = 70.0
"""From the darkest to the brightest colour."""

_LOUDEST_AT_LEAST_DB = -50.0
"""A quieter track is not brightened further, or its noise would look like sound."""

_FLOOR_DB = -100.0
"""Power below this counts as digital silence; 16-bit samples reach down to -96 dB."""

_DB = 10 / np.log(10)
"""From the natural logarithm of a power to decibels."""

_SHADES = 48
"""Colours of the PNG: fewer make it smaller, and more cannot be told apart."""


@dataclass(frozen=True, eq=False)
class Spectrogram:
    """A log-mel spectrogram as wide as a picture.

    Args:
        decibels: (C, num_mels) float32, the lowest pitch first: about 0 for a tone of full scale, -100 for digital
            silence; anything where nothing is present.
        present: (C,) bool: columns that hold real sound.
        start_seconds: Where the first column begins, on the clock of the frames.
        end_seconds: Where the last one ends.
        top_hz: The highest pitch.
    """

    decibels: np.ndarray
    present: np.ndarray
    start_seconds: float
    end_seconds: float
    top_hz: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end_seconds - self.start_seconds

    @property
    def holes(self) -> tuple[Interval[Fraction], ...]:
        """Where there is no sound, as shares of the width, disjoint and in order."""
        edges = np.flatnonzero(np.diff(np.concatenate([[True], self.present, [True]]).astype(np.int8)))
        places = [Fraction(edge, max(1, len(self.present))) for edge in edges.tolist()]
        return tuple(Interval(start, end) for start, end in zip(places[::2], places[1::2], strict=True))

    def levels(self) -> np.ndarray:
        """(C, num_mels) in [0, 1]: from 70 dB under the loudest part (or digital silence) up to it; 0 without sound."""
        loudest = float(self.decibels[self.present].max(initial=_LOUDEST_AT_LEAST_DB))
        quietest = max(loudest - _RANGE_DB, _FLOOR_DB)
        levels = np.clip((self.decibels - quietest) / (loudest - quietest), 0, 1)
        return np.where(self.present[:, None], levels, 0).astype(np.float32)


def make_spectrogram(sound: Sound, start: Fraction, end: Fraction, num_columns: int) -> Spectrogram:
    """What sounds in [start, end), in at most so many columns.

    Of a long sound each column shows a quarter of a second from its middle, so that an hour costs as much as minutes.

    Args:
        sound: Any rate and channels; may be a memory map.
        start: Seconds on the clock of the frames.
        end: After ``start``.
        num_columns: As wide as the picture shall be; fewer for less than a hundredth of a second each.

    Example:
        >>> tone = Sound(np.sin(np.arange(16000) * 0.3).astype(np.float32), 16000)
        >>> spectrogram = make_spectrogram(tone, Fraction(0), Fraction(2), 100)
        >>> spectrogram.decibels.shape, spectrogram.present[::20].tolist()
        ((100, 64), [True, True, True, False, False])
    """
    seconds = end - start
    num_columns = max(1, min(num_columns, int(seconds * _STEPS_PER_SECOND)))
    step = seconds / num_columns
    settings = _settings(sound.sample_rate)
    if step > Fraction(_PIECE_SECONDS):
        rows = [_piece(sound, start + (i + Fraction(1, 2)) * step, settings) for i in range(num_columns)]
        values = np.stack([row for row, _ in rows])
        present = np.array([there for _, there in rows])
    else:
        values, present = _whole(sound, start, step, num_columns, settings)
    decibels = (values * _DB - _reference_db(settings)).astype(np.float32)
    return Spectrogram(decibels, present, float(start), float(end), sound.sample_rate / 2)


def colours() -> np.ndarray:
    """(256, 3) uint8 RGB from quiet to loud: magma, of even steps to the eye, readable on light and dark pages.

    Source: Smith and van der Walt 2015, matplotlib's colour maps, as in OpenCV.
    """
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    return np.ascontiguousarray(cv2.applyColorMap(ramp, cv2.COLORMAP_MAGMA)[:, 0, ::-1])


def spectrogram_png(spectrogram: Spectrogram, height: int = NUM_MELS) -> bytes:
    """A PNG of C x height pixels, the lowest pitch at its lower edge; columns without sound are transparent.

    Args:
        spectrogram: What it shows.
        height: Pixels down.
    """
    levels = cv2.resize(spectrogram.levels().T[::-1], (len(spectrogram.decibels), height), interpolation=cv2.INTER_AREA)
    shades = 1 + np.round(levels * (_SHADES - 1)).astype(np.uint8)
    shades[:, ~spectrogram.present] = 0
    picture = Image.fromarray(shades, "P")
    palette = colours()[np.linspace(0, 255, _SHADES).round().astype(int)]
    picture.putpalette([0, 0, 0, *palette.reshape(-1).tolist()])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True, transparency=0)
    return buffer.getvalue()


def _settings(sample_rate: int) -> MelSettings:
    window = max(16, round(_WINDOW_SECONDS * sample_rate))
    length = 1 << (window - 1).bit_length()
    hop = max(1, sample_rate // _STEPS_PER_SECOND)
    floor = 10 ** (_FLOOR_DB / 10) * _tone_power(window)
    return MelSettings(sample_rate, length, window, hop, MelFilters(NUM_MELS, norm=None), floor=floor)


def _reference_db(settings: MelSettings) -> float:
    """What a tone of full scale has before it is called 0 dB."""
    return 10 * math.log10(_tone_power(settings.window_length))


def _tone_power(window_length: int) -> float:
    """Of a sine of amplitude 1 under a Hann window, whose sum is half of its length."""
    return (window_length / 4) ** 2


def _whole(
    sound: Sound, start: Fraction, step: Fraction, num_columns: int, settings: MelSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Every frame of the stretch, averaged in the column in which its middle lies."""
    frames = sound_log_mel(sound.between(start, start + num_columns * step), settings)
    offset, width = float(frames.start - start), float(step)
    columns = np.floor((offset + np.arange(len(frames.values)) * float(frames.step)) / width + 1e-9).astype(int)
    columns = np.clip(columns, 0, num_columns - 1)
    values = np.zeros((num_columns, NUM_MELS), np.float32)
    counts = np.bincount(columns[frames.present], minlength=num_columns)
    np.add.at(values, columns[frames.present], frames.values[frames.present])
    num_frames = np.bincount(columns, minlength=num_columns)
    present = counts * 2 >= np.maximum(num_frames, 1)
    return values / np.maximum(counts, 1)[:, None].astype(np.float32), present


def _piece(sound: Sound, middle: Fraction, settings: MelSettings) -> tuple[np.ndarray, bool]:
    half = Fraction(_PIECE_SECONDS) / 2
    part = sound.between(middle - half, middle + half)
    if 2 * part.num_present < len(part):
        return np.zeros(NUM_MELS, np.float32), False
    return log_mel(to_mono(np.asarray(part.samples)), settings).mean(axis=0), True
