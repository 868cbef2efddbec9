"""How far few validation clips should decide what a network's heads count: accuracy by the strength of the prior.

``python benchmarks/head_weights.py`` simulates head outputs, fits their weights and judges them on fresh clips; the
table of LOG.md is from here.
"""

from itertools import product
from unittest.mock import patch

import numpy as np

from reelwise.core.output import combine_heads
from reelwise.metrics import head_weights
from reelwise.metrics.head_weights import CLASS_LIKELIHOOD, fit_head_weights

CASES = ("sound is noise", "all help", "sound alone tells", "only both tell")
STRENGTHS = (0.01, 0.5, 1.0, 3.0, 12.0)
NUM_DRAWS, NUM_FRESH = 40, 1000


def outputs_of(case: str, rng: np.random.Generator, num_clips: int, num_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, 4, C) head outputs of two streams of frames, sound and both together, and (N, C) targets."""
    targets = np.eye(num_classes)[rng.integers(num_classes, size=num_clips)]
    noise = rng.normal(size=(4, *targets.shape))
    frames = [1.6 * targets + noise[0], targets + noise[1]]
    sound = 2 * targets + 1.2 * noise[2]
    if case == "sound is noise":
        sound = 3 * noise[2]
    elif case == "sound alone tells":
        frames, sound = [3 * noise[0], 3 * noise[1]], 2.5 * targets + noise[2]
    elif case == "only both tell":
        frames, sound = [noise[0], noise[1]], noise[2]
    together = 2.5 * targets + noise[3] if case == "only both tell" else 0.5 * (frames[0] + sound) + 0.7 * noise[3]
    return np.stack([*frames, sound, together], axis=1), targets


def accuracy(case: str, num_clips: int, num_classes: int) -> float:
    """Mean over draws of the accuracy on fresh clips with weights fitted on ``num_clips``."""
    found = []
    for seed in range(NUM_DRAWS):
        rng = np.random.default_rng(seed)
        weights = fit_head_weights(*outputs_of(case, rng, num_clips, num_classes), CLASS_LIKELIHOOD)
        fresh, truth = outputs_of(case, rng, NUM_FRESH, num_classes)
        found.append((combine_heads(fresh, weights).argmax(1) == truth.argmax(1)).mean())
    return float(np.mean(found))


def main() -> None:
    """Print a row per case, number of classes and number of validation clips."""
    print(f"{'case':<20}classes  clips  " + "  ".join(f"{strength:>5g}" for strength in STRENGTHS))
    for case, num_classes, num_clips in product(CASES, (2, 6), (8, 16, 32, 100)):
        row = []
        for strength in STRENGTHS:
            with patch.object(head_weights, "PRIOR_STRENGTH", strength):
                row.append(f"{accuracy(case, num_clips, num_classes):.3f}")
        print(f"{case:<20}{num_classes:>7}  {num_clips:>5}  " + "  ".join(row), flush=True)


if __name__ == "__main__":
    main()
