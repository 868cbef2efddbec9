"""Ways from noise to frames: along the flow by Euler's and Heun's steps, or with noise that is renewed in each step."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

Denoise = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(N, T, …) float32 noisy frames and their (N, T) float32 levels to (N, T, …) clean frames."""

NewNoise = Callable[[int], np.ndarray]
"""The number of a step, from 0, to (N, T, …) float32 of normal noise."""

METHODS = ("ancestral", "euler", "heun")


def solve_flow(
    denoise: Denoise, start: np.ndarray, is_free: np.ndarray, steps: np.ndarray, method: str, new_noise: NewNoise
) -> np.ndarray:
    """Come from noise to clean frames.

    At level s the flow is (x - clean)/s, with the clean frames that the network predicts; so the step to level 0 ends
    at them. Heun's method takes the mean of the flow at both ends of a step, for twice the work; the last step, at
    whose end there is no flow, is Euler's.

    The ancestral method takes Euler's steps and renews as much of the noise as each takes away. Where the flow keeps
    what a network has once seen in the noise, right or wrong, it forgets that little by little, so that a network of
    little training draws better (LOG.md). It ends at other frames than the flow does, of the same distribution.

    Args:
        denoise: Predicts clean frames.
        start: (N, T, …) float32: noise where a frame is free, else what is given.
        is_free: (N, T) bool; the other frames stay as they are, bit for bit, and have level 0.
        steps: (K + 1,) falling levels, from 1 to 0.
        method: ``ancestral``, ``euler`` (error falls as 1/K) or ``heun`` (as 1/K²).
        new_noise: For ``ancestral``, of each step but the last.

    Returns:
        (N, T, …) float32.

    Raises:
        ValueError: No such method, or the levels do not fall from 1 to 0.

    Source: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", arXiv:2206.00364,
    algorithm 1, with the straight line of rectified flow for their schedule. Ancestral: Song et al. 2021, "Denoising
    Diffusion Implicit Models", arXiv:2010.02502, equation 12 with the deviation of equation 16 at η = 1, there for
    noise of another schedule.
    """
    if method not in METHODS:
        raise ValueError(f"no method {method!r}: {' or '.join(METHODS)}")
    if len(steps) < 2 or steps[0] != 1 or steps[-1] != 0 or np.any(np.diff(steps) >= 0):
        raise ValueError(f"levels must fall from 1 to 0, got {steps}")
    wide = is_free.reshape(*is_free.shape, *[1] * (start.ndim - 2))
    x = start
    for number, (level, next_level) in enumerate(pairwise(steps.astype(np.float32))):
        clean = denoise(x, is_free * level)
        flow = (x - clean) / level
        following = x + (next_level - level) * flow
        if method == "heun" and next_level > 0:
            next_flow = (following - denoise(np.where(wide, following, x), is_free * next_level)) / next_level
            following = x + (next_level - level) * np.float32(0.5) * (flow + next_flow)
        if method == "ancestral" and next_level > 0:
            # Noise over picture behind the step, over that before it: so much of the old noise stays.
            old_share = next_level * (1 - level) / (level * (1 - next_level))
            new_share = np.sqrt(1 - old_share**2)
            following = following + next_level * ((old_share - 1) * (clean + flow) + new_share * new_noise(number))
        x = np.where(wide, following, x)
    return x


def falling_levels(num_steps: int, shift: float = 1.0) -> np.ndarray:
    """(K + 1,) float64: levels from 1 to 0, closer together near 1 with a larger shift.

    The more values of a clip say the same (its channels, its frames), the more noise it takes to hide what it shows; so
    that is decided at levels near 1.

    Args:
        num_steps: K.
        shift: Factor by which share of noise over share of picture grows; 1 makes even steps.

    Source: Esser et al. 2024, arXiv:2403.03206, equation 23, there for the size of pictures.

    Example:
        >>> falling_levels(4).tolist(), falling_levels(2, shift=3).tolist()
        ([1.0, 0.75, 0.5, 0.25, 0.0], [1.0, 0.75, 0.0])
    """
    even = np.linspace(1.0, 0.0, num_steps + 1)
    return shift * even / (1 + (shift - 1) * even)
