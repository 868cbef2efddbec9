"""How sure a match is: a probability from how well two passages agree, and how much there is that could agree."""

import math

from reelwise.analysis.similarity.alignment import Alignment

_BIAS = -9.0
_WEIGHTS = {"motion": 12.0, "peak": 3.0, "still": 2.0, "level": 0.3, "moments": 0.3}


def features_of(alignment: Alignment) -> dict[str, float]:
    """What the score is made of.

    Args:
        alignment: A close look at two passages.

    Returns:
        ``motion``: correlation of what changes, in [0, 1]. ``peak``: by how much it is above that half a second and
        more beside, in [0, 1]. ``still``: how alike the mean pictures are, from 0 at a cosine of 0.8 to 1.
        ``level``: logarithm of the change in grey levels. ``moments``: logarithm of the seconds.
    """
    return {
        "motion": max(alignment.motion, 0.0),
        "peak": min(max(alignment.motion - max(alignment.motion_beside, 0.0), 0.0), 1.0),
        "still": min(max((alignment.still - 0.8) / 0.2, 0.0), 1.0),
        "level": min(max(math.log2(max(alignment.level, 0.01)), -3.0), 3.0),
        "moments": min(max(math.log2(max(alignment.end - alignment.start, 0.1)), -3.0), 4.0),
    }


def score_of(alignment: Alignment) -> float:
    """Probability in [0, 1] that the two passages are one."""
    features = features_of(alignment)
    total = _BIAS + sum(weight * features[name] for name, weight in _WEIGHTS.items())
    return 1 / (1 + math.exp(-total))
