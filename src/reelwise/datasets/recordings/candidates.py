"""Which parts of videos may show the same: each votes for others by its moments of strongest motion."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from reelwise.datasets.recordings.fingerprints import Fingerprint, mirror
from reelwise.datasets.recordings.usual_motion import UsualMotion

PIECE_SAMPLES = 240
"""Samples of a piece, 12 s: short enough that a wrong speed by two in a hundred does not matter."""

SHORT_SAMPLES = 80
"""Samples up to which each counts; of longer pieces every second one is compared."""

_LAG = 6
"""Samples, that is 0.3 s, over which motion is measured."""

_NUM_MOMENTS = 4
"""Moments of each piece that are looked for; of these the second best counts."""

_KEPT_PER_PIECE, _MOST_KEPT, _KEPT_SAMPLES = 4, 12, 320
"""Candidates of each piece, and so many more of a short one that they have 320 samples: a copy was the first in all
sets tried, but for those of half a second, which have one moment."""

_MANY_SAMPLES = 60_000
"""Samples of all videos from which on every second one is looked at, as more would take minutes."""

_LEAST_VOTE = 0.35
"""Correlation of moments below which two pieces are not compared; copies have 0.6 and more."""

_NUM_PATTERNS = 64
"""The strongest patterns of motion are enough to find candidates, and coarse, so that a crop changes them little."""

_VIEWS = ((False, False), (False, True), (True, False), (True, True))
"""Mirrored or not, the middle of frames or all of them."""

_ROUNDING = 1e-3
"""Squared length of a change that is none."""

_VOTERS = 32
"""Pieces per matrix product, which bound its memory to some hundred megabytes."""


@dataclass(frozen=True)
class Piece:
    """Some seconds of a video.

    Args:
        video: Index of the video.
        start: First sample.
        end: The sample after the last.
    """

    video: int
    start: int
    end: int


@dataclass(frozen=True)
class Candidate:
    """A piece of one video that may be shown in a piece of another, or beside it.

    Args:
        piece: The one.
        other: The other.
        is_mirrored: Whether the one is mirrored there.
        is_inner: Whether the other shows only the middle of the one's frames.
    """

    piece: Piece
    other: Piece
    is_mirrored: bool
    is_inner: bool


def cut_pieces(prints: Sequence[Fingerprint]) -> list[Piece]:
    """All videos as pieces of 12 s or less, in order; the last two of a run are of one length."""
    pieces = []
    for video, item in enumerate(prints):
        for run in item.runs():
            num = max(1, round((run.stop - run.start) / PIECE_SAMPLES))
            edges = np.linspace(run.start, run.stop, num + 1).astype(int).tolist()
            pieces += [Piece(video, start, end) for start, end in pairwise(edges) if end - start > 1]
    return pieces


def find_candidates(
    prints: Sequence[Fingerprint], pieces: Sequence[Piece], motion: UsualMotion, apart: Sequence[int]
) -> list[Candidate]:
    """The few other pieces in which each piece may be shown.

    Args:
        prints: One per video.
        pieces: All pieces, in the order of videos.
        motion: By whose patterns moments are compared.
        apart: One number per video; those with the same number are not compared.
    """
    if not pieces:
        return []
    motion = motion.strongest(_NUM_PATTERNS)
    step = 1 if sum(piece.end - piece.start for piece in pieces) <= _MANY_SAMPLES else 2
    moments = [_unit(_changes(prints[p.video].whole[p.start : p.end], motion)[::step], motion) for p in pieces]
    owners = np.concatenate([[0], np.cumsum([len(item) for item in moments])])[:-1]
    everything = np.concatenate(moments).T  # (K, M)
    homes = np.array([apart[piece.video] for piece in pieces])
    candidates: dict[tuple[int, int, bool, bool], Candidate] = {}
    for begin in range(0, len(pieces), _VOTERS):
        voters = pieces[begin : begin + _VOTERS]
        by_view = np.stack([_votes(prints, voters, motion, (everything, owners), view) for view in _VIEWS])
        votes, views = by_view.max(0), by_view.argmax(0)
        votes[homes[begin : begin + _VOTERS, None] == homes] = -1
        for row, order in enumerate(np.argsort(-votes, axis=1, kind="stable")[:, :_MOST_KEPT].tolist()):
            num = max(_KEPT_PER_PIECE, _KEPT_SAMPLES // (voters[row].end - voters[row].start))
            for other in (number for number in order[:num] if votes[row, number] >= _LEAST_VOTE):
                is_mirrored, is_inner = _VIEWS[views[row, other]]
                ends = [begin + row, other] if is_inner else sorted((begin + row, other))
                candidate = Candidate(voters[row], pieces[other], is_mirrored, is_inner)
                candidates.setdefault((ends[0], ends[1], is_mirrored, is_inner), candidate)
    return list(candidates.values())


def step_of(piece: Piece) -> int:
    """Samples from one that is compared to the next."""
    return 1 if piece.end - piece.start <= SHORT_SAMPLES else 2


def view_of(item: Fingerprint, *, is_mirrored: bool, is_inner: bool) -> np.ndarray:
    """(n, 256): the pictures of a video, as a mirrored or cropped copy shows them."""
    pictures = item.inner if is_inner else item.whole
    return mirror(pictures) if is_mirrored else pictures


def _votes(
    prints: Sequence[Fingerprint],
    voters: Sequence[Piece],
    motion: UsualMotion,
    moments: tuple[np.ndarray, np.ndarray],
    view: tuple[bool, bool],
) -> np.ndarray:
    """(V, P): of the strongest moments of each voter, how well the second best is seen again in each piece."""
    everything, owners = moments
    strongest = []
    for piece in voters:
        pictures = view_of(prints[piece.video], is_mirrored=view[0], is_inner=view[1])
        strongest.append(_strongest(_changes(pictures[piece.start : piece.end], motion)))
    similarity = _unit(np.concatenate(strongest), motion) @ everything  # (V * 4, M)
    best = np.maximum.reduceat(similarity, owners, axis=1).reshape(len(voters), _NUM_MOMENTS, -1)
    return np.sort(best, 1)[:, -2]


def _changes(pictures: np.ndarray, motion: UsualMotion) -> np.ndarray:
    """(max(1, n - lag), K): what changed over the lag."""
    usual = motion.apply(pictures)
    lag = min(_LAG, len(usual) - 1)
    return usual[lag:] - usual[:-lag]


def _unit(changes: np.ndarray, motion: UsualMotion) -> np.ndarray:
    """Changes of length 1; shorter where there is little more than noise, which is in both ends of a change."""
    squares = np.sum(changes * changes, 1, keepdims=True)
    return changes / np.sqrt(squares + 2 * motion.noise + _ROUNDING)


def _strongest(changes: np.ndarray) -> np.ndarray:
    """(4, K): the moments with most motion, at least the lag apart; of few, the last again."""
    energy = np.linalg.norm(changes, axis=1)
    indices: list[int] = []
    for index in np.argsort(-energy, kind="stable").tolist():
        if all(abs(index - other) >= _LAG for other in indices):
            indices.append(index)
        if len(indices) == _NUM_MOMENTS:
            break
    return changes[(indices + indices[-1:] * _NUM_MOMENTS)[:_NUM_MOMENTS]]
