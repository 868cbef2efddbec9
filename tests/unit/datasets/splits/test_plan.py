"""Splits: nothing on two sides, everything once, the same whatever the order."""

import random
from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError, UsageError
from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.labels.groups import GroupKind, GroupSource
from reelwise.datasets.labels.tasks import labels_of
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.splits.plan import plan_splits, split_for_fold
from reelwise.datasets.splits.units import join_units


def make(rows):
    """A data set of (label, group) pairs."""
    records = tuple(
        Record(f"{label}/{index:03d}.mp4", Path(f"/d/{label}/{index:03d}.mp4"), label, group)
        for index, (label, group) in enumerate(rows)
    )
    return Dataset(
        Path("/d"),
        records,
        labels_of(records, "classification"),
        Layout("test"),
        GroupSource(GroupKind.PATTERN, place="a test"),
    )


def table(plan, dataset):
    return {record.name: word for record, word in zip(dataset.records, plan.split, strict=True)}


BALANCED = [(label, f"g{group}") for label in "abc" for group in range(10) for _ in range(2)]


def test_by_group_about_60_20_20_every_class_everywhere():
    dataset = make(BALANCED)
    plan = plan_splits(dataset, seed=3)
    assert Counter(plan.split) == {"train": 36, "val": 12, "test": 12}
    sides = defaultdict(set)
    for record, word in zip(dataset.records, plan.split, strict=True):
        sides[record.group].add(word)
    assert all(len(found) == 1 for found in sides.values())
    assert "by group (10 groups" in plan.method
    assert not plan.warnings


def test_by_video_without_groups():
    dataset = make([(label, None) for label in "ab" for _ in range(10)])
    plan = plan_splits(dataset, seed=0)
    counts = Counter((r.label, word) for r, word in zip(dataset.records, plan.split, strict=True))
    assert counts == {(c, w): n for c in "ab" for w, n in (("train", 6), ("val", 2), ("test", 2))}


def test_seed_decides():
    dataset = make(BALANCED)
    assert plan_splits(dataset, seed=1).split == plan_splits(dataset, seed=1).split
    assert len({plan_splits(dataset, seed=seed).split for seed in range(5)}) > 1


def units_by_label(dataset):
    found = defaultdict(set)
    for record, unit in zip(dataset.records, join_units(dataset.records), strict=True):
        found[record.label].add(unit)
    return found


rows = st.lists(
    st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 8).map(str))), min_size=6, max_size=60
)


def only_holders(dataset):
    """Units without which some class would not be left to learn from."""
    return {unit for found in units_by_label(dataset).values() if len(found) == 1 for unit in found}


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 3), st.randoms(use_true_random=False))
# Class a lies in both groups, and yet neither can be held out: b is in the first alone, c in the second.
@example([("a", "0"), ("a", "0"), ("a", "0"), ("a", "1"), ("b", "0"), ("c", "1")], 0, random.Random(0))
def test_any_data_is_split_without_tearing_units(pairs, seed, order):
    dataset = make(pairs)
    try:
        plan = plan_splits(dataset, seed=seed)
    except DataError:  # the one reason: each is the only one of some class
        assert only_holders(dataset) == set(join_units(dataset.records))
        return
    assert len(plan.split) == len(pairs)
    assert set(plan.split) <= {"train", "val", "test"}
    by_unit = defaultdict(set)
    for record, unit, word in zip(dataset.records, plan.units, plan.split, strict=True):
        by_unit[unit].add(word)
        by_unit[record.group or record.name].add(word)
    assert all(len(words) == 1 for words in by_unit.values())
    learned = {r.label for r, word in zip(dataset.records, plan.split, strict=True) if word == "train"}
    assert {r.label for r, w in zip(dataset.records, plan.split, strict=True) if w != "train"} <= learned
    shuffled = list(dataset.records)
    order.shuffle(shuffled)
    other = replace(dataset, records=tuple(shuffled))
    assert table(plan_splits(other, seed=seed), other) == table(plan, dataset)


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(2, 4), st.integers(0, 3))
def test_any_data_is_folded_without_tearing_units(pairs, folds, seed):
    dataset = make(pairs)
    try:
        plan = plan_splits(dataset, seed=seed, folds=folds)
    except DataError:
        assert len(set(join_units(dataset.records))) < folds
        return
    assert len(plan.fold) == len(pairs)
    assert set(plan.fold) <= set(range(folds))
    assert set(plan.split) == {"out_of_fold"}
    home = defaultdict(set)
    for unit, fold in zip(plan.units, plan.fold, strict=True):
        home[unit].add(fold)
    assert all(len(found) == 1 for found in home.values())
    for fold in range(plan.num_folds):
        words = split_for_fold(dataset, plan, fold, seed=seed)
        assert [word == "test" for word in words] == [number == fold for number in plan.fold]
        sides = defaultdict(set)
        for unit, word in zip(plan.units, words, strict=True):
            sides[unit].add(word)
        assert all(len(found) == 1 for found in sides.values())


def test_folds_hold_every_class():
    dataset = make(BALANCED)
    plan = plan_splits(dataset, folds=5)
    for fold in range(5):
        assert {r.label for r, f in zip(dataset.records, plan.fold, strict=True) if f == fold} == set("abc")


def test_too_many_folds_and_thin_classes():
    dataset = make([("a", "1"), ("b", "1"), ("a", "2"), ("b", "2"), ("c", "2"), ("a", "3"), ("b", "3")])
    with pytest.raises(DataError, match="only 3 groups") as error:
        plan_splits(dataset, folds=4)
    assert error.value.hint == "Use --folds 3."
    assert any("'c' is in only one of the groups" in text for text in plan_splits(dataset, folds=3).warnings)
    with pytest.raises(UsageError, match="--folds is 1"):
        plan_splits(dataset, folds=1)


def test_what_cannot_be_held_out_is_an_error_not_a_split():
    with pytest.raises(DataError, match="nothing can be held out") as error:
        plan_splits(make([("a", "1"), ("a", "1"), ("b", "2")]))
    assert "--splits" in error.value.hint


def test_duplicates_and_segments_stay_together():
    dataset = make([(label, None) for label in "ab" for _ in range(10)])
    parts = [replace(dataset.records[0], start_seconds=Fraction(i), end_seconds=Fraction(i + 1)) for i in range(1, 6)]
    dataset = replace(dataset, records=(*dataset.records, *parts))
    same = [("a/001.mp4", "a/002.mp4", "b/010.mp4")]
    for seed in range(8):
        words = table(plan_splits(dataset, seed=seed, same=same), dataset)
        assert len({words[name] for name in same[0]}) == 1
        assert len({words[r.name] for r in dataset.records if r.file == "a/000.mp4"}) == 1


def with_splits(words):
    dataset = make([("ab"[i % 2], f"g{i // 4}") for i in range(len(words))])
    return replace(dataset, records=tuple(replace(r, split=w) for r, w in zip(dataset.records, words, strict=True)))


def test_given_split_is_kept():
    words = ["train"] * 12 + ["val"] * 4 + ["test"] * 4
    plan = plan_splits(with_splits(words))
    assert plan.split == tuple(words)
    assert plan.method == "split by the data's own split: 12 train, 4 val, 4 test"


def test_missing_val_is_taken_from_train_by_group():
    dataset = with_splits(["train"] * 16 + ["test"] * 4)
    plan = plan_splits(dataset)
    assert Counter(plan.split) == {"train": 12, "val": 4, "test": 4}
    assert len({r.group for r, word in zip(dataset.records, plan.split, strict=True) if word == "val"}) == 1


def test_val_is_the_test_where_there_is_none():
    plan = plan_splits(with_splits(["train"] * 16 + ["val"] * 4))
    assert Counter(plan.split)["test"] == 4
    assert any("no test" in text for text in plan.warnings)


def test_leaky_given_split_is_kept_but_told():
    plan = plan_splits(with_splits((["train"] * 3 + ["test"]) * 5))
    assert any("both sides" in text for text in plan.warnings)


@pytest.mark.parametrize(
    ("num_classes", "sentence"),
    [
        (1, "the class 'new0' has no video in the given train set, so that it cannot be learned"),
        (4, "4 classes (such as 'new0', 'new1') have no video in the given train set, so that they cannot be learned"),
    ],
)
def test_classes_that_a_given_split_never_trains_are_named(num_classes, sentence):
    dataset = with_splits(["train"] * 12 + ["val"] * 4 + ["test"] * 4)
    records = [replace(r, label=f"new{i % num_classes}") if i >= 16 else r for i, r in enumerate(dataset.records)]
    assert sentence in plan_splits(replace(dataset, records=tuple(records))).warnings
    assert not any("cannot be learned" in text for text in plan_splits(dataset).warnings)


def test_rows_without_split_follow_their_group():
    words = [*["train"] * 8, None, "test", "test", "test", None, None, None, None, *["val"] * 4]
    plan = plan_splits(with_splits(words))
    assert plan.split[8] == "test"
    assert plan.split[12:16] == ("train",) * 4


def test_train_only_is_no_split_and_folds_set_it_aside():
    assert "test" in plan_splits(with_splits(["train"] * 20)).split
    plan = plan_splits(with_splits(["train"] * 12 + ["test"] * 8), folds=2)
    assert any("set aside" in text for text in plan.warnings)
    with pytest.raises(DataError, match="no video for train"):
        plan_splits(with_splits(["test"] * 20))


def test_splits_csv(tmp_path):
    dataset = make([("ab"[i % 2], None) for i in range(8)])
    path = tmp_path / "splits.csv"
    names = [record.file for record in dataset.records]
    lines = [f"./{names[0]},x,train", f"/d/{names[1]},x,Training", *(f"{Path(n).name},x,train" for n in names[2:5])]
    lines += [f"{names[5]},x,validation", f"{names[6]},x,test", f"{names[7]},x,test", "elsewhere.mp4,x,test"]
    path.write_text("file,label,split\n" + "\n".join(lines) + "\n")
    plan = plan_splits(dataset, splits_csv=path)
    assert plan.split == ("train",) * 5 + ("val", "test", "test")
    assert "the list splits.csv" in plan.method
    for text, words in (
        ("file,label\nx,y\n", "Expected"),
        ("file,split\nx,left\n", "train, val or test"),
        ("file,split\nx,test\n", "is written"),
    ):
        path.write_text(text)
        with pytest.raises(DataError) as error:
            plan_splits(dataset, splits_csv=path)
        assert words in error.value.hint


def test_units_do_not_depend_on_order():
    records = list(make([("a", "1"), ("b", "2"), ("a", "1"), ("b", None)]).records)
    units = dict(zip((r.name for r in records), join_units(records, [("b/001.mp4", "b/003.mp4")]), strict=True))
    random.Random(0).shuffle(records)
    assert dict(zip((r.name for r in records), join_units(records, [("b/003.mp4", "b/001.mp4")]), strict=True)) == units


def test_large_data_is_quick_enough_to_try():
    dataset = make([(str(i % 20), f"g{i % 500}") for i in range(3000)])
    assert len(plan_splits(dataset, folds=4).fold) == 3000


def sets(rows):
    return replace(make(rows), task="multilabel")


def numbers(rows):
    return replace(make(rows), task="regression", labels=("speed",))


def sides_of_groups(dataset, words):
    sides = defaultdict(set)
    for record, word in zip(dataset.records, words, strict=True):
        sides[record.group or record.name].add(word)
    return sides


def test_sets_of_labels_rare_ones_stand_on_every_side():
    rows = [("a|b" if i % 2 else "a", f"g{i % 20}") for i in range(80)]
    rows += [("a|rare" if i % 2 else "rare|b|c", f"r{i}") for i in range(10)] + [("|", f"n{i}") for i in range(6)]
    dataset = sets(rows)
    plan = plan_splits(dataset, seed=1)
    for label in ("a", "b", "c", "rare"):
        have = Counter(w for r, w in zip(dataset.records, plan.split, strict=True) if label in r.label.split("|"))
        assert set(have) == {"train", "val", "test"}, label
    assert all(len(found) == 1 for found in sides_of_groups(dataset, plan.split).values())
    assert not plan.warnings


def test_a_label_of_one_group_only_is_learned_and_named():
    rows = [("a|b" if i % 2 else "a", f"g{i}") for i in range(30)] + [("a|rare", "g1"), ("b|rare", "g1")]
    plan = plan_splits(sets(rows), seed=1)
    assert plan.split[-1] == plan.split[-2] == "train"
    assert any("'rare'" in warning for warning in plan.warnings)


@pytest.mark.parametrize("seed", range(6))
def test_a_label_that_hides_behind_rarer_ones_is_learned_too(seed):
    rows = [("m1|z", "g1"), ("m3|z", "g1"), ("m1", "g2"), ("m3", "g3")] + [("a", f"h{i}") for i in range(12)]
    plan = plan_splits(sets(rows), seed=seed)
    assert plan.split[0] == plan.split[1] == "train"


@pytest.mark.parametrize("folds", [None, 4])
def test_numbers_low_and_high_on_every_side(folds):
    rng = random.Random(4)
    rows = [(f"{rng.lognormvariate(0, 2):.4f}", f"g{i // 2}") for i in range(120)]
    dataset = numbers(rows)
    plan = plan_splits(dataset, seed=2, folds=folds)
    words = plan.fold if folds else plan.split
    middle = sorted(float(r.label) for r in dataset.records)[60]
    for word in set(words):
        side = [float(r.label) > middle for r, w in zip(dataset.records, words, strict=True) if w == word]
        assert 0.3 < sum(side) / len(side) < 0.7
    assert all(len(found) == 1 for found in sides_of_groups(dataset, words).values())
    assert "stratified by value" in plan.method
    assert not plan.warnings
    if folds:
        assert set(split_for_fold(dataset, plan, 1, seed=2)) == {"train", "val", "test"}


def test_numbers_where_each_group_has_its_own_can_be_split():
    dataset = numbers([(f"{group}.5", f"g{group}") for group in range(5) for _ in range(8)])
    assert set(plan_splits(dataset, seed=0).split) == {"train", "val", "test"}


labels = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(lambda parts: "|".join(sorted(parts)) or "|")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(labels, st.integers(0, 12)), min_size=12, max_size=60), st.sampled_from([None, 2, 3]))
def test_any_sets_never_tear_a_group(rows, folds):
    dataset = sets([(label, f"g{group}") for label, group in rows])
    try:
        plan = plan_splits(dataset, seed=3, folds=folds)
    except DataError:
        return
    words = plan.fold if folds else plan.split
    assert all(len(found) == 1 for found in sides_of_groups(dataset, words).values())
    if not folds:
        learned = {
            part for r, w in zip(dataset.records, words, strict=True) if w == "train" for part in r.label.split("|")
        }
        assert {part for r in dataset.records for part in r.label.split("|")} == learned


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(allow_nan=False), st.integers(0, 9)), min_size=8, max_size=60))
def test_any_numbers_never_tear_a_group(rows):
    dataset = numbers([(str(value), f"g{group}") for value, group in rows])
    try:
        plan = plan_splits(dataset, seed=3)
    except DataError:
        return
    assert all(len(found) == 1 for found in sides_of_groups(dataset, plan.split).values())
