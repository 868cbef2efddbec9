"""What usually moves in a set of videos, so that two of them are only alike where they move alike in unusual ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwise.datasets.recordings.fingerprints import Fingerprint, mirror

NUM_PATTERNS = 128
"""Of 256: with all of them a cropped copy is lost, with 64 two takes of one mouth are alike."""

_LEAST_VARIANCE = 1.0
"""Squared grey levels of a pattern below which it is not stretched further: there is mostly noise of encoders."""

_NOISE_VARIANCE = 0.2
"""Squared grey levels that an encoder adds to a cell, 0.45 squared."""

_MOST_SAMPLES = 600
"""Samples of a video that count: a long one does not say what is usual in all others."""


@dataclass(frozen=True, eq=False)
class UsualMotion:
    """A map of pictures after which each pattern of motion varies alike over the set (Mahalanobis whitening).

    One mouth that opens, one person who walks along one corridor: the pattern is in every take, says nothing of which
    take it is, and counts little afterwards. A copy moves alike in the rest, too.

    Args:
        patterns: (256, K) float32, orthonormal, the one that varies most first.
        variances: (K,) float64, in squared grey levels.
    """

    patterns: np.ndarray
    variances: np.ndarray

    @cached_property
    def matrix(self) -> np.ndarray:
        """(256, K) float32 for pictures as rows."""
        return (self.patterns / np.sqrt(self.variances)).astype(np.float32)

    @cached_property
    def noise(self) -> float:
        """What the noise of an encoder adds to the squared length of a picture after the map."""
        return _NOISE_VARIANCE * float(np.sum(1 / self.variances))

    def apply(self, pictures: np.ndarray) -> np.ndarray:
        """(n, K) float32."""
        return pictures.astype(np.float32) @ self.matrix

    def strongest(self, num_patterns: int) -> "UsualMotion":
        """The same by fewer patterns."""
        return UsualMotion(self.patterns[:, :num_patterns], self.variances[:num_patterns])


def learn_usual_motion(prints: Sequence[Fingerprint], num_patterns: int = NUM_PATTERNS) -> UsualMotion:
    """The usual motion of a set.

    Videos with more motion than half of the set count as if they had as much as that, so that a hand-held camera does
    not make all else look still. Mirrored pictures count as well.

    Args:
        prints: One per video.
        num_patterns: K, the strongest patterns that are kept.
    """
    scatters = []
    for item in prints:
        step = -(-len(item.whole) // _MOST_SAMPLES)
        pictures = item.whole[::step].astype(np.float32)
        moving = pictures - pictures.mean(0)
        scatters.append((moving.T @ moving / len(moving), float(np.mean(np.sum(moving * moving, 1)))))
    usual = float(np.median([amount for _, amount in scatters]))
    covariance = np.mean([scatter * min(1.0, usual / max(amount, 1e-6)) for scatter, amount in scatters], 0)
    both = (covariance + mirror(mirror(covariance).T)) / 2
    variances, patterns = np.linalg.eigh(both.astype(np.float64))
    variances = np.maximum(variances[::-1][:num_patterns], 0) + _LEAST_VARIANCE
    return UsualMotion(patterns[:, ::-1][:, :num_patterns], variances)
