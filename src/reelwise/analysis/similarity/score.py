"""How sure a match is: a probability from how well two passages agree, and how much there is that could agree."""

import math

from reelwise.analysis.similarity.alignment import Alignment

_BIAS = -9.3
_WEIGHTS = {"motion": 4.5, "weakest": 6.0, "peak": 2.0, "still": 1.75, "moments": 1.5}
"""Logistic regression (L2, C = 10) over close looks of benchmarks/find.py with seed 5: 33 right ones, 164 others."""

_MAX_LOG_SECONDS = 2.5
"""Six seconds: what is longer is not surer, as the looks that the weights are from are no longer."""


def features_of(alignment: Alignment) -> dict[str, float]:
    """What the score is made of.

    Args:
        alignment: A close look at two passages.

    Returns:
        ``motion``: correlation of what changes, in [0, 1]. ``peak``: by how much it is above that half a second and
        more beside, in [0, 1]. ``still``: how alike the mean pictures are, from 0 at a cosine of 0.8 to 1 at 1.
        ``weakest``: the same of its weakest part.
        ``moments``: binary logarithm of the seconds, in [-3, 2.5].
    """
    return {
        "motion": max(alignment.motion, 0.0),
        "peak": min(max(alignment.motion - max(alignment.motion_beside, 0.0), 0.0), 1.0),
        "weakest": max(alignment.weakest_part, 0.0),
        "still": min(max((alignment.still - 0.8) / 0.2, 0.0), 1.0),
        "moments": min(max(math.log2(max(alignment.end - alignment.start, 0.1)), -3.0), _MAX_LOG_SECONDS),
    }


def score_of(alignment: Alignment) -> float:
    """Probability in [0, 1] that the two passages are one."""
    features = features_of(alignment)
    total = _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
