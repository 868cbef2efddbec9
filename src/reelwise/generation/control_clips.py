"""Real clips that were spoilt on purpose, and noise: what a distance of generated clips is read beside."""

import cv2
import numpy as np

from reelwise.transforms.frame_noise import from_signed

_SHUFFLE_STREAM, _NOISE_STREAM = 6, 5
"""Keep these draws apart from other uses of the same seed; any different numbers would do."""

_BLUR = 1 / 16
"""Deviation of the blur, as a share of the frame's side: 2 of 32 pixels. Chosen by reasoning: the strokes of a digit
run into each other, and its place and movement stay."""


def shuffle_time(clips: np.ndarray, seed: int) -> np.ndarray:
    """Clips whose frames come in another order: every picture is real, and the movement is not.

    Args:
        clips: (N, T, H, W, 3) uint8, T > 1.
        seed: Of the orders; none is that of the clip.

    Example:
        >>> clip = np.arange(3, dtype=np.uint8).reshape(1, 3, 1, 1, 1)
        >>> sorted(shuffle_time(clip, 0).ravel().tolist()), shuffle_time(clip, 0).ravel().tolist() == [0, 1, 2]
        ([0, 1, 2], False)
    """
    rng = np.random.default_rng((seed, _SHUFFLE_STREAM))
    in_order = np.arange(clips.shape[1])
    result = np.empty_like(clips)
    for clip, target in zip(clips, result, strict=True):
        order = rng.permutation(in_order)
        while np.array_equal(order, in_order):
            order = rng.permutation(in_order)
        target[:] = clip[order]
    return result


def blur(clips: np.ndarray) -> np.ndarray:
    """Clips whose frames are blurred: the movement is real, and the pictures lack what is small.

    Args:
        clips: (N, T, H, W, 3) uint8.
    """
    deviation = _BLUR * min(clips.shape[2:4])
    frames = [cv2.GaussianBlur(frame, (0, 0), deviation) for frame in clips.reshape(-1, *clips.shape[2:])]
    return np.stack(frames).reshape(clips.shape)


def noise_clips(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Noise: what a generated clip begins as.

    Args:
        shape: (N, T, H, W, 3).
        seed: Of the noise.

    Returns:
        uint8 of that shape.
    """
    return from_signed(np.random.default_rng((seed, _NOISE_STREAM)).standard_normal(shape, np.float32))
