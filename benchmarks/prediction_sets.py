"""The decoded videos of the benchmarks of prediction."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import DecodedVideo
from reelwise.core.window import WindowSpec
from shot_sources import DATA


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
