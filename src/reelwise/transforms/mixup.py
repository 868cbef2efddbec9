"""Mixup: clips of a batch are blended in pairs, and so are their targets."""

import cv2
import numpy as np


def mix_batch(
    clips: np.ndarray, targets: np.ndarray, alpha: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Blend each clip with another one of the batch.

    A share is drawn for each pair, of which the larger part goes to the clip itself, so that its sample weight keeps
    its meaning.

    Args:
        clips: (B, T, H, W, 3) uint8.
        targets: (B, C) float32.
        alpha: Of the Beta(alpha, alpha) distribution; 0.2 mixes little, 1 evenly.
        rng: Where every random number comes from.

    Returns:
        Blended clips and targets, new arrays of the same shapes and types.

    Source:
        Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412, section 2. Otherwise: a
        share per pair instead of per batch, and the larger part goes to the clip itself.
    """
    num = len(clips)
    partners = rng.permutation(num)
    shares = rng.beta(alpha, alpha, num)
    shares = np.maximum(shares, 1 - shares)
    mixtures = np.empty_like(clips)
    rows = clips.reshape(num, -1)
    for i, (partner, share) in enumerate(zip(partners, shares, strict=True)):
        cv2.addWeighted(rows[i], share, rows[partner], 1 - share, 0, dst=mixtures.reshape(num, -1)[i])
    weights = shares[:, None].astype(np.float32)
    return mixtures, weights * targets + (1 - weights) * targets[partners]
