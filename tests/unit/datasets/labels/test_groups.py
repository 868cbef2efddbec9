"""Groups are taken from names only where they are clear."""

from dataclasses import replace
from pathlib import Path

import pytest

from reelwise.core.errors import UsageError
from reelwise.core.records import Record
from reelwise.datasets.labels.groups import NO_GROUPS, GroupKind, assign_groups


def records(*names, **columns):
    made = [Record(name, Path(name), name.split("/")[0]) for name in names]
    for column, values in columns.items():
        made = [replace(r, metadata={**r.metadata, column: v}) for r, v in zip(made, values, strict=True)]
    return made


def groups(*names, asked=None, **columns):
    with_groups, source = assign_groups(records(*names, **columns), asked)
    return [record.group for record in with_groups], source


def names(pattern, **values):
    result = [pattern]
    for field, options in values.items():
        result = [text.replace("{" + field + "}", str(option)) for text in result for option in options]
    return result


def test_ucf_names():
    found, source = groups(*names("{c}/v_{c}_g{g}_c0{k}.avi", c=["A", "B"], g=["01", "02", "03"], k=[1, 2]))
    assert set(found) == {"g01", "g02", "g03"}
    assert source.kind is GroupKind.FILE_NAMES
    assert "UCF101" in source.text


def test_ut_interaction_names_take_the_sequence():
    files = [f"{c}/{i * 2 + n}_{i}_{n}.avi" for i in range(1, 9) for n, c in enumerate("abc")]
    found, source = groups(*files)
    assert set(found) == {str(i) for i in range(1, 9)}
    assert "number 2 of 3" in source.text


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{c}/person{p}_{c}_d{k}.avi", {"person01", "person02", "person03"}),
        ("{c}/{c}-Subject{p}-{k}.mp4", {"subject01", "subject02", "subject03"}),
        ("{c}/session_{p}_take{k}.mp4", {"session_01", "session_02", "session_03"}),
        ("{c}/{c}_party{p}_clip{k}.mp4", {f"{c}_party{p}" for c in "ab" for p in ("01", "02", "03")}),
        ("{c}/rec{p}/{k}.mp4", {"rec01", "rec02", "rec03"}),
    ],
)
def test_clear_names(pattern, expected):
    found, _ = groups(*names(pattern, c=["a", "b"], p=["01", "02", "03"], k=[1, 2]))
    assert set(found) == expected


@pytest.mark.parametrize(
    "pattern",
    ["{c}/{c}_{p}{k}.mp4", "{c}/clip_{p}{k}.mp4", "{c}/video_{p}{k}.mp4", "{c}/IMG{p}{k}.mov", "{c}/{p}{k}.mp4"],
)
def test_unclear_names_give_no_groups(pattern):
    found, source = groups(*names(pattern, c=["a", "b"], p=["01", "02", "03"], k=[1, 2]))
    assert set(found) == {None}
    assert source is NO_GROUPS


def test_columns_before_names():
    files = names("{c}/v_{c}_g{g}_c0{k}.avi", c=["A", "B"], g=["01", "02"], k=[1, 2])
    found, source = groups(*files, actor_id=["x", "y", "z", "w"] * 2)
    assert found == ["x", "y", "z", "w"] * 2
    assert (source.column, source.text) == ("actor_id", "groups come from the column 'actor_id'")


def test_columns_that_say_nothing_are_passed_over():
    files = names("{c}/{k}.avi", c=["A", "B"], k=[1, 2, 3])
    assert set(groups(*files, video_id=list("abcdef"))[0]) == {None}  # one per file
    assert set(groups(*files, scene=["a"] * 3 + ["b"] * 3)[0]) == {None}  # the class again
    assert set(groups(*files, group=["a"] * 6)[0]) == {None}  # one for all


def test_asked_for_by_column_and_pattern():
    files = names("{c}/{c}_{k}x{k}.avi", c=["A", "B"], k=[1, 2])
    assert groups(*files, asked="day", day=["1", "2", "1", "2"])[0] == ["1", "2", "1", "2"]
    assert groups(*files, asked="{name}_{group}x{rest}")[0] == ["1", "2", "1", "2"]
    with pytest.raises(UsageError, match=r"no column 'week' .columns: day"):
        groups(*files, asked="week", day=["1"] * 4)
    with pytest.raises(UsageError, match="fits no file"):
        groups(*files, asked="{group}=")


@pytest.mark.real
def test_actions_without_their_list_are_grouped_by_sequence(real_data):
    files = sorted(p.relative_to(real_data / "actions").as_posix() for p in (real_data / "actions").rglob("*.avi"))
    found, source = groups(*files)
    assert len(set(found)) == 16
    assert "number 2 of 3" in source.text


def test_a_few_numbered_names_among_many_are_no_pattern():
    words = ["ash", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel"]
    files = [f"{c}/{c}{word}.mp4" for c in "ab" for word in (*words, "oak_1", "oak_2")]
    assert set(groups(*files)[0]) == {None}
    files = [f"{c}/{c}{word}_{k}.mp4" for c in "ab" for word in words for k in (1, 2)]
    assert len(set(groups(*files)[0])) == 16


def test_one_group_with_nearly_everything_is_no_pattern():
    files = [f"a/subject01_{k}.mp4" for k in range(9)] + [f"b/subject01_{k}.mp4" for k in range(9)]
    assert set(groups(*files, "a/subject02_1.mp4", "b/subject03_1.mp4", "b/subject03_2.mp4")[0]) == {None}
