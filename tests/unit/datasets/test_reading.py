"""Every layout that is called a data set, and lists by strangers."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from reelwise.core.errors import DataError, UsageError, VideoError
from reelwise.datasets.labels.groups import of_column
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MP4)


def rows(dataset):
    return [(record.file, record.label) for record in dataset.records]


def test_class_folders_by_content_in_natural_order(root):
    put(
        root,
        "walk/clip10.mp4",
        "walk/clip2.mp4",
        "run/deep/no_suffix",
        "run/b.mp4",
        ".hidden/x.mp4",
        "__MACOSX/run/b.mp4",
    )
    put(root, "run/.b.mp4")
    (root / "run" / "Thumbs.db").write_bytes(b"x")
    (root / "run" / "notes.txt").write_text("no video")
    dataset = read_dataset(root)
    assert rows(dataset) == [
        ("run/b.mp4", "run"),
        ("run/deep/no_suffix", "run"),
        ("walk/clip2.mp4", "walk"),
        ("walk/clip10.mp4", "walk"),
    ]
    assert dataset.labels == ("run", "walk")
    assert dataset.layout == Layout("class folders", has_class_folders=True)
    assert not dataset.skipped


def test_empty_files_are_skipped_with_a_reason(root):
    put(root, "a/1.mp4", "b/2.mp4", "b/3.mp4")
    (root / "b" / "4.mp4").touch()
    (skipped,) = read_dataset(root).skipped
    assert (skipped.file, skipped.reason) == ("b/4.mp4", "the file is empty (0 bytes)")


def test_wrapper_folders_are_looked_through(root):
    put(root, "UCF-101/UCF/run/1.mp4", "UCF-101/UCF/walk/1.mp4")
    assert read_dataset(root).labels == ("run", "walk")


def test_split_folders_with_metadata(root):
    put(root, "train/run/1.mp4", "train/walk/2.mp4", "validation/run/3.mp4", "test/walk/4.mp4")
    (root / "train" / "metadata.csv").write_text("file_name,camera\nrun/1.mp4,left\nwalk/2.mp4,right\nwalk/9.mp4,x\n")
    (root / "metadata.jsonl").write_text(json.dumps({"file_name": "test/walk/4.mp4", "label": "stroll"}) + "\n")
    dataset = read_dataset(root)
    assert [(r.file, r.label, r.split, r.metadata.get("camera")) for r in dataset.records] == [
        ("test/walk/4.mp4", "stroll", "test", None),
        ("train/run/1.mp4", "run", "train", "left"),
        ("train/walk/2.mp4", "walk", "train", "right"),
        ("validation/run/3.mp4", "run", "val", None),
    ]
    assert [item.file for item in dataset.skipped] == ["train/walk/9.mp4"]


def test_flat_split_folders_take_labels_from_metadata(root):
    put(root, "train/1.mp4", "train/2.mp4", "test/3.mp4", "test/4.mp4")
    for split, names in (("train", ("1", "2")), ("test", ("3", "4"))):
        lines = "".join(f"{name}.mp4,{label}\n" for name, label in zip(names, "ab", strict=True))
        (root / split / "metadata.csv").write_text("file_name,label\n" + lines)
    assert [(r.label, r.split) for r in read_dataset(root).records] == [
        ("a", "test"), ("b", "test"), ("a", "train"), ("b", "train"),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_with_delimiter_and_mark(root, delimiter, mark):
    put(root, "v/1.mp4", "v/2.mp4")
    lines = [
        "File Name,Class,group,split,start_seconds,end_seconds,camera",
        "v/1.mp4,run,g1,train,1.5,3,left",
        "v/2.mp4,walk,g2,test,,,",
    ]
    (root / "list.csv").write_text(mark + "\r\n".join(lines).replace(",", delimiter), encoding="utf-8")
    dataset = read_dataset(root / "list.csv")
    first, second = dataset.records
    assert (first.label, first.group, first.split, first.start_seconds) == ("run", "g1", "train", Fraction(3, 2))
    assert first.name == "v/1.mp4#t=1.5,3"
    assert first.metadata == {"group": "g1", "camera": "left"}
    assert (second.split, second.end_seconds) == ("test", None)
    assert dataset.group_source == of_column("group")


def test_utf16_and_latin_lists(root):
    put(root, "1.mp4", "2.mp4")
    (root / "a.csv").write_bytes("file,label\n1.mp4,café\n2.mp4,thé\n".encode("utf-16"))
    (root / "b.csv").write_bytes("file,label\n1.mp4,café\n2.mp4,thé\n".encode("latin-1"))
    assert read_dataset(root / "a.csv").labels == read_dataset(root / "b.csv").labels == ("café", "thé")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", '[{"file": "1.mp4", "label": "a"}, {"path": "2.mp4", "file": "2.mp4", "label": "b"}]'),
        ("x.json", '{"videos": [{"file": "1.mp4", "label": "a"}, {"file": "2.mp4", "label": "b"}]}'),
        ("x.json", '{"1.mp4": "a", "2.mp4": "b"}'),
        ("x.json", '{"1.mp4": {"label": "a"}, "2.mp4": {"label": "b"}}'),
        ("x.jsonl", '{"file": "1.mp4", "label": "a"}\n\n{"file": "2.mp4", "label": "b"}\n'),
    ],
)
def test_json_lists(root, name, text):
    put(root, "1.mp4", "2.mp4")
    (root / name).write_text(text)
    assert rows(read_dataset(root / name)) == [("1.mp4", "a"), ("2.mp4", "b")]


def test_labels_csv_in_a_folder_rules_over_folders(root):
    put(root, "x/1.mp4", "x/2.mp4")
    (root / "labels.csv").write_text("file,label\nx/1.mp4,a\nx/2.mp4,b\n")
    assert read_dataset(root).labels == ("a", "b")


def test_rows_that_cannot_be_used_are_named_with_their_line(root):
    put(root, *(f"{i}.mp4" for i in range(8)))
    (root / "d").mkdir()
    (root / "list.csv").write_text(
        "file,label,start,end,split\n0.mp4,a,,,train\n1.mp4,b,,,\n2.mp4,,,,\n3.mp4,a,5,4,\n4.mp4,a,1e9,,\n"
        "5.mp4,a,,,holdout\nnone.mp4,a,,,\nd,a,,,\n0.mp4,a,,,\n6.mp4,a,,,\n6.mp4,b,,,\n7.mp4,a,,,,,x\n\n,a,,,\n"
    )
    dataset = read_dataset(root / "list.csv", strict=False)
    reasons = {item.file: item.reason for item in dataset.skipped}
    assert reasons == {
        "3.mp4": "list.csv line 5: the segment ends at 4 s, not after its start",
        "4.mp4": "list.csv line 6: '1e9' is not a time in seconds",
        "5.mp4": "list.csv line 7: the split is 'holdout'",
        "none.mp4": "list.csv line 8: there is no such file",
        "d": "list.csv line 9: not a plain file",
        "6.mp4": "listed with different labels: 'a', 'b' (list.csv line 11 and list.csv line 12)",
        "list.csv line 13": "line 13: 7 cells, the header has 5",
        "list.csv line 15": "list.csv line 15: no file is named",
    }
    assert rows(dataset) == [("0.mp4", "a"), ("1.mp4", "b"), ("2.mp4", "")]
    with pytest.raises(DataError, match="9 of 11 videos cannot be used"):
        read_dataset(root / "list.csv")


def test_paths_may_leave_only_when_the_list_itself_was_named(root, tmp_path):
    put(root, "1.mp4", "2.mp4", "3.mp4", "4.mp4")
    put(tmp_path, "outside/x.mp4")
    outside = tmp_path / "outside" / "x.mp4"
    lines = f"file,label\n1.mp4,a\n2.mp4,b\n3.mp4,a\n4.mp4,b\n../outside/x.mp4,a\n{outside},b\nsub/../1.mp4,a\n"
    (root / "labels.csv").write_text(lines)
    inside = read_dataset(root)
    assert len(inside.records) == 4
    assert [item.reason.split(": ")[1] for item in inside.skipped[:1]] == ["leaves the data folder"]
    (root / "labels.csv").write_text(lines.replace(f"{outside},b\n", ""))
    assert (outside.as_posix(), "a") in rows(read_dataset(root / "labels.csv"))


def test_links_are_followed_and_noted(root, tmp_path):
    put(tmp_path, "far/x.mp4")
    put(root, "a/1.mp4", "b/1.mp4")
    (root / "a" / "link.mp4").symlink_to(tmp_path / "far" / "x.mp4")
    (root / "loop").symlink_to(root)
    dataset = read_dataset(root)
    assert ("a/link.mp4", "a") in rows(dataset)
    assert any("links to files outside" in note for note in dataset.notes)


def test_odd_names_survive(root):
    names = ["a/-dash.mp4", "a/new\nline.mp4", "b/uml\u00e4ut {x}.mp4", "b/%03d.mp4"]
    put(root, *names)
    broken = os.fsdecode(b"b/bad\xff.mp4")
    put(root, broken)
    assert {record.file for record in read_dataset(root).records} == {*names, broken}
    lines = 'file,label\n"a/new\nline.mp4",x\n' + broken + ",y\n"
    (root / "list.csv").write_bytes(lines.encode("utf-8", "surrogateescape"))
    assert rows(read_dataset(root / "list.csv")) == [("a/new\nline.mp4", "x"), (broken, "y")]


def test_ucf_lists(root):
    put(root, *(f"UCF-101/{c}/v_{c}_g{g:02d}_c01.avi" for c in ("Surfing", "Archery") for g in (1, 2, 8, 9)))
    lists = root / "ucfTrainTestlist"
    lists.mkdir()
    (lists / "classInd.txt").write_text("1 Archery\n2 Surfing\n")
    train = [f"{c}/v_{c}_g{g:02d}_c01.avi {n}" for c, n in (("Surfing", 2), ("Archery", 1)) for g in (8, 9)]
    test = [f"{c}/v_{c}_g{g:02d}_c01.avi" for c in ("Surfing", "Archery") for g in (1, 2)]
    (lists / "trainlist01.txt").write_text("\r\n".join(train))
    (lists / "testlist01.txt").write_text("\n".join(test))
    dataset = read_dataset(lists / "trainlist01.txt")
    assert dataset.labels == ("Archery", "Surfing")
    assert [r.split for r in dataset.records] == ["test", "test", "train", "train"] * 2
    assert {r.group for r in dataset.records} == {"g01", "g02", "g08", "g09"}


def test_mmaction_and_headerless_lists(root):
    put(root, "videos/some clip.mp4", "videos/b.mp4")
    (root / "train.txt").write_text("some clip.mp4 0\nb.mp4 1\n")
    (root / "label_map.txt").write_text("running\nwalking\n")
    assert [r.label for r in read_dataset(root / "train.txt").records] == ["walking", "running"]
    (root / "slow.csv").write_text("videos/some clip.mp4 run\nvideos/b.mp4 walk\n")
    assert read_dataset(root / "slow.csv").labels == ("run", "walk")


def test_kinetics_lists(root):
    put(root, "clips/running/abc-DEF_123_000010_000020.mp4", "clips/-xyz0123456.mp4", "clips/-xyz0123457.mp4")
    (root / "k.csv").write_text(
        "label,youtube_id,time_start,time_end,split\nrunning,abc-DEF_123,10,20,train\n"
        "walking,-xyz0123456,5,15,validate\nwalking,-xyz0123456,15,25,test\nwalking,gone,5,15,test\n"
    )
    dataset = read_dataset(root / "k.csv")
    assert [(r.name, r.split) for r in dataset.records] == [
        ("clips/-xyz0123456.mp4#t=5,15", "val"),
        ("clips/-xyz0123456.mp4#t=15,25", "test"),
        ("clips/running/abc-DEF_123_000010_000020.mp4", "train"),
    ]
    assert dataset.records[0].group == dataset.records[1].group == "-xyz0123456"
    assert dataset.skipped[0].file == "gone_000005_000015.mp4"


def test_label_from_pattern_and_column(root):
    put(root, "shake_hands_01.mp4", "shake_hands_02.mp4", "hug_01.mp4", "odd.mp4")
    dataset = read_dataset(root, label_from="{label}_{take}")
    assert dataset.labels == ("hug", "shake_hands")
    assert dataset.records[0].metadata == {"take": "01"}
    assert [item.file for item in dataset.skipped] == ["odd.mp4"]
    (root / "l.csv").write_text("file,verb,noun\nhug_01.mp4,x,n\nodd.mp4,y,n\n")
    assert read_dataset(root / "l.csv", label_from="verb").labels == ("x", "y")
    with pytest.raises(UsageError, match="no column 'nope'"):
        read_dataset(root / "l.csv", label_from="nope")


def test_ambiguous_columns_are_no_guess(root):
    put(root, "1.mp4", "2.mp4")
    (root / "l.csv").write_text("file,class,action\n1.mp4,a,b\n2.mp4,c,d\n")
    with pytest.raises(DataError, match="'action' and 'class' could both be the label"):
        read_dataset(root / "l.csv")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("l.csv", "a,b\n1,2\n", "first line is 'a,b'"),
        ("l.csv", "", "first line"),
        ("l.csv", "file,file\n1,2\n", "twice"),
        ("l.json", "[" * 100_000, "nested too deeply"),
        ("l.json", "{", "not JSON"),
        ("l.json", "3", "not a list"),
        ("l.csv", "file,label\n" + "x" * 200_000 + ",a\n", "cannot be used"),
        ("l.csv", "file,label\na\0b.mp4,a\n", "cannot be used"),
        ("l.bin", "\0\1\2", "first line"),
    ],
)
def test_hostile_lists_give_one_clear_error(root, name, text, words):
    (root / name).write_text(text)
    with pytest.raises(DataError, match=words):
        read_dataset(root / name)


def test_one_class_and_nothing_are_refused(root):
    with pytest.raises(DataError, match="no video"):
        read_dataset(root)
    put(root, "a/1.mp4", "a/2.mp4")
    with pytest.raises(DataError, match="only the class 'a'") as error:
        read_dataset(root)
    assert "folder of its own" in error.value.hint
    with pytest.raises(DataError, match="no such file or folder"):
        read_dataset(root / "none")


def test_without_moves_failures_to_skipped(root):
    put(root, "a/1.mp4", "a/2.mp4", "b/1.mp4", "b/2.mp4")
    dataset = read_dataset(root)
    path = dataset.records[0].path
    less = dataset.without({"a/1.mp4": VideoError(f"{path}: no moov atom.", hint="Copy it.")})
    assert [(i.file, i.reason, i.hint) for i in less.skipped] == [("a/1.mp4", "no moov atom.", "Copy it.")]
    gone = {record.name: VideoError("x") for record in dataset.records[:3]}
    with pytest.raises(DataError, match="3 of 4"):
        dataset.without(gone)
    assert dataset.without(gone, strict=False).labels == ("b",)


def test_blank_labels_stay_as_they_are(root):
    put(root, "1.mp4", "2.mp4")
    (root / "l.csv").write_text('file,label\n1.mp4,"hug "\n2.mp4,hug\n')
    assert read_dataset(root / "l.csv").labels == ("hug", "hug ")


@pytest.mark.real
def test_actions(real_data):
    dataset = read_dataset(real_data / "actions")
    assert len(dataset.records) == 96
    assert len(dataset.labels) == 6
    assert len({record.group for record in dataset.records}) == 16


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "num_records", "num_files", "num_groups", "labels"),
    [
        ("falls", 38, 22, 4, {"falling", "sitting", "standing", "walking"}),
        ("lips", 46, 46, 1, {"cat", "coop"}),
        ("ultrasound", 54, 54, 23, {"covid", "healthy", "pneumonia"}),
    ],
)
def test_sets_are_read_whole(real_data, name, num_records, num_files, num_groups, labels):
    dataset = read_dataset(real_data / name)
    assert set(dataset.labels) == labels
    assert len(dataset.records) == num_records
    assert len({record.group for record in dataset.records}) == num_groups
    paths = {record.path for record in dataset.records}
    assert len(paths) == num_files
    # What else lies there is the list that was read, or stands in a note by its name.
    others = [path for path in (real_data / name).rglob("*") if path.is_file() and path not in paths]
    assert others.count(real_data / name / "labels.csv") == 1
    for path in others:
        assert path.name == "labels.csv" or any(path.name in note for note in dataset.notes)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "num_records", "some"),
    [("falls/multilabel.csv", 23, "falling|standing"), ("ultrasound/findings.csv", 35, "b-lines|irregular_pleura")],
)
def test_lists_of_several_labels(real_data, name, num_records, some):
    dataset = read_dataset(real_data / name)
    assert dataset.task == "multilabel"
    assert len(dataset.records) == num_records
    assert not dataset.skipped
    assert some in {record.label for record in dataset.records}
    assert set(some.split("|")) < set(dataset.labels)


def test_near_segments_of_a_long_file_have_different_names(root):
    put(root, "long.mp4")
    (root / "l.csv").write_text(
        "file,label,start,end\nlong.mp4,a,36000.001,36000.101\nlong.mp4,b,36000.002,1:00:00:1\nlong.mp4,b,36000.002,36000.102\n"
    )
    assert [r.name for r in read_dataset(root / "l.csv").records] == [
        "long.mp4#t=36000.001,36000.101",
        "long.mp4#t=36000.002,36000.102",
    ]
