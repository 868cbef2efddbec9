"""Which videos of a run are for training, validation and test, by their places."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SplitIndices:
    """Which videos a training uses for what.

    Args:
        train: Indices of the training videos.
        validation: Those that choose the best epoch and calibrate.
        test: Those that the score is taken on.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @classmethod
    def of(cls, split: Sequence[str]) -> "SplitIndices":
        """From ``train``, ``val`` or ``test`` for each video.

        Example:
            >>> SplitIndices.of(["train", "test", "train"])
            SplitIndices(train=(0, 2), validation=(), test=(1,))
        """
        train, validation, test = (
            tuple(index for index, word in enumerate(split) if word == name) for name in ("train", "val", "test")
        )
        return cls(train, validation, test)
