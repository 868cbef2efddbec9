"""How sure a match is: a probability from how well two passages agree, and how much there is that could agree."""

import math

from reelwise.analysis.similarity.agreement import MIN_CEILING, ceiling_of
from reelwise.analysis.similarity.alignment import Alignment

_BIAS = -19.5
_WEIGHTS = {"motion": 4.0, "peak": 3.0, "weakest": 6.0, "quick": 8.0, "still": 2.5, "moments": 1.5}
"""Near a logistic regression over 1,041 close looks of benchmarks/find.py at seeds 5 to 7, 717 of them right.
``moments`` is held lower than it has it (3): long takes of one room are alike for minutes."""

_NOTHING_QUICK = 3.0 / 8.0
"""What stands for ``quick`` where nothing is: the regression has 2 to 3 of the 8 for it."""

_NOTHING_BUT_MOTION = 2.0 / 8.0
"""Added to it as slow changes agree from 0.7 to 1: then they are no noise, however faint."""

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
    ceiling = max(float(ceiling_of(alignment.level**2)), MIN_CEILING)
    return {
        "motion": _share(alignment.motion, ceiling),
        "peak": _share(alignment.motion - max(alignment.motion_beside, 0.0), ceiling),
        "weakest": min(max(alignment.weakest_part, 0.0), 1.0),
        "quick": _share(alignment.quick, 1.0) if alignment.quick is not None else _without_quick(alignment.motion),
        "still": min(max((alignment.still - 0.8) / 0.2, 0.0), 1.0),
        "moments": min(max(math.log2(max(alignment.end - alignment.start, 0.1)), -3.0), _MAX_LOG_SECONDS),
    }


def score_of(alignment: Alignment) -> float:
    """Probability in [0, 1] that the two passages are one."""
    features = features_of(alignment)
    total = _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))


def _without_quick(motion: float) -> float:
    return _NOTHING_QUICK + _NOTHING_BUT_MOTION * _share(motion - 0.7, 0.3)


def _share(correlation: float, ceiling: float) -> float:
    return min(max(correlation / ceiling, 0.0), 1.0)
