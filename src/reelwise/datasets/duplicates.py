"""The same recording under two names: re-encoded, mirrored, trimmed, rescaled, brightened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.datasets.alignment import Match, align
from reelwise.datasets.fingerprints import GRID, RATE, Fingerprint

_ALIKE = 0.85
_FEW_PER_VIDEO = 8
_FEW = 2000
_KEPT_PER_VIDEO = 12
_LAG = 3
_NUM_MOMENTS = 4
_CHUNK = 256


@dataclass(frozen=True)
class Duplicate:
    """Two videos that show one recording.

    Args:
        first: Index of the one.
        second: Index of the other, larger.
        mirrored: Whether one is the other seen in a mirror.
        match: How they agree; ``offset`` counts samples of the second.
    """

    first: int
    second: int
    mirrored: bool
    match: Match

    @property
    def offset_seconds(self) -> float:
        """When the first video begins, on the clock of the second."""
        return self.match.offset / RATE

    @property
    def seconds(self) -> float:
        """How long they run in parallel."""
        return self.match.num_samples / RATE


def find_duplicates(prints: Sequence[Fingerprint], apart: Sequence[int] | None = None) -> list[Duplicate]:
    """All pairs that show the same recording.

    Pairs whose mean pictures differ cannot be the same. Where too many are left (a fixed camera), the four moments
    with most motion vote by one matrix product, so that a few thousand videos take seconds and not hours. Every pair
    that is left is aligned in time.

    Args:
        prints: One per video.
        apart: One number per video; pairs with the same number are not looked at (segments of one file).

    Returns:
        Pairs in order of their indices.
    """
    found = []
    for first, second, mirrored in _candidates(prints):
        if apart is not None and apart[first] == apart[second]:
            continue
        other = prints[second].mirrored if mirrored else prints[second].pictures
        match = align(prints[first].pictures, other)
        if match is not None and match.is_same:
            found.append(Duplicate(first, second, mirrored, match))
    best: dict[tuple[int, int], Duplicate] = {}
    for pair in found:
        key = (pair.first, pair.second)
        if key not in best or pair.match.motion > best[key].match.motion:
            best[key] = pair
    return [best[key] for key in sorted(best)]


def join_sets(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Sets of indices that are linked by pairs, each sorted.

    Example:
        >>> join_sets([(1, 4), (2, 3), (4, 7)])
        [(1, 4, 7), (2, 3)]
    """
    home: dict[int, set[int]] = {}
    for first, second in pairs:
        joined = home.get(first, {first}) | home.get(second, {second})
        for index in joined:
            home[index] = joined
    return sorted({tuple(sorted(members)) for members in home.values()})


def _candidates(prints: Sequence[Fingerprint]) -> list[tuple[int, int, bool]]:
    if len(prints) < 2:
        return []
    stills = np.stack([item.stills for item in prints])  # (N, 4, 256)
    turned = stills.reshape(-1, 4, GRID, GRID)[..., ::-1].reshape(stills.shape)
    pairs = [
        (first, second, mirrored)
        for mirrored, other in ((False, stills), (True, turned))
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
    allowed = set(pairs)
    kept: set[tuple[int, int, bool]] = set()
    moments = [_motion(item.pictures) for item in prints]
    owners = np.concatenate([[0], np.cumsum([len(item) for item in moments])])[:-1]
    everything = np.concatenate(moments)  # (M, 64)
    for mirrored in (False, True):
        turned = [_motion(item.mirrored) for item in prints] if mirrored else moments
        for index, own in enumerate(turned):
            strongest = own[_strongest(prints[index].pictures)]
            best = np.maximum.reduceat(strongest @ everything.T, owners, axis=1)  # (moments, N)
            score = np.sort(best, 0)[-min(2, len(best))]
            score[index] = -1
            for other in np.argsort(-score, kind="stable")[:_KEPT_PER_VIDEO].tolist():
                pair = (min(index, other), max(index, other), mirrored)
                if pair in allowed:
                    kept.add(pair)
    return sorted(kept)


def _motion(pictures: np.ndarray) -> np.ndarray:
    """(max(1, n - lag), 64): what changed over the lag, 8×8, each of length 1."""
    change = _change(pictures)
    small = change.reshape(-1, GRID // 2, 2, GRID // 2, 2).mean((2, 4)).reshape(len(change), -1)
    return small / np.maximum(np.linalg.norm(small, axis=1, keepdims=True), 1e-3)


def _change(pictures: np.ndarray) -> np.ndarray:
    return pictures[_LAG:] - pictures[:-_LAG] if len(pictures) > _LAG else np.zeros((1, GRID * GRID), np.float32)


def _strongest(pictures: np.ndarray) -> np.ndarray:
    """Indices of the moments with most motion, at least the lag apart."""
    energy = np.linalg.norm(_change(pictures), axis=1)
    chosen: list[int] = []
    for index in np.argsort(-energy, kind="stable").tolist():
        if all(abs(index - other) >= _LAG for other in chosen):
            chosen.append(index)
        if len(chosen) == _NUM_MOMENTS:
            break
    return np.asarray(chosen)
