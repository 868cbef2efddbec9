"""How sure a match is: a probability from how well two passages agree, and how much there is that could agree."""

import math

from reelwise.analysis.similarity.alignment import Alignment

_BIAS = -12.6
_WEIGHTS = {"motion": 5.5, "weakest": 5.0, "peak": 1.8, "still": 4.0, "moments": 1.5}
"""Near a logistic regression over 211 close looks of benchmarks/find.py at other seeds, 47 of them right. ``moments``
is held lower than it has it (2.8): long takes of one room are alike for minutes."""

_NOISE = 0.06
"""Squared grey levels that a codec, a crop or rounding add to what changes: a quarter of a grey level."""

_LOWEST_CEILING = 0.4
"""Where next to nothing changes, the correlation of noise is not to be taken for that of motion."""

_MAX_LOG_SECONDS = 2.5
"""Six seconds: what is longer is not surer, as the looks that the weights are from are no longer."""


def features_of(alignment: Alignment) -> dict[str, float]:
    """What the score is made of.

    Args:
        alignment: A close look at two passages.

    Returns:
        ``motion``: correlation of what changes, as a share of what noise leaves possible, in [0, 1]. ``peak``: by how
        much it is above that half a second and more beside. ``weakest``: the same of its weakest part. ``still``: how
        alike the mean pictures are, from 0 at a cosine of 0.8 to 1 at 1. ``moments``: binary logarithm of the seconds,
        in [-3, 2.5].
    """
    change = alignment.level**2
    ceiling = max(change / (change + _NOISE), _LOWEST_CEILING)
    return {
        "motion": _share(alignment.motion, ceiling),
        "peak": _share(alignment.motion - max(alignment.motion_beside, 0.0), ceiling),
        "weakest": _share(alignment.weakest_part, ceiling),
        "still": min(max((alignment.still - 0.8) / 0.2, 0.0), 1.0),
        "moments": min(max(math.log2(max(alignment.end - alignment.start, 0.1)), -3.0), _MAX_LOG_SECONDS),
    }


def score_of(alignment: Alignment) -> float:
    """Probability in [0, 1] that the two passages are one."""
    features = features_of(alignment)
    total = _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))


def _share(correlation: float, ceiling: float) -> float:
    return min(max(correlation / ceiling, 0.0), 1.0)
