"""Video files whose bytes do not depend on the encoder's luck."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.files import file_sha256
from reelwise.media.writers.writer import Encoding, write_video

_MOST_ENCODINGS = 6
"""Chosen by reasoning: once in some thousand encodings differs, so two of three agree but for one in a million."""


def write_repeatable_video(
    path: Path, frames: Sequence[np.ndarray] | np.ndarray, frame_rate: Fraction, encoding: Encoding
) -> None:
    """Write a short video again until two encodings agree, and keep those bytes.

    Of small pictures x264 gives other bytes now and then, without B-frames too: once in 2,400 encodings of 32 pixels
    (LOG.md). The pictures then differ by what no eye sees, but a manifest with a hash must be repeatable.

    Args:
        path: Where the file shall be, ``.mp4``; whole at any time.
        frames: (T, H, W, 3) uint8 RGB.
        frame_rate: Frames per second.
        encoding: How it is compressed.

    Raises:
        UsageError: There are no frames.
        VideoError: The file cannot be written.
    """
    digests: set[str] = set()
    for _ in range(_MOST_ENCODINGS):
        write_video(path, frames, frame_rate, encoding=encoding)
        digest = file_sha256(path)
        if digest in digests:
            return
        digests.add(digest)
