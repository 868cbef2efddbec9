"""Noise for the training of a denoiser: how much each frame of a clip gets, and the clip with it."""

from dataclasses import dataclass

import numpy as np

_SMALLEST_LEVEL = 0.05
"""Below it the weight of an error grows no more: 1/level² would rule the loss by frames that are nearly clean. Source:
Li and He 2025, arXiv:2511.13720, section 4.3."""


@dataclass(frozen=True)
class NoiseSettings:
    """How levels of noise are drawn; a level is the share of noise in a frame, from 0 to 1.

    The level of a clip is the logistic function of a normal number. The shares say which frames get it, so that one
    network learns all the tasks that are asked of it: all of them; all behind some first ones, which are given; all
    between the first and the last; or every frame one of its own. Given frames have level 0.

    Args:
        mean: Of the normal number; above 0 there is more noise than picture. The more values of a clip say the same,
            the more noise it takes to hide what they show, so it is far above 0.
        deviation: Of the normal number.
        share_first: Of clips whose first frames are given.
        share_ends: Of clips whose first and last frames are given.
        share_own: Of clips in which every frame has a level of its own.
        label_dropout: Share of clips whose label is taken away, so that the network also learns to do without.

    Raises:
        ValueError: A share is out of [0, 1], the shares sum to more than 1, or the deviation is not above 0.

    Source: Esser et al. 2024, "Scaling Rectified Flow Transformers", arXiv:2403.03206, section 3.1, logit-normal
    times; Ho and Salimans 2022, "Classifier-Free Diffusion Guidance", arXiv:2207.12598, algorithm 1, label dropout;
    Chen et al. 2024, "Diffusion Forcing", arXiv:2407.01392, a level for each frame.
    """

    mean: float = 2.0
    deviation: float = 1.2
    share_first: float = 0.15
    share_ends: float = 0.1
    share_own: float = 0.05
    label_dropout: float = 0.1

    def __post_init__(self) -> None:
        shares = (self.share_first, self.share_ends, self.share_own, self.label_dropout)
        if min(shares) < 0 or max(shares) > 1 or sum(shares[:3]) > 1 + 1e-9 or self.deviation <= 0:
            raise ValueError(f"shares or deviation are out of range: {self}")


def draw_levels(num_frames: int, settings: NoiseSettings, rng: np.random.Generator) -> np.ndarray:
    """The noise levels of one training clip.

    Args:
        num_frames: T.
        settings: How they are drawn.
        rng: Gives the numbers; always as many, whatever comes of them.

    Returns:
        (T,) float32 in [0, 1]; 0 where a frame is given. At least one is more.
    """
    place, num_given, num_first, num_last = rng.random(4)
    levels = 1 / (1 + np.exp(-(settings.mean + settings.deviation * rng.standard_normal(num_frames))))
    if place < settings.share_own:
        return levels.astype(np.float32)
    levels[:] = levels[0]
    if place < settings.share_own + settings.share_first and num_frames > 1:
        levels[: 1 + int(num_given * (num_frames - 1))] = 0
    elif place < settings.share_own + settings.share_first + settings.share_ends and num_frames > 2:
        first, last = _ends(num_frames, num_first, num_last)
        levels[:first] = levels[num_frames - last :] = 0
    return levels.astype(np.float32)


def add_noise(frames: np.ndarray, levels: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Frames on the straight line from the clean ones to noise.

    Args:
        frames: (…, T, S, S, 3) float32.
        levels: (…, T) float32 in [0, 1].
        noise: As ``frames``.

    Returns:
        (1 - level) * frames + level * noise, float32; frames of level 0 come back bit for bit.

    Source: Liu et al. 2022, "Flow Straight and Fast", arXiv:2209.03003, equation 1.
    """
    share = levels[..., None, None, None]
    return (1 - share) * frames + share * noise


def level_weights(levels: np.ndarray) -> np.ndarray:
    """The weight of each frame's squared error of the clean picture in the loss.

    The error of the flow, noise - frame, is that of the clean picture divided by the level. So this loss is that of the
    flow, with less weight for nearly clean frames, averaged over the noisy frames of a clip.

    Args:
        levels: (T,) float32; 0 marks frames that are given, which have no weight.

    Returns:
        (T,) float32: 1/level² divided by the number of noisy frames.

    Example:
        >>> level_weights(np.array([0, 0.5, 1], np.float32)).tolist()
        [0.0, 2.0, 0.5]
    """
    is_noisy = levels > 0
    weights = is_noisy / np.maximum(levels, _SMALLEST_LEVEL) ** 2
    return (weights / max(1, int(is_noisy.sum()))).astype(np.float32)


def to_signed(frames: np.ndarray) -> np.ndarray:
    """uint8 to float32 in [-1, 1].

    Args:
        frames: Of any shape.
    """
    return frames.astype(np.float32) * np.float32(1 / 127.5) - np.float32(1)


def from_signed(frames: np.ndarray) -> np.ndarray:
    """float32 to uint8, what is outside of [-1, 1] cut off.

    Args:
        frames: Of any shape.

    Example:
        >>> every_value = np.arange(256, dtype=np.uint8)
        >>> bool((from_signed(to_signed(every_value)) == every_value).all())
        True
    """
    return np.rint((np.clip(frames, -1, 1) + 1) * 127.5).astype(np.uint8)


def _ends(num_frames: int, num_first: float, num_last: float) -> tuple[int, int]:
    """How many frames are given at both ends, from two numbers in [0, 1): few of them, and two noisy ones or more."""
    most = max(1, (num_frames - 2) // 3)
    return 1 + int(num_first * most), 1 + int(num_last * most)
