"""Means of the signals of an analysis over parts of the video."""

import math
import zipfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.analysis.formats.clock import exact_number, time_base_of
from reelwise.analysis.results import Analysis, Item, SignalTrack
from reelwise.analysis.sound.waveform import WAVEFORM

_MAX_ARRAY_BYTES = 256 << 20
"""Of one signal; a day at 60 frames per second with 8 columns takes 166 MB."""

_MAX_COLUMNS = 16
"""A signal with more is a description for machines, such as ``similarity``: its means say nothing to people."""

Means = list[dict[str, float]]
"""For each item: mean by name of the column; columns of which nothing is known there are left out."""


def signal_means(analysis: Analysis, folder: Path, items: Sequence[Item]) -> dict[str, Means]:
    """The mean of every signal over every item, by the name of the track.

    Signals that are missing or damaged are left out: the analysis says that they were made, not that they still lie
    beside it.
    """
    signals = [track for track in analysis.tracks if isinstance(track, SignalTrack)]
    # The mean of a waveform is 0.
    tracks = [track for track in signals if len(track.columns) <= _MAX_COLUMNS and track.id != WAVEFORM]
    means: dict[str, Means] = {}
    for track in tracks:
        values = _read_signal(folder, track)
        if values is not None:
            means[track.id] = list(_means(values, track, list(_row_ranges(analysis, track, items, len(values)))))
    return means


def _means(values: np.ndarray, track: SignalTrack, ranges: list[tuple[int, int]]) -> Iterator[dict[str, float]]:
    is_known = np.isfinite(values)
    sums = np.cumsum(np.vstack([np.zeros(values.shape[1]), np.where(is_known, values, 0)]), axis=0, dtype=np.float64)
    counts = np.cumsum(np.vstack([np.zeros(values.shape[1], int), is_known]), axis=0)
    for start, end in ranges:
        total, count = sums[end] - sums[start], counts[end] - counts[start]
        yield {name: float(total[i] / count[i]) for i, name in enumerate(track.columns) if count[i]}


def _row_ranges(
    analysis: Analysis, track: SignalTrack, items: Sequence[Item], num_rows: int
) -> Iterator[tuple[int, int]]:
    """First row and the row behind the last one of each item."""
    ticks_per_row = exact_number(track.step_seconds) / time_base_of(analysis.media) if track.step_seconds else None
    for item in items:
        if ticks_per_row is None:
            start, end = item.start.frame, item.end.frame
        else:
            first_pts = analysis.media.first_pts
            start = math.floor(Fraction(item.start.pts - first_pts) / ticks_per_row)
            end = math.ceil(Fraction(item.end.pts - first_pts) / ticks_per_row)
        start = min(max(start, 0), num_rows)
        yield start, min(max(end, start), num_rows)


def _read_signal(folder: Path, track: SignalTrack) -> np.ndarray | None:
    """(N, C) of the track, or None."""
    _, _, name = track.ref.partition("#")
    path = folder / "signals.npz"
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(f"{name}.npy").file_size > _MAX_ARRAY_BYTES:
                return None
        with np.load(path, allow_pickle=False) as arrays:
            values = arrays[name]
    except (OSError, KeyError, ValueError, EOFError, MemoryError, zipfile.BadZipFile):
        return None
    is_signal = values.ndim == 2 and values.shape[1] == len(track.columns) and values.dtype.kind == "f"
    return values if is_signal else None
