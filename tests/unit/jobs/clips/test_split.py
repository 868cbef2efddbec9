"""The test part of models of clips has enough recordings for an interval, where there are enough in all."""

from pathlib import Path

import pytest

from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.splits.plan import plan_splits
from reelwise.jobs.clips.split import split_clips
from reelwise.metrics.bootstrap import MIN_UNITS


def data_set(sizes: list[int]) -> Dataset:
    """Videos of as many recordings as there are sizes."""
    records = tuple(
        Record(f"{group}_{i}.mp4", Path(f"/x/{group}_{i}.mp4"), "", group=str(group))
        for group, size in enumerate(sizes)
        for i in range(size)
    )
    return Dataset(Path("/x"), records, (), Layout("test"))


def test_units(dataset: Dataset, plan) -> int:
    return len({record.group for record, part in zip(dataset.records, plan.split, strict=True) if part == "test"})


test_units.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


@pytest.mark.parametrize("sizes", [[6] * 16, [3, 9] * 6, [20, *[4] * 14], [5] * 12])
@pytest.mark.parametrize("seed", range(3))
def test_a_fourth_recording_is_tested(sizes, seed):
    dataset = data_set(sizes)
    plan = split_clips(dataset, seed, None, (), by_label=False)
    assert test_units(dataset, plan) >= MIN_UNITS
    assert plan.split.count("train") >= len(plan.split) * 0.35
    assert plan.split.count("val") > 0


@pytest.mark.parametrize("sizes", [[6] * 8, [4] * 40])
def test_few_and_many_recordings_are_split_as_usual(sizes):
    dataset = data_set(sizes)
    assert split_clips(dataset, 0, None, (), by_label=False) == plan_splits(dataset, seed=0, can_fold=False)


def test_classes_and_given_splits_stay_as_they_are(tmp_path):
    dataset = data_set([6] * 16)
    usual = plan_splits(dataset, seed=0, can_fold=False)
    assert test_units(dataset, usual) < MIN_UNITS
    assert split_clips(dataset, 0, None, (), by_label=True) == usual
    path = tmp_path / "splits.csv"
    path.write_text(
        "file,split\n" + "\n".join(f"{r.name},{p}" for r, p in zip(dataset.records, usual.split, strict=True))
    )
    assert split_clips(dataset, 0, path, (), by_label=False).split == usual.split
