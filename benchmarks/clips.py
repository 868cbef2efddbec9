"""The clips of the benchmarks: 10 s of 340×256 H.264 with something that moves, made once per folder."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.media.writers.writer import Encoding, write_video

HEIGHT, WIDTH = 256, 340
FRAME_RATE = Fraction(28)
SECONDS = 10


def write_clips(folder: Path, count: int) -> list[Path]:
    """``count`` different clips, ``0000.mp4`` …; existing ones are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{index:04d}.mp4" for index in range(count)]
    for index, path in enumerate(paths):
        if not path.exists():
            write_video(path, _frames(index), FRAME_RATE, encoding=Encoding(crf=23))
    return paths


def _frames(seed: int):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (HEIGHT // 16 + 2, WIDTH // 16 + 2, 3)).astype(np.float32)
    ground = np.kron(coarse, np.ones((16, 16, 1)))[: HEIGHT + 16, : WIDTH + 16]
    path = np.cumsum(rng.normal(0, 3, (int(SECONDS * FRAME_RATE), 2)), axis=0)
    for index, (down, across) in enumerate(path):
        shift = index % 16  # A slow pan, so that no frame repeats another.
        frame = ground[shift : shift + HEIGHT, shift : shift + WIDTH].copy()
        top, left = int(abs(down)) % (HEIGHT - 60), int(abs(across)) % (WIDTH - 60)
        frame[top : top + 60, left : left + 60] = rng.integers(0, 255, 3)
        noise = rng.integers(-6, 7, frame.shape[:2])[..., None]
        yield np.clip(frame + noise, 0, 255).astype(np.uint8)
