"""Labelled, decoded videos with their split: the data of every training of a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.frames import DecodedVideo
from reelwise.datasets.splits.plan import SplitPlan, split_for_fold
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.jobs.runs.split_indices import SplitIndices
from reelwise.tasks import find_task

VALIDATION_SHARE = 0.2
"""Share of the training videos of a fold that choose the best epoch; the same as of a single split."""


@dataclass(frozen=True, eq=False)
class LabeledVideos:
    """N decoded videos with labels and a split.

    Args:
        video_set: Records, frames and sound.
        split_plan: Which videos are for training, validation and test.
        seed: Of the split.
        fingerprint: Of videos, labels, split and options; part of every checkpoint's.
    """

    video_set: VideoSet
    split_plan: SplitPlan
    seed: int
    fingerprint: str

    def __len__(self) -> int:
        """N."""
        return len(self.video_set.dataset.records)

    @property
    def labels(self) -> tuple[str, ...]:
        """C classes or labels; for regression the name of the number."""
        return self.video_set.dataset.labels

    @property
    def task(self) -> str:
        """What is predicted of a video."""
        return self.video_set.dataset.task

    @cached_property
    def videos(self) -> list[DecodedVideo]:
        """N videos as memory maps, with the sound and the metadata that some model of the run reads."""
        return self.video_set.videos()

    @cached_property
    def y(self) -> np.ndarray:
        """(N,) int64 classes, (N, C) float32 0/1 labels, or (N,) float64 numbers."""
        return self.video_set.dataset.targets(self.video_set.dataset.records)

    @cached_property
    def names(self) -> list[str]:
        """N names, for messages and tables."""
        return [record.name for record in self.video_set.dataset.records]

    @property
    def groups(self) -> list[str | None]:
        """The group of each video."""
        return [record.group for record in self.video_set.dataset.records]

    @property
    def split(self) -> SplitIndices:
        """The single split; all empty with folds."""
        return SplitIndices.of(self.split_plan.split)

    @property
    def test_indices(self) -> tuple[int, ...]:
        """The videos that the score is taken on: of split ``test``, with folds all."""
        return tuple(range(len(self))) if self.split_plan.fold else self.split.test

    def fold_split(self, fold: int, *, has_validation: bool) -> SplitIndices:
        """The split of one fold.

        Args:
            fold: Whose videos are the test set, from 0.
            has_validation: Whether some of the others are held out from training for validation.
        """
        share = VALIDATION_SHARE if has_validation else 0.0
        dataset = self.video_set.dataset
        return SplitIndices.of(split_for_fold(dataset, self.split_plan, fold, seed=self.seed, val=share))

    def contents(self, indices: Iterable[int]) -> list[str]:
        """SHA-256 of the files of these videos, in hexadecimal."""
        contents = self.video_set.contents
        return [contents[self.names[i]] for i in indices]

    def network_targets(self, contract: Contract, indices: Sequence[int]) -> np.ndarray:
        """(n, C) float32: what a network is trained to give for these videos.

        Args:
            contract: With the mean and scale of a number.
            indices: n of the videos.
        """
        y, task = self.y[list(indices)], find_task(contract.task)
        targets = task.network_targets(y, len(self.labels), *contract.label_output.standardization)
        return targets.astype(np.float32)
