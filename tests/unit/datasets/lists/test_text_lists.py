"""Text lists: one delimiter for the file, the one under which the paths exist."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


def read(root, text, name="list.txt", **options):
    (root / name).write_text(text)
    return read_dataset(root / name, **options)


def pairs(dataset):
    return [(record.name, record.label) for record in dataset.records]


def test_a_comma_in_a_name_does_not_break_a_list(put):
    root = put("Smith, John.mp4", "b.mp4", "c.mp4")
    assert pairs(read(root, "b.mp4 run\nSmith, John.mp4 walk\nc.mp4 run\n")) == [
        ("Smith, John.mp4", "walk"), ("b.mp4", "run"), ("c.mp4", "run"),
    ]  # fmt: skip


def test_labels_with_blanks(put):
    root = put("a.mp4", "b c.mp4")
    assert pairs(read(root, "a.mp4 shake hands\nb c.mp4 wave\n")) == [("a.mp4", "shake hands"), ("b c.mp4", "wave")]
    assert pairs(read(root, "a.mp4,shake hands\nb c.mp4,wave\n", "list.csv")) == pairs(
        read(root, '"a.mp4"\tshake hands\n"b c.mp4"\twave\n')
    )


def test_several_labels_in_a_line(put):
    root = put("v1.mp4", "v2.mp4", "v3.mp4")
    (root / "classes.txt").write_text("run\njump\nwave\n")
    dataset = read(root, "v1.mp4 0 2\nv2.mp4 1\nv3.mp4 0 1 2\n")
    assert dataset.task == "multilabel"
    assert pairs(dataset) == [("v1.mp4", "run|wave"), ("v2.mp4", "jump"), ("v3.mp4", "jump|run|wave")]
    assert pairs(read(root, "v1.mp4 0,2\nv2.mp4 1\nv3.mp4 0,1,2\n")) == pairs(dataset)
    assert pairs(read(root, "v1.mp4,run,wave\nv2.mp4,jump\nv3.mp4,run,jump,wave\n", "slow.csv")) == pairs(dataset)


def test_two_labels_in_every_line(put):
    root = put("v1.mp4", "v2.mp4", "v3.mp4")
    assert pairs(read(root, "v1.mp4 0 2\nv2.mp4 1 2\nv3.mp4 0 1\n")) == [
        ("v1.mp4", "0|2"), ("v2.mp4", "1|2"), ("v3.mp4", "0|1"),
    ]  # fmt: skip


def test_times_before_the_label(put):
    root = put("a.mp4", "b.mp4")
    dataset = read(root, "a.mp4 0 run\na.mp4 2.5 walk\nb.mp4 1.0 run\n")
    assert pairs(dataset) == [("a.mp4#t=0", "run"), ("a.mp4#t=2.5", "walk"), ("b.mp4#t=1", "run")]
    assert "list.txt: the numbers between path and label are start in seconds" in dataset.notes
    dataset = read(root, "a.mp4 0.0 2.5 run\nb.mp4 1.0 2.0 walk\n")
    assert pairs(dataset) == [("a.mp4#t=0,2.5", "run"), ("b.mp4#t=1,2", "walk")]


@pytest.mark.parametrize(
    "text", ["a.mp4 1 3\na.mp4 17 3\nb.mp4 1 4\n", "a.mp4 1 run\nb.mp4 17 walk\n", "a.mp4 120 3\nb.mp4 90 4\n"]
)
def test_whole_numbers_before_the_label_are_not_guessed(put, text):
    root = put("a.mp4", "b.mp4")
    with pytest.raises(DataError, match="can be read in more than one way") as error:
        read(root, text)
    header = error.value.hint.split("`")[1]
    assert header == "file start_seconds end_seconds label"
    dataset = read(root, "file start_seconds label\n" + text)  # the hint works
    assert len(dataset.records) == text.count("\n")
    assert all(record.start_seconds for record in dataset.records)


def test_near_misses_in_text_lists(put):
    root = put("videos/A.MP4", "videos/b.mp4", "videos/c.webm")
    dataset = read(root, "a.mp4 run\nb walk\nc run\n", "train.txt")
    assert pairs(dataset) == [("videos/A.MP4", "run"), ("videos/b.mp4", "walk"), ("videos/c.webm", "run")]


def test_carriage_returns_and_comments(put):
    root = put("a.mp4", "b.mp4")
    (root / "list.txt").write_bytes(b"# by hand\ra.mp4 run\rb.mp4 walk\r")
    assert pairs(read_dataset(root / "list.txt")) == [("a.mp4", "run"), ("b.mp4", "walk")]


names = st.text(st.sampled_from("ab ,;|é.-_#01"), min_size=1, max_size=8).map(str.strip).filter(
    lambda text: text not in ("", ".", "..") and not text.startswith(("#", "."))
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(names, min_size=3, max_size=8, unique_by=str.casefold), st.sampled_from("\t,;| "), st.integers(0, 10**9)
)
def test_any_names_under_any_delimiter(put, stems, delimiter, seed):
    files = [f"{stem}.mp4" for stem in stems]
    root = put(*files)
    label_of = {file: ("run", "walk", "jump")[(seed + place) % 3] for place, file in enumerate(files)}
    dataset = read(root, "".join(f"{file}{delimiter}{label}\n" for file, label in label_of.items()))
    assert not dataset.skipped
    assert dict(pairs(dataset)) == label_of
    for file in files:
        (root / file).unlink()


def test_words_among_numbers_are_not_guessed(put):
    root = put("a.mp4", "b.mp4")
    with pytest.raises(DataError, match="can be read in more than one way"):
        read(root, "a.mp4,run,3,0\nb.mp4,walk,2,1\n", "list.csv")
    assert pairs(read(root, "file,label,yes,no\na.mp4,run,3,0\nb.mp4,walk,2,1\n", "list.csv")) == [
        ("a.mp4", "run"), ("b.mp4", "walk"),
    ]  # fmt: skip


def test_words_for_a_missing_label(put):
    root = put("x/a.mp4", "x/b.mp4", "y/c.mp4")
    dataset = read(root, "x/a.mp4 run\nx/b.mp4 NA\ny/c.mp4 walk\n")
    assert dataset.labels == ("run", "walk")
    assert [item.reason for item in dataset.skipped] == ["list.txt line 2: no label"]


@pytest.mark.parametrize(
    "text", ["34870;drum\n56557;swipe\n", "34870 drum\n56557 swipe\n", "d\\34870.webm drum\n56557 swipe\n"]
)
def test_ids_without_a_header(put, text):
    root = put("d/34870.webm", "d/56557.webm")
    assert pairs(read(root, text, "jester.csv")) == [("d/34870.webm", "drum"), ("d/56557.webm", "swipe")]
