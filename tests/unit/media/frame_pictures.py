"""Folders of numbered pictures for tests."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np


def noise(num_frames: int, height: int = 24, width: int = 32, seed: int = 0) -> np.ndarray:
    """Frames that no two have in common, of shape (T, H, W, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (num_frames, height, width, 3), np.uint8)


def save_frames(folder: Path, frames: np.ndarray, names: Sequence[str] = (), suffix: str = ".png") -> Path:
    """Write each frame as a picture, named by its number from 1 where no names are given."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, frame in enumerate(frames):
        name = names[index] if names else f"{index + 1:04d}{suffix}"
        is_encoded, content = cv2.imencode(Path(name).suffix.lower(), frame[..., ::-1])
        assert is_encoded
        (folder / name).write_bytes(content.tobytes())
    return folder


def huge_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return len(content).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")
