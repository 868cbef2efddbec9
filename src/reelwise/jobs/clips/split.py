"""The split of videos for models of clips."""

from collections.abc import Sequence
from pathlib import Path

from reelwise.datasets.dataset import Dataset
from reelwise.datasets.splits.plan import FRACTIONS, SplitPlan, plan_splits
from reelwise.metrics.bootstrap import MIN_UNITS

_FEWEST_UNITS = 12
"""Of a data set whose test part may be made larger: of fewer, the test would take more than a third."""


def split_clips(
    dataset: Dataset, seed: int, splits_csv: Path | None, same: Sequence[Sequence[str]], *, by_label: bool
) -> SplitPlan:
    """The usual split, or one whose test part has enough units for an interval, where there are enough in all.

    A fifth of 16 recordings is three, and no interval comes from three. Where what is predicted is not the label,
    nothing speaks against a fourth.

    Args:
        dataset: Records with groups and splits.
        seed: Same seed, same split.
        splits_csv: A CSV with the columns ``file,split``.
        same: Sets of ``Record.name`` that show one recording.
        by_label: Whether every class needs videos in each part.

    Raises:
        DataError: There is no such split.
    """
    usual = plan_splits(dataset, seed=seed, splits_csv=splits_csv, same=same, can_fold=False)
    num_units = len(set(usual.units))
    is_given = splits_csv is not None or any(record.split for record in dataset.records)
    if by_label or is_given or num_units < _FEWEST_UNITS or _num_test_units(usual) >= MIN_UNITS:
        return usual
    _, val, _ = FRACTIONS
    for num_test in (
        MIN_UNITS,
        MIN_UNITS + 0.5,
        MIN_UNITS + 1,
    ):  # a part is a share of videos, and units differ in size
        fractions = (1 - val - num_test / num_units, val, num_test / num_units)
        larger = plan_splits(dataset, seed=seed, fractions=fractions, same=same, can_fold=False)
        if _num_test_units(larger) >= MIN_UNITS:
            return larger
    return usual


def _num_test_units(plan: SplitPlan) -> int:
    return len({unit for unit, part in zip(plan.units, plan.split, strict=True) if part == "test"})
