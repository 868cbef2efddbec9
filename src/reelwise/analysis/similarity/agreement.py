"""How well two rows of descriptors agree over time, shot by shot: what a room or a card looks like is no motion."""

import numpy as np

from reelwise.analysis.similarity.descriptors import NUM_VALUES

NOISE = 1e-8 * NUM_VALUES
"""Squared length by which half precision moves a descriptor: 0.0001 of each value, which are 0.125 in the mean."""

GREY_NOISE = 0.06
"""Squared grey levels that a codec, a crop or rounding add to what changes: a quarter of a grey level."""

QUICK_SECONDS = 0.8
"""Width of the mean that quick changes are taken from: a step, a gesture and a syllable are faster."""

_CUT = 0.5
"""Cosine of neighbouring frames below which a shot ends; people who cross the picture stay above."""

_MIN_SHOT_SECONDS = 0.5
"""Shorter shots are taken together: a row of quick cuts is motion, a card between two scenes is not."""

_NUM_PARTS = 3
"""Parts of a passage that must each move alike: a whole may seem to where only a part is shared."""

MIN_CEILING = 0.6
"""Share of what changes that must be more than noise, for a passage or a part of it to be judged by that alone."""


def shots_of(descriptors: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """(N,) number of the shot of each frame, rising; quick cuts in a row are one.

    Args:
        descriptors: (N, 64) of length 1; plain frames are zero.
        seconds: (N,) of the frames.
    """
    values = descriptors.astype(np.float32)
    starts = np.flatnonzero((values[1:] * values[:-1]).sum(1) < _CUT) + 1
    edges = np.concatenate([[0], starts, [len(values)]])
    lengths = np.append(seconds, 2 * seconds[-1] - seconds[-2] if len(seconds) > 1 else seconds[-1])
    is_short: np.ndarray = np.diff(lengths[edges]) < _MIN_SHOT_SECONDS
    is_start = np.zeros(len(values), int)
    is_start[starts] = ~(is_short[1:] & is_short[:-1])
    return np.cumsum(is_start)


def segments_of(shots: np.ndarray) -> np.ndarray:
    """(S,) index of the first moment of each shot.

    Args:
        shots: (M,) number of the shot, rising.
    """
    return np.flatnonzero(np.diff(shots, prepend=int(shots[0]) - 1))


def segment_means(values: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """(S, 64): mean of each shot's rows that are not plain; zero where all are.

    Args:
        values: (M, 64).
        segments: (S,) first rows of the shots.
    """
    counts = np.add.reduceat(values.any(1).astype(np.float32), segments)
    return np.add.reduceat(values, segments) / np.maximum(counts, 1)[:, None]


def spread(values: np.ndarray, segments: np.ndarray, num_moments: int) -> np.ndarray:
    """(M, ...): the row of each shot, for each of its moments."""
    return np.repeat(values, np.diff(np.append(segments, num_moments)), axis=0)


def changes_of(values: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """(M, 64): what is left without each shot's mean picture; plain rows stay zero."""
    changes = values - spread(segment_means(values, segments), segments, len(values))
    return changes * np.any(values, axis=1, keepdims=True)


def quick_changes_of(values: np.ndarray, segments: np.ndarray, width: int) -> np.ndarray:
    """(M, 64): what is left without a running mean that does not look beyond the shot.

    Args:
        values: (M, 64).
        segments: (S,) first rows of the shots.
        width: Rows to either side that the mean is of.
    """
    changes = np.empty(values.shape, np.float32)
    for first, after in zip(segments, np.append(segments[1:], len(values)), strict=True):
        part = values[first:after].astype(np.float64)
        changes[first:after] = part - _sums(part, width) / _sums(np.ones((len(part), 1)), width)
    return changes * np.any(values, axis=1, keepdims=True)


def _sums(values: np.ndarray, width: int) -> np.ndarray:
    """(M, ...): sums of the rows up to ``width`` to either side."""
    totals = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, 0)])
    places = np.arange(len(values))
    return totals[np.minimum(places + width + 1, len(values))] - totals[np.maximum(places - width, 0)]


def ceiling_of(grey_energy: np.ndarray | float) -> np.ndarray | float:
    """The correlation that noise leaves possible, in [0, 1).

    Args:
        grey_energy: Mean squared change in grey levels.
    """
    return grey_energy / (grey_energy + GREY_NOISE)


def correlation(clip: np.ndarray, film: np.ndarray) -> float:
    """Of changes, in [-1, 1].

    Args:
        clip: (M, 64).
        film: (M, 64).
    """
    energies = float((clip * clip).sum()) * float((film * film).sum())
    return float((clip * film).sum()) / (energies**0.5 + NOISE * max(len(clip), 1))


def weakest_part(clip: np.ndarray, film: np.ndarray, grey_energies: np.ndarray) -> float:
    """The lowest correlation of what changes in a third of a passage, as a share of what noise leaves possible.

    Args:
        clip: (M, 64) changes, moments in order.
        film: (M, 64) of the film.
        grey_energies: (M,) mean squared change of the film in grey levels.

    Returns:
        At most 1; 1 where no third has any change to speak of.
    """
    shares = [1.0]
    for part in np.array_split(np.arange(len(clip)), _NUM_PARTS):
        if len(part) > 1 and (ceiling := float(ceiling_of(float(grey_energies[part].mean())))) >= MIN_CEILING:
            shares.append(correlation(clip[part], film[part]) / ceiling)
    return min(shares)


def agreement_along(clip: np.ndarray, film: np.ndarray, grey_energies: np.ndarray, width: int) -> np.ndarray:
    """(M,): correlation of the changes around each moment, in [-1, 1]; NaN where there is only noise.

    Args:
        clip: (M, 64) changes.
        film: (M, 64) of the film.
        grey_energies: (M,) as for ``weakest_part``.
        width: Moments to either side that count.
    """
    pairs = ((clip, film), (clip, clip), (film, film))
    dots, clip_squares, film_squares = (_sums((one * other).sum(1).astype(np.float64), width) for one, other in pairs)
    energies, counts = _sums(grey_energies.astype(np.float64), width), _sums(np.ones(len(clip)), width)
    values = dots / (np.sqrt(np.maximum(clip_squares * film_squares, 0)) + NOISE * counts)
    return np.where(ceiling_of(energies / counts) >= MIN_CEILING, values, np.nan)


def best_run(values: np.ndarray, core: np.ndarray | None) -> tuple[int, int]:
    """First and last index of the run with the largest sum; where a core is given, the run holds its middle.

    Source: J. Bentley, Programming Pearls, 1984, column 8 (Kadane's algorithm).
    """
    if core is not None and core.any():
        middle = int(np.flatnonzero(core).mean())
        before, after = np.cumsum(values[: middle + 1][::-1]), np.cumsum(values[middle:])
        return middle - int(np.argmax(before)), middle + int(np.argmax(after))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    lowest = np.minimum.accumulate(sums[:-1])
    last = int(np.argmax(sums[1:] - lowest))
    return int(np.argmin(sums[: last + 1])), last
