"""Few units for many classes: split by construction, and every reason that is printed is true."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError
from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.labels.tasks import labels_of
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.splits.plan import plan_splits, split_for_fold
from reelwise.datasets.splits.shortages import uneven_folds
from reelwise.datasets.splits.stratify import make_samples


def make(units_per_class, *, grouped=False, clips=1, task="classification"):
    """A data set with so many units of each class; with groups of so many clips."""
    records = tuple(
        Record(f"c{c:03d}/{u}_{k}.mp4", Path(f"/d/c{c:03d}/{u}_{k}.mp4"), f"c{c:03d}", f"{c}:{u}" if grouped else None)
        for c, num in enumerate(units_per_class)
        for u in range(num)
        for k in range(clips)
    )
    return Dataset(Path("/d"), records, labels_of(records, task), Layout("test"), task=task)


def classes_in(dataset, plan):
    found = defaultdict(set)
    for record, word in zip(dataset.records, plan.split, strict=True):
        found[word].add(record.label)
    return found


@pytest.mark.parametrize(("num_classes", "each"), [(101, 2), (200, 3), (400, 4), (50, 2), (25, 3), (12, 4), (5, 5)])
@pytest.mark.parametrize("seed", [0, 3])
def test_many_classes_of_few_videos_are_split(num_classes, each, seed):
    dataset = make([each] * num_classes)
    plan = plan_splits(dataset, seed=seed)
    found, sizes = classes_in(dataset, plan), Counter(plan.split)
    assert len(found["train"]) == num_classes
    assert sizes["train"] > max(sizes["test"], sizes["val"]) - 1
    if each >= 3:
        assert len(found["test"]) == len(found["val"]) == num_classes
        assert not plan.warnings
    else:
        assert 0.15 < sizes["test"] / len(plan.split) < 0.3
        assert 0.15 < sizes["val"] / len(plan.split) < 0.3
        assert any("test set lacks" in text and "--folds 2" in text for text in plan.warnings)


def test_two_videos_of_each_of_two_classes():
    dataset = make([2, 2])
    assert Counter(plan_splits(dataset).split) == {"train": 2, "val": 1, "test": 1}


def test_an_empty_validation_set_is_said_with_folds():
    plan = plan_splits(make([2, 1]))
    assert Counter(plan.split) == {"train": 2, "test": 1}
    (text,) = [text for text in plan.warnings if "no validation videos" in text]
    assert "--folds 2" in text
    assert len(plan_splits(make([2, 1]), folds=2).fold) == 3
    assert not any("--folds" in text for text in plan_splits(make([2, 1]), can_fold=False).warnings)


def test_an_empty_validation_set_of_a_given_split_is_said():
    dataset = make([2, 2])
    records = [replace(r, split="test" if r.file.endswith("1_0.mp4") else "train") for r in dataset.records]
    plan = plan_splits(replace(dataset, records=tuple(records)))
    assert Counter(plan.split) == {"train": 2, "test": 2}
    assert any("no validation videos" in text for text in plan.warnings)
    assert not any("0 videos" in text for text in plan.warnings)


@pytest.mark.parametrize("grouped", [False, True])
def test_what_cannot_be_held_out_says_why(grouped):
    noun = "groups" if grouped else "videos"
    with pytest.raises(DataError, match=rf"each of the 7 {noun} is the only one of some class\."):
        plan_splits(make([1] * 7, grouped=grouped))
    one = make([3], grouped=True)
    one = replace(one, records=tuple(replace(record, group="x") for record in one.records), task="classification")
    with pytest.raises(DataError, match=r"all 3 videos are of one group\."):
        plan_splits(one)
    numbers = replace(
        one, task="regression", records=tuple(replace(r, label=str(i)) for i, r in enumerate(one.records))
    )
    with pytest.raises(DataError, match=r"all 3 videos are of one group\."):
        plan_splits(numbers)


def test_a_hundred_lone_classes_are_one_sentence():
    plan = plan_splits(make([1] * 100 + [8, 8]))
    assert [text for text in plan.warnings if "100 classes (such as 'c000', 'c001')" in text]
    assert len(plan.warnings) <= 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=2, max_size=40), st.booleans(), st.integers(1, 3), st.integers(0, 5))
def test_any_counts_leave_each_class_in_train_and_give_every_part_what_there_is(counts, grouped, clips, seed):
    dataset = make(counts, grouped=grouped, clips=clips if grouped else 1)
    if max(counts) == 1:
        with pytest.raises(DataError, match="only one of some class"):
            plan_splits(dataset, seed=seed)
        return
    plan = plan_splits(dataset, seed=seed)
    found = classes_in(dataset, plan)
    assert len(found["train"]) == len(counts)
    rich = {f"c{c:03d}" for c, num in enumerate(counts) if num >= 3}
    assert rich <= found["test"]
    assert rich <= found["val"]
    assert found["test"]
    spare = sum(num - 1 for num in counts)
    assert bool(found["val"]) == (spare >= 2)
    assert bool(found["val"]) != any("no validation" in text for text in plan.warnings)
    said = [re.search(r"the (\w+) set lacks (\d+) of (\d+) classes", text) for text in plan.warnings]
    for match in filter(None, said):
        part = {"validation": "val", "test": "test"}[match[1]]
        assert int(match[2]) == len(counts) - len(found[part])
    assert plan_splits(replace(dataset, records=tuple(reversed(dataset.records))), seed=seed).split[::-1] == plan.split


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sets(st.integers(0, 6), min_size=1, max_size=4), st.integers(1, 4)), min_size=2, max_size=25)
)
def test_any_groups_of_several_classes_leave_each_class_in_train(groups):
    records = tuple(
        Record(f"{g}_{c}_{k}.mp4", Path(f"/d/{g}_{c}_{k}.mp4"), f"c{c}", f"g{g}")
        for g, (labels, num) in enumerate(groups)
        for c in labels
        for k in range(num)
    )
    dataset = Dataset(Path("/d"), records, labels_of(records, "classification"), Layout("test"))
    spread = Counter(c for labels, _ in groups for c in labels)
    lone = {g for g, (labels, _) in enumerate(groups) if any(spread[c] == 1 for c in labels)}
    if len(lone) == len(groups):
        with pytest.raises(DataError, match=f"each of the {len(groups)} groups is the only one of some class"):
            plan_splits(dataset)
        return
    plan = plan_splits(dataset)
    found = classes_in(dataset, plan)
    assert found["train"] == {record.label for record in records}
    assert found["test"]
    sides = defaultdict(set)
    for record, word in zip(records, plan.split, strict=True):
        sides[record.group].add(word)
    assert all(len(words) == 1 for words in sides.values())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=30), st.integers(2, 5), st.integers(0, 3))
def test_any_counts_are_folded_so_that_each_class_is_learned_and_tested(counts, folds, seed):
    dataset = make(counts)
    if sum(counts) < folds:
        return
    plan = plan_splits(dataset, folds=folds, seed=seed)
    homes = defaultdict(set)
    for record, fold in zip(dataset.records, plan.fold, strict=True):
        homes[record.label].add(fold)
    for c, num in enumerate(counts):
        assert len(homes[f"c{c:03d}"]) == folds if num >= folds else len(homes[f"c{c:03d}"]) >= min(num, 2)
    for fold in range(folds):
        words = split_for_fold(dataset, plan, fold, seed=seed)
        outside = Counter(r.label for r, f in zip(dataset.records, plan.fold, strict=True) if f != fold)
        learned = {r.label for r, word in zip(dataset.records, words, strict=True) if word == "train"}
        stopped_by = {r.label for r, word in zip(dataset.records, words, strict=True) if word == "val"}
        assert learned == set(outside)
        assert {label for label, num in outside.items() if num >= 3} <= stopped_by


def test_sets_of_many_rare_labels_are_split():
    records = tuple(
        Record(f"{i}.mp4", Path(f"/d/{i}.mp4"), f"l{i % 60:02d}|l{(i * 7 + 1) % 60:02d}") for i in range(120)
    )
    dataset = Dataset(Path("/d"), records, labels_of(records, "multilabel"), Layout("test"), task="multilabel")
    plan = plan_splits(dataset)
    learned = {part for r, w in zip(records, plan.split, strict=True) if w == "train" for part in r.label.split("|")}
    assert len(learned) == 60
    assert set(plan.split) == {"train", "val", "test"}


def test_uneven_folds_are_named_with_the_largest_unit():
    units = ["large"] * 22 + [f"u{n}" for n in range(24)]
    samples = make_samples(["a"] * 46, units)
    (sentence,) = uneven_folds(np.array([3, 22, 18, 3]), samples, "recordings")
    assert sentence == (
        "the folds are uneven (22, 18, 3 and 3 videos): the largest of the 25 recordings has 22 videos, which stay"
        " together"
    )
    assert not list(uneven_folds(np.array([12, 11, 11, 12]), samples, "videos"))
