"""Whether a piece of a video is shown in another one: at which moment, at which speed, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from reelwise.datasets.recordings.alignment import Alignment, align
from reelwise.datasets.recordings.candidates import Candidate, Piece, step_of, view_of
from reelwise.datasets.recordings.fingerprints import GRID, RATE, Fingerprint
from reelwise.datasets.recordings.usual_motion import UsualMotion

_FIRST_SPEEDS = (1.0, 0.92, 1.08)
_SPEEDS = (0.9, 0.96, 1.04, 1 / 0.9)
"""Seconds of the other video per second of the piece: those are tried first, these where one of those came near."""

_NEAR = 0.2
"""Correlation of unusual motion from which on other speeds are tried."""

_SPEED_COST = 0.05
"""Another speed must agree by so much better: most copies keep theirs, and other takes seldom do."""

_MIN_SAMPLES = 8
"""Samples of overlap, that is 0.4 s: shorter ones may agree by chance."""

LEAST_MOTION, MOST_MOTION = 0.54, 0.62
"""Correlation of unusual motion from which on two pieces are the same, in a set whose videos are unlike and in one
whose videos are alike. Copies have 0.85 to 0.99, of one mouth 0.7, cropped ones 0.5 to 0.9; other takes up to 0.5."""

SURE_MOTION = 0.75
"""Correlation from which on a link by itself joins two sets of videos."""

_PART_SHARE, _PART_MOTION = 0.6, 0.7
"""Share of the shorter piece below which it is an overlap in part, and how much then must agree."""

_LEAST_PART = 0.3
"""Correlation in each part of the overlap: who raises and lowers a hand twice moves alike at the ends alone."""

_PLAIN_PART, _PLAIN_SAMPLES = 0.95, 20
"""Correlation of all motion in each part of an overlap of a second or more that no two takes have. Of drawn pictures
hardly any motion is unusual."""

_PART_SAMPLES, _MOST_PARTS = 8, 5
"""Samples of a part of an overlap, at least, and how many parts it has at most."""

_PLAIN_NOISE, _ROUNDING = 51.0, 1e-3
"""Squared grey levels of a picture that are noise of an encoder, 0.2 in each cell, and that are nothing."""

_MIN_STILL = 0.6
"""Correlation of the mean pictures, where there is motion."""

_SURE_STILL, _SURE_STILL_MOTION = 0.995, 0.9
"""Correlation of the mean pictures, and of the noise of encoders, where there is none."""


@dataclass(frozen=True)
class Match:
    """How a piece of a video agrees with another video.

    Args:
        motion: Correlation of what moves, against what usually moves in the set; 1 is the same.
        weakest_part: The same over the part of the overlap in which it is lowest.
        plain_part: The lowest correlation of a part where all motion counts, usual or not.
        still: Correlation of the mean pictures: of scene and camera.
        moves: Whether there is motion, so that the line means something.
        speed: Seconds of the second video per second of the first.
        offset_seconds: Moment of the second video at which the first begins; may be negative.
        num_samples: Length of the overlap, in samples of the first.
        share: That length as a share of the shorter one.
    """

    motion: float
    weakest_part: float
    plain_part: float
    still: float
    moves: bool
    speed: float
    offset_seconds: float
    num_samples: int
    share: float

    def is_same(self, least_motion: float = LEAST_MOTION) -> bool:
        """Whether the two show one recording: the same scene with the same people is not enough.

        Args:
            least_motion: By how much they must move alike.
        """
        if not self.moves:
            return self.still >= _SURE_STILL and self.motion >= _SURE_STILL_MOTION
        if self._is_plain:
            return self.still >= _MIN_STILL
        least = least_motion if self.share >= _PART_SHARE else _PART_MOTION
        return self.motion >= least and self.weakest_part >= _LEAST_PART and self.still >= _MIN_STILL

    @property
    def reverse(self) -> "Match":
        """The same from the second video to the first."""
        return replace(self, speed=1 / self.speed, offset_seconds=-self.offset_seconds / self.speed)

    @property
    def is_sure(self) -> bool:
        """Whether nothing but a copy is so much alike."""
        return not self.moves or self.motion >= SURE_MOTION or self._is_plain

    @property
    def _is_plain(self) -> bool:
        """Whether all motion agrees, usual or not, all the time."""
        is_long = self.num_samples >= _PLAIN_SAMPLES and self.share >= _PART_SHARE
        return is_long and self.plain_part >= _PLAIN_PART


@dataclass(frozen=True)
class _Line:
    """An alignment at one speed.

    Args:
        alignment: In samples of the first, of which the second was resampled.
        speed: Seconds of the second per second of the first.
        phase: Sample of the second with which it begins.
    """

    alignment: Alignment
    speed: float
    phase: int

    @property
    def rating(self) -> float:
        """How well it agrees, less what another speed costs."""
        return self.alignment.motion - _SPEED_COST * (self.speed != 1)


def match_piece(prints: Sequence[Fingerprint], candidate: Candidate, motion: UsualMotion) -> Match | None:
    """The best alignment of a piece with what lies around its candidate; None where they are too short.

    Args:
        prints: One per video.
        candidate: The piece and where it may be shown.
        motion: What usually moves.
    """
    piece, window = candidate.piece, _around(prints[candidate.other.video], candidate)
    step = min(step_of(piece), step_of(candidate.other))
    view = view_of(prints[piece.video], is_mirrored=candidate.is_mirrored, is_inner=candidate.is_inner)
    pictures = view[piece.start : piece.end]
    other = prints[candidate.other.video].whole[window.start : window.end].astype(np.float32)
    usual, usual_other = motion.apply(pictures[::step]), motion.apply(other)
    lines = [_best_line(usual, (usual_other, step), motion, _FIRST_SPEEDS)]
    if lines[0] is not None and lines[0].alignment.motion >= _NEAR:
        lines.append(_best_line(usual, (usual_other, step), motion, _SPEEDS))
    best = max((line for line in lines if line is not None), key=lambda line: line.rating, default=None)
    if best is None:
        return None
    alignment, speed, phase = best.alignment, best.speed, best.phase
    overlap = _overlap(pictures[::step].astype(np.float32), resample(other, speed * step, phase), alignment)
    agreement = max(_agreement(*both, motion) for both in (overlap, (_laid_on(*overlap), overlap[1])))
    seconds = prints[piece.video].seconds, prints[candidate.other.video].seconds
    first = float(seconds[1][window.start]) + (alignment.offset * speed * step + phase) / RATE
    return Match(
        motion=agreement[0],
        weakest_part=agreement[1],
        plain_part=_agreement(*overlap, None)[1],
        still=_correlation(*(pictures.mean(0) for pictures in overlap)),
        moves=True,
        speed=speed,
        offset_seconds=first - speed * float(seconds[0][piece.start]),
        num_samples=alignment.num_samples * step,
        share=alignment.share,
    )


def _best_line(
    usual: np.ndarray, other: tuple[np.ndarray, int], motion: UsualMotion, speeds: Sequence[float]
) -> _Line | None:
    """The best alignment of two sequences over speeds; the second has every sample, the first every ``step``-th."""
    pictures, step = other
    lines = []
    for speed, phase in product(speeds, range(step)):
        alignment = align(usual, resample(pictures, speed * step, phase), motion.noise, -(-_MIN_SAMPLES // step))
        if alignment is not None:
            lines.append(_Line(alignment, speed, phase))
    return max(lines, key=lambda line: line.rating, default=None)


def match_still(first: Fingerprint, second: Fingerprint) -> Match | None:
    """The best alignment of two videos in which nothing moves; None where they are too short."""
    alignment = align(first.whole[::2].astype(np.float32), second.whole[::2].astype(np.float32))
    if alignment is None:
        return None
    offset = alignment.offset * 2 / RATE
    return Match(
        motion=alignment.motion,
        weakest_part=alignment.motion,
        plain_part=alignment.motion,
        still=alignment.still,
        moves=False,
        speed=1.0,
        offset_seconds=offset,
        num_samples=alignment.num_samples * 2,
        share=alignment.share,
    )


def resample(pictures: np.ndarray, step: float, start: int = 0) -> np.ndarray:
    """Pictures at ``start + step * k``, interpolated.

    Example:
        >>> resample(np.array([[0.0], [1.0], [2.0], [3.0]]), 1.5).ravel().tolist()
        [0.0, 1.5, 3.0]
    """
    if step == int(step):
        return pictures[start :: int(step)]
    places = np.arange(start, len(pictures) - 1 + 1e-6, step)
    before = np.minimum(places.astype(int), len(pictures) - 2)
    weight = (places - before).astype(pictures.dtype)[:, None]
    return pictures[before] * (1 - weight) + pictures[before + 1] * weight


def _around(other: Fingerprint, candidate: Candidate) -> Piece:
    """The other piece with as much beside it as the first is long, within its run."""
    length = (candidate.piece.end - candidate.piece.start) * 9 // 8
    run = next(run for run in other.runs() if run.start <= candidate.other.start < run.stop)
    start, end = max(run.start, candidate.other.start - length), min(run.stop, candidate.other.end + length)
    return Piece(candidate.other.video, start, end)


def _overlap(first: np.ndarray, second: np.ndarray, alignment: Alignment) -> tuple[np.ndarray, np.ndarray]:
    """The samples of both that lie on each other."""
    begin, length = max(0, -alignment.offset), alignment.num_samples
    return first[begin : begin + length], second[begin + alignment.offset :][:length]


def _laid_on(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The first pictures, moved and stretched by parts of a cell as the second ones say (Lucas and Kanade, 1981).

    A crop is seldom one of the exact middle, and seldom one of exactly a tenth.
    """
    cells = first.reshape(-1, GRID, GRID)
    down, right = np.gradient(cells, axis=1), np.gradient(cells, axis=2)
    place = (np.arange(GRID, dtype=np.float32) - (GRID - 1) / 2) / GRID
    effects = [cells, down, right, down * place[:, None], right * place]
    columns = np.stack([effect.reshape(-1) for effect in effects], 1)
    weights = np.linalg.lstsq(columns.T @ columns, columns.T @ second.reshape(-1), rcond=1e-6)[0]
    result = (columns @ weights).reshape(first.shape)
    return result - result.mean(1, keepdims=True)


def _agreement(first: np.ndarray, second: np.ndarray, motion: UsualMotion | None) -> tuple[float, float]:
    """Correlation of unusual motion, or of all, over the overlap and over the part of it in which it is lowest."""
    one, other = first - first.mean(0), second - second.mean(0)
    noise = _PLAIN_NOISE
    if motion is not None:
        one, other, noise = motion.apply(one), motion.apply(other), motion.noise
    dots, squares_1, squares_2 = (np.einsum("nd,nd->n", *pair) for pair in ((one, other), (one, one), (other, other)))
    num_parts = int(np.clip(len(dots) // _PART_SAMPLES, 1, _MOST_PARTS))
    edges = np.linspace(0, len(dots), num_parts + 1).astype(int)[:-1]
    sums = [np.add.reduceat(values, edges) for values in (dots, squares_1, squares_2)]
    lengths = np.diff([*edges, len(dots)])
    parts = sums[0] / (np.sqrt(sums[1] * sums[2]) + noise * lengths + _ROUNDING)
    whole = sums[0].sum() / (np.sqrt(sums[1].sum() * sums[2].sum()) + noise * len(dots) + _ROUNDING)
    return float(whole), float(parts.min())


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other / max(np.linalg.norm(one) * np.linalg.norm(other), 1e-6))
