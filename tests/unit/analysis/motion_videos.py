"""Cameras over a made-up scene, exact to the pixel."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from frame_views import texture

SIZE_HW = (180, 320)


def seen_from(
    place_xy: Callable[[int], tuple[float, float]], num_frames: int, zoom: float = 1.0, seed: int = 5
) -> list:
    """Frames of a camera whose middle goes along a path, in pixels; every frame shows more by the factor ``zoom``."""
    scene = texture(seed, (600, 1000), grain=6.0)
    height, width = SIZE_HW
    frames = []
    for frame in range(num_frames):
        x, y = place_xy(frame)
        scale = zoom**frame
        matrix = np.array([[1 / scale, 0, 500 + x - width / 2 / scale], [0, 1 / scale, 300 + y - height / 2 / scale]])
        frames.append(cv2.warpAffine(scene, matrix, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP))
    return frames


def still(num_frames: int, seed: int = 5) -> list:
    """A camera that stands."""
    return seen_from(lambda frame: (0, 0), 1, seed=seed) * num_frames


def with_noise(frames: Sequence[np.ndarray], deviation: float) -> list:
    """Noise of a sensor, another one in every frame."""
    rng = np.random.default_rng(0)
    return [np.clip(frame + rng.normal(0, deviation, frame.shape), 0, 255).astype(np.uint8) for frame in frames]
