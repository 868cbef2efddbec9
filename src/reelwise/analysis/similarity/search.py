"""The coarse search: moments of a clip against moments of all films at once, and votes for where the clip lies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.similarity.descriptors import MIN_CONTRAST
from reelwise.analysis.similarity.prints import Print

MOMENT_RATE = 5.0
"""Moments per second of a film that are searched."""

NUM_MOMENTS = 64
"""Moments of a clip that are compared at once."""

WINDOW_SECONDS = 16.0
"""Longest part of a clip that is searched as one; at 10 % of difference in speed its ends are then 0.8 s off."""

MAX_CANDIDATES = 40
"""Places that are looked at closely for each window of the clip."""

_BIN_SECONDS = 1.0
"""Width of the places that votes are counted in; each vote counts for two that overlap."""

_TOP_SECONDS = 96
"""Seconds of all films that one moment may vote for."""

_SECONDS_AT_ONCE = 20_000
"""Seconds of film that are compared at once: 100,000 moments, whose cosines with 64 take 26 MB."""

_MIN_SIMILARITY = 0.7
"""Cosine below which two moments have nothing in common."""


@dataclass(frozen=True)
class Candidate:
    """A place that deserves a closer look.

    Args:
        film: Index of the film.
        geometry: Index of the clip's geometry.
        offset: Seconds of the film less seconds of the clip, at the middle of the window.
        start: Where the window of the clip starts, in seconds.
        end: Where it ends.
        votes: Weighted moments that agree.
    """

    film: int
    geometry: int
    offset: float
    start: float
    end: float
    votes: float


class MomentIndex:
    """Moments of many films in one matrix.

    Args:
        films: Their prints; the first geometry of each counts.
    """

    def __init__(self, films: Sequence[Print]) -> None:
        values, seconds, numbers = [], [], []
        for number, film in enumerate(films):
            times = np.arange(0.5 / MOMENT_RATE, max(film.duration, 1 / MOMENT_RATE), 1 / MOMENT_RATE)
            frames = np.unique(film.frames_at(times))
            frames = frames[film.contrast[frames] >= MIN_CONTRAST]
            values.append(film.descriptors[0, frames].astype(np.float32))
            seconds.append(film.seconds[frames])
            numbers.append(np.full(len(frames), number))
        self.values = np.concatenate(values) if values else np.zeros((0, 64), np.float32)
        self.seconds = np.concatenate(seconds) if seconds else np.zeros(0)
        self.films = np.concatenate(numbers) if numbers else np.zeros(0, int)
        # One vote per second of film: neighbours look alike, and would all be counted.
        place = self.films * 1_000_000 + np.floor(self.seconds).astype(int)
        self._groups = np.flatnonzero(np.diff(place, prepend=-1)) if len(place) else np.zeros(0, int)

    def __len__(self) -> int:
        return len(self.values)

    def compare(self, moments: np.ndarray) -> np.ndarray:
        """(M, N) float32 cosines.

        Args:
            moments: (M, 64) float32 of length 1.
        """
        return moments @ self.values.T

    def candidates(self, clip: Print) -> Iterator[list[Candidate]]:
        """Places to look at, window by window of the clip; those with most votes first."""
        if not len(self):
            return
        for start, end in windows_of(clip.duration):
            times = start + (np.arange(NUM_MOMENTS) + 0.5) * (end - start) / NUM_MOMENTS
            frames = np.unique(clip.frames_at(times))
            yield self._vote(clip, frames, start, end)

    def _vote(self, clip: Print, frames: np.ndarray, start: float, end: float) -> list[Candidate]:
        tables = [self._votes_of(clip, geometry, frames) for geometry in range(len(clip.geometries))]
        geometry = np.concatenate([np.full(len(table), number) for number, table in enumerate(tables)])
        rows = np.concatenate(tables)  # (R, 3): film, bin, weight
        order = np.argsort(-rows[:, 2], kind="stable")
        candidates: list[Candidate] = []
        used_places: set[tuple[int, int]] = set()
        for row in order:
            film, place, votes = int(rows[row, 0]), int(rows[row, 1]), float(rows[row, 2])
            # The same place seen by another geometry, or half a bin further, is the same candidate.
            if any((film, place + step) in used_places for step in (-1, 0, 1)):
                continue
            used_places.add((film, place))
            offset = place * _BIN_SECONDS / 2
            candidates.append(Candidate(film, int(geometry[row]), offset, start, end, votes))
            if len(candidates) == MAX_CANDIDATES:
                break
        return candidates

    def _best_per_second(self, moments: np.ndarray) -> np.ndarray:
        """(M, G) float32: the highest cosine within each second of film, in steps of bounded memory."""
        best = np.empty((len(moments), len(self._groups)), np.float32)
        for first in range(0, len(self._groups), _SECONDS_AT_ONCE):
            groups = self._groups[first : first + _SECONDS_AT_ONCE]
            after = first + _SECONDS_AT_ONCE
            end = self._groups[after] if after < len(self._groups) else len(self)
            cosines = moments @ self.values[groups[0] : end].T
            best[:, first:after] = np.maximum.reduceat(cosines, groups - groups[0], axis=1)
        return best

    def _votes_of(self, clip: Print, geometry: int, frames: np.ndarray) -> np.ndarray:
        """(R, 3): film, half bin of the offset and sum of weights, where there is any vote."""
        best = self._best_per_second(clip.descriptors[geometry, frames].astype(np.float32))
        num_top = min(_TOP_SECONDS, best.shape[1])
        top = np.argpartition(-best, num_top - 1, axis=1)[:, :num_top]
        values = np.take_along_axis(best, top, 1)
        moment, place = np.nonzero(values > _MIN_SIMILARITY)
        group = top[moment, place]
        weights = (values[moment, place] - _MIN_SIMILARITY) / (1 - _MIN_SIMILARITY)
        films = self.films[self._groups[group]]
        seconds = np.floor(self.seconds[self._groups[group]]) + 0.5
        offsets = seconds - clip.seconds[frames[moment]]
        lower = np.floor(2 * offsets / _BIN_SECONDS).astype(int)
        rows = []
        for bins in (lower, lower + 1):
            # Each moment counts once for a place.
            keys = (films.astype(np.int64) * 4_000_000 + bins + 2_000_000) * 4096 + moment
            unique, inverse = np.unique(keys, return_inverse=True)
            strongest = np.zeros(len(unique), np.float64)
            np.maximum.at(strongest, inverse, weights)
            rows.append((unique >> 12, strongest))
        keys, weights = np.concatenate([keys for keys, _ in rows]), np.concatenate([w for _, w in rows])
        unique, inverse = np.unique(keys, return_inverse=True)
        sums = np.bincount(inverse, weights, len(unique))
        film, place = np.divmod(unique, 4_000_000)
        return np.stack([film, place - 2_000_000, sums], 1).astype(np.float64)


def windows_of(duration: float) -> list[tuple[float, float]]:
    """Parts of a clip that are searched one by one: each overlaps half of the next.

    Example:
        >>> windows_of(10.0), windows_of(30.0)
        ([(0.0, 10.0)], [(0.0, 16.0), (7.0, 23.0), (14.0, 30.0)])
    """
    if duration <= WINDOW_SECONDS:
        return [(0.0, duration)]
    count = int(np.ceil(2 * duration / WINDOW_SECONDS)) - 1
    starts = np.linspace(0, duration - WINDOW_SECONDS, count)
    return [(float(start), float(start) + WINDOW_SECONDS) for start in starts]
