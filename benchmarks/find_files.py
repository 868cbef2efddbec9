"""Clips as files, and `reelwise find` as a user runs it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

TICKS = 1000
"""Of Matroska, per second."""


def write_clip(path: Path, pictures: np.ndarray, seconds: np.ndarray) -> Path:
    """Encode pictures by x264 at its usual rate factor.

    Args:
        path: A Matroska file.
        pictures: (N, H, W) uint8 grey; an odd last row or column is left out.
        seconds: (N,) of the frames.
    """
    pictures = pictures[:, : pictures.shape[1] // 2 * 2, : pictures.shape[2] // 2 * 2]
    with av.open(path, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=30, options={"crf": "23", "preset": "veryfast"})
        stream.height, stream.width, stream.pix_fmt = pictures.shape[1], pictures.shape[2], "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        for picture, second in zip(pictures, seconds, strict=True):
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="gray")
            frame.pts, frame.time_base = round(second * TICKS), Fraction(1, TICKS)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def find_by_command(clip: Path, films: Sequence[Path], cache: Path) -> dict[str, Any] | None:
    """The first match that the command prints as JSON; None where there is none.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    command = [sys.executable, "-m", "reelwise", "find", str(clip), *map(str, films), "--json", "--quiet"]
    result = subprocess.run([*command, "--cache-dir", str(cache)], check=True, capture_output=True, text=True)
    matches = json.loads(result.stdout)["matches"]
    return matches[0] if matches else None
