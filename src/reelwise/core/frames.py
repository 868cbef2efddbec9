"""Frames that were decoded once, with their times."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts


@dataclass(frozen=True, eq=False)
class FrameTimes:
    """The exact presentation time of each kept frame.

    Args:
        pts: (N,) int64, strictly rising, in units of ``time_base``; the first frame of the file is at 0.
        end_pts: Where the last frame ends, by its own duration or the mean gap.
        time_base: Seconds per unit.
    """

    pts: np.ndarray
    end_pts: int
    time_base: Fraction

    def __post_init__(self) -> None:
        if self.pts.dtype != np.int64 or self.pts.ndim != 1 or len(self.pts) == 0:
            raise ValueError(f"pts must be int64 of shape (N,), N > 0, got {self.pts.dtype} {self.pts.shape}")
        if np.any(np.diff(self.pts) <= 0) or self.end_pts <= int(self.pts[-1]):
            raise ValueError("pts must rise strictly and end before end_pts")

    def __len__(self) -> int:
        return len(self.pts)

    @property
    def seconds(self) -> np.ndarray:
        """(N,) float64: the pts as seconds, for display and features."""
        return self.pts * float(self.time_base)

    @property
    def duration_seconds(self) -> Fraction:
        """From the first kept frame to the end of the last, exact."""
        return (self.end_pts - int(self.pts[0])) * self.time_base


@dataclass(frozen=True, eq=False)
class DecodedVideo:
    """The kept frames of one video (or of one segment of it), with its sound and metadata where a model reads them.

    Args:
        frames: (N, S, S, 3) uint8 RGB; often a read-only memory map of the cache.
        times: N times.
        facts: Facts about the whole file, counted while it was decoded.
        log_mel: The spectrogram of the whole track, on the clock of ``times``; no frames where there is no usable
            sound. None where no model reads sound.
        metadata: Text by column; an empty or absent value counts as missing.
        stills: (K, S, S, 3) uint8 RGB, evenly spread, from which image features are made; None where no model reads
            them, or where ``image_features`` are there already.
        image_features: (K, F) float32 of such stills; None where no model reads them.
    """

    frames: np.ndarray
    times: FrameTimes
    facts: VideoFacts
    log_mel: LogMel | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    stills: np.ndarray | None = None
    image_features: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.frames.dtype != np.uint8 or self.frames.ndim != 4 or self.frames.shape[3] != 3:
            raise ValueError(f"frames must be uint8 (N, H, W, 3), got {self.frames.dtype} {self.frames.shape}")
        if len(self.frames) != len(self.times):
            raise ValueError(f"{len(self.frames)} frames but {len(self.times)} times")
