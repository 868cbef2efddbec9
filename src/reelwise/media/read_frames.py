"""All frames of a video, or some, as one array in memory: for short videos and for teaching."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from reelwise.core.errors import UsageError, VideoError
from reelwise.core.file_systems import free_bytes
from reelwise.core.memory_maps import map_array
from reelwise.core.video import VideoFacts
from reelwise.media.decode_many import perform_one
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.limits import MAX_LISTED_FRAMES, WORKER_LIMITS
from reelwise.media.requests.read import ReadTask
from reelwise.media.requests.scan import ScanTask

_SHARE_OF_MEMORY = 0.8
"""Of the free memory: the rest is for whatever else runs."""

_SHARED_MEMORY = Path("/dev/shm")
"""A folder in memory on Linux: frames written there are never copied to a disk."""

_SPARE_BYTES = 64 << 20
"""Room that a temporary folder keeps for others."""


def read_frames(path: Path, start: int = 0, num_frames: int | None = None, *, reader: str = "opencv") -> np.ndarray:
    """Frames of a video at its own size, decoded in a limited worker process.

    Args:
        path: A local file.
        start: 0-based index of the first frame.
        num_frames: How many; None for all that follow.
        reader: ``opencv`` or ``pyav``: both give the same frames, or the first says why it cannot.

    Returns:
        (T, H, W, 3) uint8 RGB, upright; its memory is the file's that the worker wrote, and is not copied.

    Raises:
        UsageError: ``start`` or ``num_frames`` is negative or zero.
        VideoError: The file is refused, has too few frames, or its frames would not fit in memory.
    """
    if start < 0 or (num_frames is not None and num_frames < 1):
        raise UsageError(f"start {start} and num_frames {num_frames} do not name any frames.", hint="Count from 0.")
    path = Path(path)
    facts: VideoFacts = perform_one(ScanTask(path))
    left = facts.num_frames - start
    count = left if num_frames is None else num_frames
    if left <= 0 or count > left:
        raise VideoError(
            f"{path.name}: frames {start} to {start + max(count, 1) - 1} are asked for, it has {facts.num_frames}.",
            hint="Ask for fewer frames.",
        )
    num_bytes = count * facts.height * facts.width * 3
    _check_fits(path, count, num_bytes)
    with tempfile.TemporaryDirectory(prefix="reelwise-", dir=_roomy_folder(path, num_bytes)) as folder:
        output = Path(folder) / "frames"
        limits = replace(WORKER_LIMITS, output_bytes=max(num_bytes + 1, WORKER_LIMITS.output_bytes))
        result: DecodeResult = perform_one(ReadTask(path, reader, start, count, output), limits=limits)
        if isinstance(result.segments[0], VideoError):
            raise result.segments[0]
        return np.asarray(map_array(output, np.uint8, (count, facts.height, facts.width, 3), "r+"))


def _check_fits(path: Path, count: int, num_bytes: int) -> None:
    available = int(psutil.virtual_memory().available * _SHARE_OF_MEMORY)
    if count > MAX_LISTED_FRAMES or num_bytes > available:
        raise VideoError(
            f"{path.name}: {count} frames take {num_bytes / 2**30:.1f} GiB, {available / 2**30:.1f} GiB of memory are"
            f" free and {MAX_LISTED_FRAMES} frames are the most.",
            hint="Ask for fewer frames with num_frames, or read them one by one.",
        )


def _roomy_folder(path: Path, num_bytes: int) -> Path | None:
    folders = [folder for folder in (_SHARED_MEMORY, Path(tempfile.gettempdir())) if folder.is_dir()]
    for folder in folders:
        if free_bytes(folder) > num_bytes + _SPARE_BYTES:
            return folder
    raise VideoError(
        f"{path.name}: its frames take {num_bytes / 2**30:.1f} GiB, and no temporary folder has that.",
        hint="Ask for fewer frames with num_frames, or set TMPDIR to a folder with room.",
    )
