"""A smooth texture that is seen through a window which moves over it."""

import cv2
import numpy as np


def shifting_texture(num_frames: int, size: int, velocity_xy: tuple[float, float], seed: int = 0) -> np.ndarray:
    """(T, S, S, 3) uint8; what is seen moves by ``velocity_xy`` pixels per frame, exact between pixels."""
    rng = np.random.default_rng(seed)
    frequencies = rng.uniform(-0.35, 0.35, (12, 2))  # radians per pixel: no wave is shorter than 12 pixels
    phases, amplitudes = rng.uniform(0, 2 * np.pi, 12), rng.uniform(6, 14, 12)
    y, x = np.mgrid[:size, :size].astype(np.float64)
    frames = []
    for number in range(num_frames):
        places = np.stack([x - velocity_xy[0] * number, y - velocity_xy[1] * number], axis=-1)
        frames.append(128 + (amplitudes * np.sin(places @ frequencies.T + phases)).sum(axis=-1))
    grey = np.clip(np.rint(frames), 0, 255).astype(np.uint8)
    return np.stack([cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB) for frame in grey])


def psnr(frames: np.ndarray, others: np.ndarray) -> float:
    """Decibels, of the mean squared error over all pixels."""
    return float(10 * np.log10(255**2 / np.mean((frames.astype(np.float64) - others) ** 2)))
