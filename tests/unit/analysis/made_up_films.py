"""Films of soft shapes that drift, and their prints, without any file."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwise.analysis.similarity.descriptors import GEOMETRIES, PLAIN
from reelwise.analysis.similarity.prints import Print, PrintMaker
from reelwise.analysis.times import FrameClock
from reelwise.media.writers.writer import Encoding, write_video

HEIGHT, WIDTH = 45, 80


def scene(seed: int, seconds: np.ndarray) -> np.ndarray:
    """(N, 45, 80) uint8: a soft pattern, and five blobs that wander over it, at some seconds."""
    rng = np.random.default_rng(seed)
    ground = cv2.resize(rng.uniform(40, 200, (5, 8)).astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    y, x = np.arange(HEIGHT, dtype=np.float32)[:, None], np.arange(WIDTH, dtype=np.float32)[None]
    blobs = rng.uniform([0, 0, 6, -60, 0.5, 0.5], [HEIGHT, WIDTH, 12, 60, 3, 3], (5, 6))
    pictures = []
    for second in seconds:
        picture = ground.copy()
        for cy, cx, size, light, fast_y, fast_x in blobs:
            top, left = cy + 12 * np.sin(fast_y * second + cx), cx + 20 * np.sin(fast_x * second + cy)
            column, row = np.exp(-((y - top) ** 2) / (2 * size**2)), np.exp(-((x - left) ** 2) / (2 * size**2))
            picture += light * column * row
        pictures.append(np.clip(picture, 0, 255))
    return np.stack(pictures).astype(np.uint8)


def film(*parts: tuple[int, float, float], rate: float = 25.0) -> np.ndarray:
    """Scenes one after the other; each part is (seed, first second, length in seconds)."""
    return np.concatenate(
        [scene(seed, start + np.arange(round(rate * length)) / rate) for seed, start, length in parts]
    )


def write_film(path: Path, pictures: np.ndarray, rate: int = 25) -> Path:
    """The pictures as a file, twice as large."""
    frames = (np.repeat(np.kron(p, np.ones((2, 2), np.uint8))[..., None], 3, 2) for p in pictures)
    write_video(path, frames, Fraction(rate), encoding=Encoding(preset="ultrafast"))
    return path


def print_of(pictures: np.ndarray, rate: int = 25, *, is_clip: bool = False) -> Print:
    """The print of pictures at a constant rate; a clip has all geometries."""
    maker = PrintMaker(GEOMETRIES if is_clip else (PLAIN,))
    for picture in pictures:
        maker.push(picture)
    clock = FrameClock(np.arange(len(pictures), dtype=np.int64), len(pictures), Fraction(1, rate))
    return Print(clock, GEOMETRIES if is_clip else (PLAIN,), *maker.arrays())
