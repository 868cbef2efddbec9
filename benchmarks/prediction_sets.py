"""The decoded videos of the benchmarks of prediction: moving digits, and real clips of people."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.core.window import WindowSpec
from shot_sources import DATA

FRAME_RATE = 25
"""Frames per second of moving digits."""


@dataclass(frozen=True, eq=False)
class PredictionSet:
    """Videos to predict, and which of them are for training.

    Args:
        name: Of the table.
        videos: N decoded videos.
        groups: The source of each, for intervals.
        splits: ``train``, ``val`` or ``test`` of each.
        spec: Which frames make a window.
    """

    name: str
    videos: Sequence[DecodedVideo]
    groups: Sequence[str]
    splits: Sequence[str]
    spec: WindowSpec

    @property
    def size(self) -> int:
        """Pixels along each side."""
        return self.videos[0].frames.shape[1]

    def rows(self, split: str) -> list[int]:
        """The videos of one split."""
        return [row for row, word in enumerate(self.splits) if word == split]


def moving_digits(num_clips: int, size: int, seed: int) -> PredictionSet:
    """Two scanned digits, 8 frames to 8, every frame; as they are drawn, without a codec."""
    from reelwise.media.synthetic.moving_digits import moving_digits_clips
    from reelwise.media.synthetic.scene import Style

    style = Style(size=size, num_frames=24, frame_rate=FRAME_RATE, noise=0.0)
    clips = list(moving_digits_clips(num_clips, seed, style))
    groups = [clip.columns["group"] for clip in clips]
    splits = [clip.columns["split"] for clip in clips]
    videos = [decoded(clip.frames) for clip in clips]
    return PredictionSet(f"two digits, {size} px, 8 to 8", videos, groups, splits, WindowSpec(8, 8, 1))


def actions(size: int, seed: int, cache: Path | None) -> PredictionSet:
    """Real clips of two people, 8 frames to 8, every second frame; split as ``reelwise train`` splits them."""
    from reelwise.datasets.reading import read_dataset
    from reelwise.datasets.splits.plan import plan_splits

    dataset = read_dataset(DATA / "actions")
    frames, settings = FrameCache(cache or Path(tempfile.mkdtemp())), DecodeSettings(size=size)
    frames.fill(dataset.records, settings)
    videos = [frames.open(record, settings) for record in dataset.records]
    groups = [record.group or record.name for record in dataset.records]
    splits = plan_splits(dataset, seed=seed).split
    return PredictionSet(f"actions, {size} px, 8 to 8, every 2nd", videos, groups, splits, WindowSpec(8, 8, 2))


def decoded(frames: np.ndarray) -> DecodedVideo:
    """Frames that were drawn, as if they had been decoded."""
    count, height, width = frames.shape[:3]
    times = FrameTimes(np.arange(count, dtype=np.int64), count, Fraction(1, FRAME_RATE))
    facts = VideoFacts(count, width, height, count / FRAME_RATE, Fraction(FRAME_RATE), False, 0, "none", "none")
    return DecodedVideo(frames, times, facts)
