"""The same recording under two names: re-encoded, mirrored, trimmed, cropped, faster, slower, rescaled, brightened."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from reelwise.datasets.recordings.candidates import Candidate, cut_pieces, find_candidates
from reelwise.datasets.recordings.fingerprints import GRID, Fingerprint
from reelwise.datasets.recordings.matches import LEAST_MOTION, MOST_MOTION, Match, match_piece, match_still
from reelwise.datasets.recordings.usual_motion import learn_usual_motion

_LITTLE_MOTION = 0.5
"""Grey levels of standard deviation over time under which a video counts as still."""

_ALIKE = 0.995
"""Correlation of mean pictures under which two still videos are not compared further."""

_KEPT_STILL = 12
"""Candidates of each still video: many may show one title."""

_LEAST_SHARE = 0.3
"""Share of the pieces of the shorter video that must be in the other: series share their opening."""

_SPREADS = 4.5
"""How many spreads above the usual score of candidates a copy must be."""

_FEW_CANDIDATES = 20
"""Candidates below which nothing is usual."""


@dataclass(frozen=True)
class Duplicate:
    """Two videos that show one recording.

    Args:
        first: Index of the one.
        second: Index of the other, larger.
        is_mirrored: Whether one is the mirror image of the other.
        is_cropped: Whether one shows only the middle of the other.
        match: How they agree, from the first to the second.
    """

    first: int
    second: int
    is_mirrored: bool
    is_cropped: bool
    match: Match


def find_duplicates(prints: Sequence[Fingerprint], apart: Sequence[int] | None = None) -> list[Duplicate]:
    """All pairs that show the same recording.

    What moves in a pair is compared with what usually moves in the set, so that many takes of one scene are not alike.
    Each piece of a video votes for the few others in which its strongest moments are seen again, by one matrix product,
    so that a few thousand videos take seconds and not hours. Those are aligned in time.

    Args:
        prints: One per video.
        apart: One number per video; pairs with the same number are not compared (segments of one file).

    Returns:
        Pairs in order of their indices.
    """
    if len(prints) < 2:
        return []
    apart = list(apart) if apart is not None else list(range(len(prints)))
    # Thousands of small products: more than one thread would spend its time waiting (6 to 14 times slower here).
    with threadpool_limits(1, "blas"):
        pairs = [*_moving_pairs(prints, apart), *_still_pairs(prints, apart)]
    best: dict[tuple[int, int], Duplicate] = {}
    for pair in pairs:
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
        members_of_both = home.get(first, {first}) | home.get(second, {second})
        for index in members_of_both:
            home[index] = members_of_both
    return sorted({tuple(sorted(members)) for members in home.values()})


def without_chains(duplicates: Sequence[Duplicate]) -> list[Duplicate]:
    """The pairs without those by which a chain of weak links would join videos that are not alike.

    Videos with links that are sure are one; weak links join only where each of those is linked with each other.

    Args:
        duplicates: All pairs.
    """
    sure = join_sets((pair.first, pair.second) for pair in duplicates if pair.match.is_sure)
    core = {video: members[0] for members in sure for video in members}
    ends = [(core.get(pair.first, pair.first), core.get(pair.second, pair.second)) for pair in duplicates]
    links = {frozenset(pair) for pair in ends}
    home = {number: {number} for pair in ends for number in pair}
    rest = []
    for place in sorted(range(len(ends)), key=lambda place: -duplicates[place].match.motion):
        one, other = (home[number] for number in ends[place])
        if one is not other:
            if any(frozenset((a, b)) not in links for a in one for b in other):
                continue
            one |= other
            home.update(dict.fromkeys(other, one))
        rest.append(duplicates[place])
    return sorted(rest, key=lambda pair: (pair.first, pair.second))


def _moving_pairs(prints: Sequence[Fingerprint], apart: Sequence[int]) -> Iterator[Duplicate]:
    motion, pieces = learn_usual_motion(prints), cut_pieces(prints)
    matches = [
        (candidate, match)
        for candidate in find_candidates(prints, pieces, motion, apart)
        if (match := match_piece(prints, candidate, motion)) is not None
    ]
    least = _least_motion([match.motion for _, match in matches])
    by_pair: dict[tuple[int, int], list[tuple[Candidate, Match]]] = defaultdict(list)
    for candidate, match in matches:
        if match.is_same(least):
            ends = sorted((candidate.piece.video, candidate.other.video))
            by_pair[ends[0], ends[1]].append((candidate, match))
    num_pieces = np.bincount([piece.video for piece in pieces], minlength=len(prints))
    for (first, second), same_pieces in by_pair.items():
        shorter = first if num_pieces[first] <= num_pieces[second] else second
        in_both = {piece for candidate, _ in same_pieces for piece in (candidate.piece, candidate.other)}
        if sum(piece.video == shorter for piece in in_both) < _LEAST_SHARE * num_pieces[shorter]:
            continue
        candidate, match = max(same_pieces, key=lambda item: item[1].motion)
        match = match if candidate.piece.video == first else match.reverse
        yield Duplicate(first, second, candidate.is_mirrored, candidate.is_inner, match)


def _least_motion(scores: Sequence[float]) -> float:
    """By how much copies must move alike: more where candidates, most of them no copies, are much alike."""
    if len(scores) < _FEW_CANDIDATES:
        return LEAST_MOTION
    low, usual = np.quantile(scores, [0.16, 0.5])
    return float(np.clip(usual + _SPREADS * (usual - low), LEAST_MOTION, MOST_MOTION))


def _still_pairs(prints: Sequence[Fingerprint], apart: Sequence[int]) -> Iterator[Duplicate]:
    """Pairs in which nothing moves."""
    still = [number for number, item in enumerate(prints) if item.level < _LITTLE_MOTION]
    means = np.stack([prints[number].mean for number in still]) if still else np.zeros((0, GRID * GRID), np.float32)
    for row, number in enumerate(still):
        likeness = means @ means[row]
        for other in np.argsort(-likeness, kind="stable")[: _KEPT_STILL + 1].tolist():
            first, second = sorted((number, still[other]))
            if apart[first] == apart[second] or likeness[other] < _ALIKE:
                continue
            match = match_still(prints[first], prints[second])
            if match is not None and match.is_same():
                yield Duplicate(first, second, False, False, match)
