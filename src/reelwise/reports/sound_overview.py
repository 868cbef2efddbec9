"""A sound track at a glance: how loud, where silent, where missing, and its spectrogram."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.intervals import Interval, union_length
from reelwise.core.sound import Sound
from reelwise.features.loudness import integrated_loudness
from reelwise.features.silence import find_silence, levels_db
from reelwise.reports.spectrogram import Spectrogram, make_spectrogram

NUM_COLUMNS = 960
"""Columns of the spectrogram: the width of the page in pixels."""

_LEVEL_SECONDS = 0.02
"""How long each measured piece is: one frame of a video at 50 frames per second."""


@dataclass(frozen=True, eq=False)
class SoundOverview:
    """What a page shows of a sound track.

    Args:
        loudness_lufs: Integrated loudness (EBU R128); -70 where nothing is louder.
        silences: In seconds on the clock of the frames; real sound that is quiet.
        silent_share: Of the sound that is there.
        missing_share: Of the video's length (or of what was decoded) without any sound.
        spectrogram: Of all that was decoded.
        levels_db: (C,) float64, the loudest of each column in dB of full scale; NaN where there is no sound.
        decoded_seconds: How many seconds of the video were decoded.
        warnings: What is unusual, each a sentence.
    """

    loudness_lufs: float
    silences: tuple[Interval[Fraction], ...]
    silent_share: float
    missing_share: float
    spectrogram: Spectrogram
    levels_db: np.ndarray
    decoded_seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SoundMeasures:
    """The measures of a track that take longest; they need the track alone, not the length of the video.

    Args:
        loudness_lufs: Of the whole track.
        silences: In seconds on the clock of the frames.
        seconds: (n,) float64: middles of short stretches of real sound.
        levels_db: (n,) float64: how loud each is.
    """

    loudness_lufs: float
    silences: tuple[Interval[Fraction], ...]
    seconds: np.ndarray
    levels_db: np.ndarray


def measure_sound(sound: Sound) -> SoundMeasures:
    """Loudness, silence and levels of a track.

    Args:
        sound: At its own rate with all channels; may be a memory map, which is read piece by piece.
    """
    step = max(1, round(_LEVEL_SECONDS * sound.sample_rate))
    seconds: list[np.ndarray] = [np.zeros(0)]
    levels: list[np.ndarray] = [np.zeros(0)]
    for start, end in sound.intervals:
        piece = levels_db(sound.samples[start:end], step)
        seconds.append(float(sound.time_of(start)) + (np.arange(len(piece)) + 0.5) * _LEVEL_SECONDS)
        levels.append(piece)
    silences = tuple(find_silence(sound))
    return SoundMeasures(integrated_loudness(sound), silences, np.concatenate(seconds), np.concatenate(levels))


def summarize_sound(
    sound: Sound, end: Fraction, warnings: tuple[str, ...] = (), measures: SoundMeasures | None = None
) -> SoundOverview:
    """Measures and spectrogram of the sound in [0, end); loudness and the share of silence are of the whole track.

    Args:
        sound: At its own rate with all channels; may be a memory map, which is read piece by piece.
        end: Seconds: where the video ends, or how far the sound was read.
        warnings: Of decoding; they are passed on.
        measures: What was measures already.
    """
    measures = measures or measure_sound(sound)
    # Never beyond the track: then it is a view of the file, however long, and not a copy in memory.
    part = sound.between(max(Fraction(0), sound.start), max(Fraction(0), min(end, sound.end)))
    spectrogram = make_spectrogram(part, Fraction(0), end, NUM_COLUMNS)
    real = sound.num_present / sound.sample_rate
    silences = (silence.intersection(Interval(Fraction(0), end)) for silence in measures.silences)
    return SoundOverview(
        loudness_lufs=measures.loudness_lufs,
        silences=tuple(silence for silence in silences if silence),
        silent_share=min(1.0, float(union_length(measures.silences)) / real) if real else 0.0,
        missing_share=max(0.0, 1 - part.num_present / part.sample_rate / float(end)),
        spectrogram=spectrogram,
        levels_db=_levels(measures, float(end) / len(spectrogram.decibels), len(spectrogram.decibels)),
        decoded_seconds=float(end),
        warnings=warnings,
    )


def _levels(measures: SoundMeasures, column_seconds: float, num_columns: int) -> np.ndarray:
    """The loudest level of each column; NaN where nothing is present."""
    levels = np.full(num_columns, np.nan)
    places = np.floor(measures.seconds / column_seconds).astype(int)
    inside = (places >= 0) & (places < num_columns)
    np.fmax.at(levels, places[inside], measures.levels_db[inside])
    if column_seconds < _LEVEL_SECONDS:  # of a short sound some columns lie between two stretches
        nearest = _nearest(measures.seconds, (np.arange(num_columns) + 0.5) * column_seconds)
        levels = np.where(nearest >= 0, measures.levels_db[nearest], np.nan) if len(measures.seconds) else levels
    return levels


def _nearest(seconds: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """The stretch in which each moment lies; -1 for none."""
    after = np.clip(np.searchsorted(seconds, moments), 1, max(1, len(seconds) - 1))
    after = np.minimum(after, len(seconds) - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(seconds[before] - moments) <= np.abs(seconds[after] - moments), before, after)
    return np.where(np.abs(seconds[nearest] - moments) <= _LEVEL_SECONDS, nearest, -1)
