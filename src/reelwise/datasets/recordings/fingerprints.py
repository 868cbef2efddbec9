"""Fingerprints of videos: tiny grey pictures, ten a second, by which the same recording is recognized."""

from dataclasses import dataclass

import numpy as np

from reelwise.core.frames import DecodedVideo

GRID = 16
"""Pixels along each side: coarse enough for every codec, fine enough to tell takes of one scene apart."""

RATE = 10.0
"""Samples per second; twice as many are stored for half steps."""

MAX_SAMPLES = 600
"""Samples: one minute, so that long videos cost no more than short ones."""

# Grey from RGB as in ITU-R BT.601.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """A video as grey 16×16 pictures, ten a second, and ten more between those.

    Brightness does not count, because the mean of every picture is subtracted. Neither does size, and at this size the
    details that codecs change are gone.

    Args:
        fine: (n, 256) float16, twenty a second, each with mean 0, in grey levels.
    """

    fine: np.ndarray

    @property
    def pictures(self) -> np.ndarray:
        """(n, 256) float32: ten a second."""
        return self.fine[::2].astype(np.float32)

    @property
    def late(self) -> np.ndarray:
        """(m, 256) float32: those half a step later, for videos that were cut between two steps."""
        return self.fine[1::2].astype(np.float32)

    @property
    def stills(self) -> np.ndarray:
        """(4, 256): mean pictures of the whole and of its first, middle and last half, each with length 1."""
        pictures = self.pictures
        n = len(pictures)
        half, quarter = max(1, n // 2), n // 4
        parts = (slice(0, n), slice(0, half), slice(quarter, quarter + half), slice(n - half, n))
        means = np.stack([pictures[part].mean(0) for part in parts])
        return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)


def mirror(pictures: np.ndarray) -> np.ndarray:
    """(n, 256): mirror images of the pictures."""
    return pictures.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(pictures.shape)


def make_fingerprint(video: DecodedVideo) -> Fingerprint:
    """The fingerprint of decoded frames; of a long video, of its first minute.

    Args:
        video: Frames of any square size and their times.
    """
    seconds = video.times.seconds
    moments = np.arange(seconds[0], seconds[-1] + 1e-9, 0.5 / RATE)[: 2 * MAX_SAMPLES]
    before = np.clip(np.searchsorted(seconds, moments, "right") - 1, 0, max(0, len(seconds) - 2))
    after = np.minimum(before + 1, len(seconds) - 1)
    frame_indices, places = np.unique(np.concatenate([before, after]), return_inverse=True)
    small = _shrink(video.frames, frame_indices)
    gap = np.maximum(seconds[after] - seconds[before], 1e-9)
    weight = np.clip((moments - seconds[before]) / gap, 0, 1).astype(np.float32)[:, None]
    first, second = small[places[: len(moments)]], small[places[len(moments) :]]
    pictures = first * (1 - weight) + second * weight
    return Fingerprint((pictures - pictures.mean(1, keepdims=True)).astype(np.float16))


def _shrink(frames: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """(len(indices), 256) float32 grey pictures by area means."""
    height, width = frames.shape[1:3]
    rows, columns = np.arange(GRID) * height // GRID, np.arange(GRID) * width // GRID
    areas = np.outer(np.diff([*rows, height]), np.diff([*columns, width])).astype(np.float32)
    result = np.empty((len(indices), GRID * GRID), np.float32)
    for place, index in enumerate(indices):
        sums = np.add.reduceat(np.add.reduceat(frames[index], rows, 0, np.uint32), columns, 1)  # (16, 16, 3)
        result[place] = ((sums @ _LUMA) / areas).ravel()
    return result
