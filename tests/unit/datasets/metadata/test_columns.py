"""Which columns of metadata there are, which are read, and what is learned of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.errors import DataError, UsageError
from reelwise.datasets.metadata.columns import (
    MAX_CHOSEN,
    MAX_VALUES,
    candidate_columns,
    choose_columns,
    fit_columns,
    require_columns,
)
from reelwise.datasets.metadata.rules import find_giveaway, is_container_fact
from reelwise.sampling.metadata_codes import metadata_arrays

TWENTY = range(20)


def table(**columns):
    return [{name: str(value(i)) for name, value in columns.items()} for i in TWENTY]


def names(chosen):
    return [name for name, _ in chosen.columns]


def test_kinds():
    rows = table(
        light=lambda i: i / 2,
        mostly=lambda i: "dark" if i < 2 else i,
        half=lambda i: "dark" if i < 10 else i,
        flag=lambda i: i % 2,
        site=lambda i: "abc"[i % 3],
        gap=lambda i: "" if i % 2 else i,
        infinite=lambda i: "inf" if i % 2 else "nan",
    )
    kinds = {column.name: column.kind for column in candidate_columns(rows)}
    assert kinds == {
        "light": "number", "mostly": "number", "half": "category", "flag": "category", "site": "category",
        "gap": "number", "infinite": "category",
    }  # fmt: skip
    gap = next(column for column in candidate_columns(rows) if column.name == "gap")
    assert (gap.num_given, gap.num_missing, gap.num_values) == (10, 10, 10)


def test_what_is_of_no_use_is_left_out_with_a_reason():
    rows = table(
        light=lambda i: i / 2,
        site=lambda i: "abc"[i % 3],
        camera=lambda i: "one",
        seldom=lambda i: "x" if i == 3 else "",
        night=lambda i: "yes" if i % 4 == 0 else "",
        caption=lambda i: f"a dog number {i}",
        clip_id=lambda i: i,
        width=lambda i: 100 + i % 5,
        group=lambda i: i % 4,
    )
    for i, row in enumerate(rows):
        row |= {"container.width": str(i), "tags.encoder": "Lavf" + str(i % 2), "tags.location": "xy"[i % 2]}
    chosen = choose_columns(rows, skip=("group",))
    assert names(chosen) == ["light", "site", "night", "tags.location"]
    left = " ".join(chosen.notes)
    for name in ("camera", "seldom", "caption", "clip_id", "width", "tags.encoder"):
        assert f"'{name}'" in left
    assert "container.width" not in left
    assert not chosen.warnings


def test_what_is_asked_for_is_read_and_container_facts_warn():
    rows = [{"container.width": str(i), "camera": "one", "label": "a"} for i in TWENTY]
    chosen = choose_columns(rows, ["container.width", "camera"])
    assert names(chosen) == ["container.width", "camera"]
    assert "fact" in chosen.warnings[0]
    with pytest.raises(UsageError, match="no column of metadata 'nope'"):
        choose_columns(rows, ["nope"])
    with pytest.raises(UsageError, match="says what the label"):
        choose_columns(rows, ["label"], skip=("label",))


def test_a_column_that_says_the_label_is_named_loudly():
    labels = ["run" if i % 2 else "walk" for i in TWENTY]
    rows = table(verb=lambda i: "RUN" if i % 2 else "walk", class_id=lambda i: i % 2, site=lambda i: "ab"[i % 2])
    chosen = choose_columns(rows, labels=labels)
    assert names(chosen) == ["verb", "class_id", "site"]
    assert len(chosen.warnings) == 2
    assert "'verb'" in chosen.warnings[0]
    assert "'class_id'" in chosen.warnings[1]
    assert find_giveaway("class_id", ["1", "1", "2", "2"], ["a", "b", "a", "b"]) is None


def test_nothing_to_read():
    with pytest.raises(DataError, match="no metadata"):
        require_columns(choose_columns([{}, {"a": ""}]))
    assert len(choose_columns([{f"c{k}": str(i % 7) for k in range(100)} for i in TWENTY]).columns) == MAX_CHOSEN


def test_fit_uses_given_values_of_these_rows_only():
    rows = [{"light": "1", "site": "b"}, {"light": "x", "site": "a"}, {"light": "3", "site": "b"}, {"site": " "}]
    light, site = fit_columns([("light", "number"), ("site", "category")], rows)
    assert (light.mean, light.scale) == (2, 1)
    assert site.values == ("b", "a")
    same, never = fit_columns([("a", "number"), ("b", "number")], [{"a": "5"}, {"a": "5"}])
    assert (same.scale, never.mean, never.scale) == (1, 0, 1)
    (huge,) = fit_columns([("a", "number")], [{"a": "1e308"}, {"a": "-1e308"}, {"a": "1e308"}])
    assert 0 < huge.scale < math.inf
    (many,) = fit_columns([("v", "category")], [{"v": str(i)} for i in range(3 * MAX_VALUES)])
    assert len(many.values) == MAX_VALUES


@pytest.mark.parametrize("name", ["tags.title", "site", "tags.location", "age"])
def test_what_describes_the_scene_is_no_container_fact(name):
    assert not is_container_fact(name)


texts = st.one_of(
    st.text(max_size=8), st.sampled_from(["1e308", "-1e308", "nan", "inf", "1_0", "٣", "0x1", "", " "]),
    st.floats().map(str), st.integers(-(10**30), 10**30).map(str),
)  # fmt: skip


@given(st.lists(st.dictionaries(st.text(max_size=4), texts, max_size=4), min_size=1, max_size=12))
def test_any_table_gives_finite_inputs(rows):
    chosen = choose_columns(rows, labels=[next(iter(row.values()), "") for row in rows])
    everything = [(column.name, column.kind) for column in candidate_columns(rows)]
    for columns in (chosen.columns, everything):
        fitted = fit_columns(columns, rows)
        assert all(math.isfinite(column.mean) and 0 < column.scale < math.inf for column in fitted)
        for row in rows:
            arrays = metadata_arrays(fitted, row)
            assert all(abs(value).max(initial=0) < 1e5 for value in arrays.values())
