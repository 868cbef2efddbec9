"""The same recording under two names: re-encoded, mirrored, trimmed, rescaled, brightened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from reelwise.datasets.recordings.alignment import Match, align
from reelwise.datasets.recordings.fingerprints import GRID, Fingerprint, mirror

_ALIKE = 0.85
"""Correlation of mean pictures under which two videos are not compared further; below MIN_STILL, as these are parts."""

_FEW_PER_VIDEO = 8
_FEW = 2000
"""Up to this many pairs, and so many more per video, all pairs are aligned, which is the slow part."""

_KEPT_PER_VIDEO = 12
"""Candidates of each video that are aligned where there are more pairs."""

_LAG = 3
"""Samples, that is 0.3 s, over which motion is measured."""

_NUM_MOMENTS = 4
"""Moments of each video that are compared; of these the second best counts."""

_LIVELY = 0.3
"""Share of a video's strongest motion from which on a moment counts."""

_VOTERS = 32
_CHUNK = 256
"""Videos per matrix product, which bound its memory to some hundred megabytes."""


@dataclass(frozen=True)
class Duplicate:
    """Two videos that show one recording.

    Args:
        first: Index of the one.
        second: Index of the other, larger.
        is_mirrored: Whether one is the mirror image of the other.
        match: How they agree; ``offset`` counts samples of the second.
    """

    first: int
    second: int
    is_mirrored: bool
    match: Match


def find_duplicates(prints: Sequence[Fingerprint], apart: Sequence[int] | None = None) -> list[Duplicate]:
    """All pairs that show the same recording.

    Pairs whose mean pictures differ cannot be the same. Where too many remain (a fixed camera), the four moments
    with most motion are compared by one matrix product, so that a few thousand videos take seconds and not hours. Every
    remaining pair is aligned in time.

    Args:
        prints: One per video.
        apart: One number per video; pairs with the same number are not compared (segments of one file).

    Returns:
        Pairs in order of their indices.
    """
    # Thousands of small products: more than one thread would spend its time waiting (6 to 14 times slower here).
    with threadpool_limits(1, "blas"):
        duplicates = [pair for pair in _pairs(prints) if apart is None or apart[pair.first] != apart[pair.second]]
    best: dict[tuple[int, int], Duplicate] = {}
    for pair in duplicates:
        key = (pair.first, pair.second)
        if key not in best or pair.match.motion > best[key].match.motion:
            best[key] = pair
    return [best[key] for key in sorted(best)]


def _pairs(prints: Sequence[Fingerprint]) -> Iterator[Duplicate]:
    for first, second, is_mirrored in _candidates(prints):
        match = _best_match(prints[first], prints[second], is_mirrored)
        if match is not None and match.is_same:
            yield Duplicate(first, second, is_mirrored, match)


def _best_match(first: Fingerprint, second: Fingerprint, is_mirrored: bool) -> Match | None:
    """The alignment on whole steps, and where that is close but not enough, on half steps too."""
    pictures, other = first.pictures, second.pictures
    match = align(pictures, mirror(other) if is_mirrored else other)
    if match is None or match.is_same or not match.is_close:
        return match
    late = align(pictures, mirror(second.late) if is_mirrored else second.late)
    if late is None or late.motion <= match.motion:
        return match
    return replace(late, offset=late.offset + 0.5)


def join_sets(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Sets of indices that are linked by pairs, each sorted.

    Example:
        >>> join_sets([(1, 4), (2, 3), (4, 7)])
        [(1, 4, 7), (2, 3)]
    """
    home: dict[int, set[int]] = {}
    for first, second in pairs:
        members_of_both = home.get(first, {first}) | home.get(second, {second})
        for index in members_of_both:
            home[index] = members_of_both
    return sorted({tuple(sorted(members)) for members in home.values()})


def _candidates(prints: Sequence[Fingerprint]) -> list[tuple[int, int, bool]]:
    if len(prints) < 2:
        return []
    stills = np.stack([item.stills for item in prints])  # (N, 4, 256)
    mirror_images = mirror(stills)
    pairs = [
        (first, second, is_mirrored)
        for is_mirrored, other in ((False, stills), (True, mirror_images))
        for first, second in _alike(stills, other)
    ]
    if len(pairs) <= _FEW_PER_VIDEO * len(prints) + _FEW:
        return pairs
    return _vote(prints, pairs)


def _alike(stills: np.ndarray, other: np.ndarray) -> Iterator[tuple[int, int]]:
    """Pairs first < second of which some half looks like some half of the other."""
    num = len(stills)
    columns = other.reshape(num * 4, -1).T
    for begin in range(0, num, _CHUNK):
        rows = stills[begin : begin + _CHUNK].reshape(-1, columns.shape[0])
        alike = (rows @ columns).reshape(-1, 4, num, 4).max((1, 3)) >= _ALIKE
        for row, column in np.argwhere(alike).tolist():
            if begin + row < column:
                yield begin + row, column


def _vote(prints: Sequence[Fingerprint], pairs: Sequence[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """The pairs whose strongest motion is seen in the other video too: the best few of every video."""
    candidates = set(pairs)
    winners: set[tuple[int, int, bool]] = set()
    changes = [_lively(_change(item.pictures)) for item in prints]
    owners = np.concatenate([[0], np.cumsum([len(change) for change in changes])])[:-1]
    everything = np.concatenate([_small(change) for change in changes]).T  # (64, M)
    strongest = np.stack([_strongest(change) for change in changes])  # (N, 4, 256)
    for is_mirrored in (False, True):
        for begin in range(0, len(prints), _VOTERS):
            moments = strongest[begin : begin + _VOTERS].reshape(-1, GRID * GRID)
            similarity = _small(mirror(moments) if is_mirrored else moments) @ everything  # (voters * 4, M)
            best = np.maximum.reduceat(similarity, owners, axis=1).reshape(-1, _NUM_MOMENTS, len(prints))
            score = np.sort(best, 1)[:, -2]  # (voters, N): of the four moments, the second best
            for row, order in enumerate(np.argsort(-score, axis=1, kind="stable")[:, : _KEPT_PER_VIDEO + 1].tolist()):
                ends = ((min(begin + row, other), max(begin + row, other), is_mirrored) for other in order)
                winners.update(pair for pair in ends if pair in candidates)
    return sorted(winners)


def _change(pictures: np.ndarray) -> np.ndarray:
    """(max(1, n - lag), 256): what changed over the lag."""
    return pictures[_LAG:] - pictures[:-_LAG] if len(pictures) > _LAG else np.zeros((1, GRID * GRID), np.float32)


def _small(change: np.ndarray) -> np.ndarray:
    """(n, 64): the changes as 8×8, each of length 1."""
    small = change.reshape(-1, GRID // 2, 2, GRID // 2, 2).mean((2, 4)).reshape(len(change), -1)
    return small / np.maximum(np.linalg.norm(small, axis=1, keepdims=True), 1e-3)


def _lively(change: np.ndarray) -> np.ndarray:
    """The moments with much motion compared with the rest of the video."""
    energy = np.linalg.norm(change, axis=1)
    return change[energy >= _LIVELY * energy.max()]


def _strongest(change: np.ndarray) -> np.ndarray:
    """(4, 256): the moments with most motion, at least the lag apart; of few, the last again."""
    energy = np.linalg.norm(change, axis=1)
    indices: list[int] = []
    for index in np.argsort(-energy, kind="stable").tolist():
        if all(abs(index - other) >= _LAG for other in indices):
            indices.append(index)
        if len(indices) == _NUM_MOMENTS:
            break
    return change[(indices + indices[-1:] * _NUM_MOMENTS)[:_NUM_MOMENTS]]
