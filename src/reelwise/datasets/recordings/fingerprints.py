"""Fingerprints of videos: tiny grey pictures, by which the same recording is recognized."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np

from reelwise.core.frames import DecodedVideo

GRID = 16
"""Pixels along each side: coarse enough for every codec, fine enough to tell takes of one scene apart."""

RATE = 20.0
"""Samples per second: a word takes a third of one."""

MAX_SECONDS = 60.0
"""Seconds of a video that are compared where there are many; ``max_seconds`` has more where there are few."""

_TOTAL_SECONDS = 30_000.0
"""Seconds of all videos together up to which long ones are compared whole: 600 MB of prints."""

MAX_GAP_SECONDS = 1.5
"""Seconds between two frames over which nothing is interpolated: of long videos, windows are kept."""

INNER = 0.9
"""Share of width and height of the middle that is shrunk a second time: what a crop by a tenth leaves."""

# Grey from RGB as in ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

_CHUNK = 64
"""Frames that are shrunk at once."""


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """A video as grey 16×16 pictures, twenty a second.

    Brightness does not count, because the mean of every picture is subtracted. Neither does size, and at this size the
    details that codecs change are gone.

    Args:
        whole: (n, 256) float16, each picture with mean 0, in grey levels.
        inner: (n, 256) float16, the same of the middle of each frame, of which a tenth is cut away.
        seconds: (n,) float32, when each is shown; the first frame is at 0.
    """

    whole: np.ndarray
    inner: np.ndarray
    seconds: np.ndarray

    @cached_property
    def mean(self) -> np.ndarray:
        """(256,) float32: the mean picture, with length 1."""
        mean = self.whole.mean(0, dtype=np.float32)
        return mean / max(float(np.linalg.norm(mean)), 1e-6)

    @cached_property
    def level(self) -> float:
        """Amount of motion in grey levels: the standard deviation over time."""
        return float(np.sqrt(np.mean(np.var(self.whole, 0, dtype=np.float32))))

    def runs(self) -> Iterator[slice]:
        """Where samples follow each other without a gap."""
        breaks = np.flatnonzero(np.diff(self.seconds) > 1.5 / RATE) + 1
        edges = [0, *breaks.tolist(), len(self.seconds)]
        return (slice(start, end) for start, end in pairwise(edges))


def mirror(pictures: np.ndarray) -> np.ndarray:
    """(n, 256): mirror images of the pictures."""
    return pictures.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(pictures.shape)


def max_seconds(num_videos: int) -> float:
    """Seconds of each of so many videos that are compared, so that the memory has a bound.

    Example:
        >>> max_seconds(10), max_seconds(10_000)
        (3000.0, 60.0)
    """
    return max(MAX_SECONDS, _TOTAL_SECONDS / max(1, num_videos))


def make_fingerprint(video: DecodedVideo, longest_seconds: float = MAX_SECONDS) -> Fingerprint:
    """The fingerprint of decoded frames.

    Args:
        video: Frames of any square size and their times.
        longest_seconds: What is beyond is left out.
    """
    times = video.times.seconds
    moments = np.arange(times[0], min(times[-1], times[0] + longest_seconds) + 1e-9, 1 / RATE)
    before = np.clip(np.searchsorted(times, moments, "right") - 1, 0, max(0, len(times) - 2))
    after = np.minimum(before + 1, len(times) - 1)
    usual_gap = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    is_near = times[after] - times[before] <= max(MAX_GAP_SECONDS, 3 * usual_gap)
    moments, before, after = moments[is_near], before[is_near], after[is_near]
    frame_indices, places = np.unique(np.concatenate([before, after]), return_inverse=True)
    gap = np.maximum(times[after] - times[before], 1e-9)
    weight = np.clip((moments - times[before]) / gap, 0, 1).astype(np.float32)[:, None]
    grey = _shrink(video.frames, frame_indices)  # (2, frames, 256)
    first, second = grey[:, places[: len(moments)]], grey[:, places[len(moments) :]]
    pictures = first * (1 - weight) + second * weight
    pictures = (pictures - pictures.mean(2, keepdims=True)).astype(np.float16)
    return Fingerprint(pictures[0], pictures[1], (moments - times[0]).astype(np.float32))


def _shrink(frames: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """(2, len(indices), 256) float32 grey pictures by area means: of the whole frames and of their middle."""
    weights = [(_areas(frames.shape[1], share), _areas(frames.shape[2], share)) for share in (1.0, INNER)]
    result = np.empty((2, len(indices), GRID * GRID), np.float32)
    for start in range(0, len(indices), _CHUNK):
        chunk = frames[indices[start : start + _CHUNK]].astype(np.float32) @ _LUMA  # (k, H, W)
        for place, (rows, columns) in enumerate(weights):
            small = rows @ chunk @ columns.T
            result[place, start : start + _CHUNK] = small.reshape(len(chunk), -1)
    return result


@cache
def _areas(size: int, share: float) -> np.ndarray:
    """(16, size) float32: how much each pixel counts for each cell of the middle share of a side."""
    edges = (np.arange(GRID + 1) / GRID - 0.5) * share * size + size / 2
    pixels = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    weights = np.maximum(overlap, 0)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)
