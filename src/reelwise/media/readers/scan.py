"""The facts of a video, from decoding it."""

import time
from collections.abc import Callable
from pathlib import Path

from reelwise.core.video import VideoFacts
from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.readers.pyav_reader import PyAVReader

_COUNT_SECONDS = 3.0
"""Seconds for counting by packets after the deadline; then the number of frames is estimated."""


def scan_video(
    path: Path,
    *,
    deadline_seconds: float | None = None,
    limits: ReadLimits = READ_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> VideoFacts:
    """The facts of one video, from decoding all of it; no picture is converted or kept.

    Args:
        path: A local file.
        deadline_seconds: After so much decoding the rest is counted by packets, three seconds at most, then
            estimated; a warning says so.
        limits: What the file may ask for.
        progress: Called after each packet with the numbers of frames decoded and bytes read.

    Raises:
        VideoError: The file is refused.
    """
    stop_at = None if deadline_seconds is None else time.monotonic() + deadline_seconds
    with PyAVReader(Path(path), limits=limits, progress=progress) as reader:
        for _ in reader:
            if stop_at is not None and time.monotonic() > stop_at:
                reader.count_rest(_COUNT_SECONDS)
                break
        return reader.facts()
