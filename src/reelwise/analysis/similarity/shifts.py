"""The last look at a line: where a clip's picture lies a little beside the film's, motion alone gives a wrong time.

Who walks to the left is seen further left both by a picture that was cropped a little to the right and by a later one.
"""

from dataclasses import dataclass

import numpy as np

from reelwise.analysis.similarity.agreement import NOISE, changes_of, segment_means
from reelwise.analysis.similarity.descriptors import GRID, NUM_VALUES

LEAST_REST = 2e-4
"""Share of the variance: rounding leaves no less."""

_SHIFT, _ZOOM = 0.2, 0.04
"""By how much a picture usually lies beside another: in cells, a fortieth of a side; as a part of its size."""

_LIKELY_SHARE, _STILL_SHARE = 2e-3, 2e-4
"""Share of the variance that such a shift must explain to be worth it: of what changes, and of the still picture."""

_UNLIKELY = 1 / np.array([np.inf, _SHIFT, _SHIFT, _ZOOM, _ZOOM]) ** 2

_LEAST_WEIGHT = 0.2
"""Of the film's own picture in that of the clip; with less, the two are not alike enough to tell a shift."""

_FROM_CENTRE = np.arange(GRID) - (GRID - 1) / 2


@dataclass(frozen=True, eq=False)
class Shift:
    """How a clip's picture lies beside that of a film.

    Args:
        weights: (5,) of the film, its two gradients, and these times the place, by the still pictures alone: what
            moves would explain by a shift what is another take.
        rest_share: The share of the variance of what changes that the film leaves when it may be shifted so, in [0, 1].
    """

    weights: np.ndarray
    rest_share: float

    def undo(self, clip: np.ndarray) -> np.ndarray:
        """The clip laid on the film, to first order; as it is where the two are hardly alike.

        Args:
            clip: (M, 64) descriptors.

        Returns:
            (M, 64) float32; plain rows stay zero.
        """
        if self.weights[0] < _LEAST_WEIGHT:
            return clip
        fields = _gradients(clip)
        shares = (self.weights[1:] / self.weights[0]).astype(np.float32)
        return clip - np.tensordot(shares, fields, 1).astype(np.float32)


def fit_shift(
    clip: np.ndarray, film: np.ndarray, segments: np.ndarray, cell_weights: np.ndarray | None = None
) -> Shift:
    """How a clip lies beside a film along a line, and what that leaves unexplained.

    The mean pictures say by how much: they do not change with time. What moves has the last word on the rest.

    Args:
        clip: (M, 64) descriptors.
        film: (M, 64) descriptors of the frames that a line lays on them.
        segments: (S,) first frames of the clip's shots.
        cell_weights: (64,) how much each cell counts; None for all alike.

    Example:
        >>> film = np.random.default_rng(0).normal(size=(20, 64))
        >>> fit_shift(2 * film, film, np.zeros(1, int)).rest_share < 0.001
        True
    """
    clip_means, film_means = (segment_means(each, segments) for each in (clip, film))
    cells = np.ones(NUM_VALUES) if cell_weights is None else cell_weights
    weights, _ = _fit(clip_means, film_means, cells, np.zeros(5), _STILL_SHARE)
    clip_changes, film_changes = (changes_of(each, segments) for each in (clip, film))
    _, share = _fit(clip_changes, film_changes, cells, weights, _LIKELY_SHARE)
    return Shift(weights, share)


def _fit(
    clip: np.ndarray, film: np.ndarray, cells: np.ndarray, likely: np.ndarray, share: float
) -> tuple[np.ndarray, float]:
    """A clip as a weighted sum of a film, of its two gradients, and of these times the place.

    A small shift of a picture changes it by its gradient, a small zoom by the gradient times the place. One set of
    weights holds for all frames, since a crop does not move, and what differs from the likely ones costs.

    Args:
        clip: (M, 64).
        film: (M, 64).
        cells: (64,) how much each counts.
        likely: (5,) weights; the first, of the film itself, is free.
        share: Of the variance: the cost of a shift or zoom by its usual size.

    Returns:
        (5,) weights, and the share of the variance that is left, costs included.

    Source: Lucas and Kanade 1981, "An iterative image registration technique", section 4, with a ridge.
    """
    target = (clip.astype(np.float64) * cells).reshape(-1)
    terms = np.concatenate([film[None].astype(np.float64), _gradients(film)])
    terms = (terms * cells).reshape(len(terms), -1)  # (5, M * 64)
    energy = float(target @ target) + NOISE
    products, squares, ridge = terms @ target, terms @ terms.T, _UNLIKELY * share * energy + NOISE
    weights = np.linalg.solve(squares + np.diag(ridge), products + ridge * likely)
    rest = energy - 2 * weights @ products + weights @ squares @ weights
    costs = ridge[1:] @ (weights - likely)[1:] ** 2
    return weights, float(rest + costs) / energy


def _gradients(values: np.ndarray) -> np.ndarray:
    """(4, M, 64) float64: across and down, and both times the place from the centre, of (M, 64) pictures."""
    grids = values.reshape(-1, GRID, GRID).astype(np.float64)
    across, down = np.gradient(grids, axis=2), np.gradient(grids, axis=1)
    return np.stack([across, down, across * _FROM_CENTRE, down * _FROM_CENTRE[:, None]]).reshape(4, *values.shape)
