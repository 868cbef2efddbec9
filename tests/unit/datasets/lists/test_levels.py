"""Which folders are the classes: over generated trees, and the same through every way to read them."""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError
from reelwise.datasets.doctor.findings import FindingKind
from reelwise.datasets.doctor.label_candidates import label_candidates
from reelwise.datasets.labels.groups import GroupKind
from reelwise.datasets.lists.folders import class_rows
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
CLASSES = ["walk", "run", "hand clap", "Jump", "sit_down", "Ölwechsel", "跑步", "kick"]
SPLITS = [
    ["train", "test"], ["train", "val", "test"], ["trainset", "testset"], ["train", "holdout"], ["train", "hold-out"],
    ["Training", "Validation", "Testing"], ["train_videos", "eval_videos"], ["TrainSet", "TestSet"], ["dev", "train"],
]  # fmt: skip
GROUPS = [
    ["subject01", "subject02", "subject03"], ["Subject 1", "Subject 2"], ["actor_a", "actor_b"], ["p1", "p2", "p3"],
    ["cam_front", "cam_side"], ["camera1", "camera2"], ["front_view", "side_view"], ["rgb", "depth"],
    ["fold1", "fold2"],
    ["fold_0", "fold_1", "fold_2"], ["session1", "session2"], ["2021-03-05", "2021-03-06"], ["day_1", "day_2", "day_3"],
]  # fmt: skip
PLAIN = [["kitchen", "garden"], ["anna", "bob", "carl"], ["red", "blue"], ["01", "02"], ["berlin", "paris", "rome"]]

classes = st.lists(st.sampled_from(CLASSES), min_size=2, max_size=5, unique=True)
wrappers = st.sampled_from([(), ("data",), ("UCF-101", "videos")])


def put(root: Path, names) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(MP4)
    return root


def grid(*levels, num_clips=2):
    """Paths of clips with every combination of folders."""
    return ["/".join((*folders, f"{i}.mp4")) for folders in product(*levels) for i in range(num_clips)]


def read(names):
    rows, layout = class_rows(Path("/d"), [Path("/d", name) for name in sorted(names)])
    return {row.file: row for row in rows}, layout


@settings(max_examples=60, deadline=None)
@given(wrappers, st.sampled_from(SPLITS), classes)
def test_parts_of_a_split_above_classes(outer, parts, labels):
    rows, layout = read(grid(*([name] for name in outer), parts, labels))
    assert {row.label for row in rows.values()} == set(labels)
    assert all(row.split in ("train", "val", "test") for row in rows.values())
    assert len({row.split for row in rows.values()}) == len(parts)
    assert not layout.is_in_doubt


@settings(max_examples=60, deadline=None)
@given(wrappers, st.sampled_from(GROUPS), classes, st.booleans(), st.data())
def test_people_cameras_and_folds_above_classes_are_groups(outer, groups, labels, has_splits, data):
    parts = [["train", "test"]] if has_splits else []
    names = grid(*([name] for name in outer), *parts, groups, labels)
    if not has_splits:  # some folders may be missing, as long as most are there
        gone = data.draw(st.sampled_from([None, *product(groups, labels)])) if len(groups) * len(labels) > 5 else None
        names = [name for name in names if gone is None or "/".join(gone) not in name]
    rows, layout = read(names)
    assert not layout.is_in_doubt
    place = len(outer) + has_splits
    assert layout.groups is not None
    for file, row in rows.items():
        folders = file.split("/")
        assert (row.label, layout.groups.group_of(file)) == (folders[place + 1], folders[place])
        assert row.split == (folders[place - 1] if has_splits else "")
    assert "--label-from" in layout.note


@settings(max_examples=60, deadline=None)
@given(wrappers, st.sampled_from(GROUPS), classes, st.booleans())
def test_classes_above_people_and_cameras_stay_the_classes(outer, groups, labels, has_splits):
    lower = [groups, ["train", "test"]] if has_splits else [groups]
    rows, layout = read(grid(*([name] for name in outer), labels, *lower))
    assert not layout.is_in_doubt
    assert all(row.label == file.split("/")[len(outer)] for file, row in rows.items())
    assert all(row.split == (file.split("/")[-2] if has_splits else "") for file, row in rows.items())


@settings(max_examples=30, deadline=None)
@given(classes, st.sampled_from(["one folder each", "own names"]), st.integers(2, 4))
def test_folders_of_single_clips_below_classes_are_no_classes(labels, kind, num):
    names = [
        f"{label}/{f'{label}_{i}' if kind == 'own names' else f'id{label}{i}x'}/video.mp4"
        for label in labels
        for i in range(num)
    ]
    rows, layout = read(names)
    assert not layout.is_in_doubt
    assert all(row.label == file.split("/")[0] for file, row in rows.items())


@settings(max_examples=60, deadline=None)
@given(wrappers, st.sampled_from(PLAIN), classes, st.booleans())
def test_two_plain_levels_are_refused_with_two_flags(outer, upper, labels, has_splits):
    assume(not set(upper) & set(labels))
    parts = [["train", "test"]] if has_splits else []
    _, layout = read(grid(*([name] for name in outer), *parts, upper, labels))
    assert layout.is_in_doubt
    assert len(re.findall('--label-from "[^"]+"', layout.doubt_hint)) == 2


def flags_in(hint):
    return re.findall('--label-from "([^"]+)"', hint)


@pytest.mark.parametrize("outer", [[], ["set"], ["set", "train|test"]])
@pytest.mark.parametrize("upper", [["kitchen", "garden"], ["01", "02"], ["person_anna", "person_bob"]])
def test_both_flags_of_a_refusal_work(tmp_path, outer, upper):
    names = grid(*(level.split("|") for level in outer), upper, ["walk", "run"])
    root = put(tmp_path / "data", [*names, *(name.replace("0.mp4", "deep/er/2.mp4") for name in names)])
    with pytest.raises(DataError, match="may be the folders") as error:
        read_dataset(root)
    first, second = flags_in(error.value.hint)
    assert set(read_dataset(root, label_from=first).labels) == set(upper)
    dataset = read_dataset(root, label_from=second)
    assert set(dataset.labels) == {"walk", "run"}
    assert {record.group for record in dataset.records} == set(upper)
    assert len(dataset.records) == len({*names, *(name.replace("0.mp4", "deep/er/2.mp4") for name in names)})
    assert not dataset.skipped


def test_a_doubt_is_a_finding_of_the_doctor_and_no_matter_where_a_list_has_the_labels(tmp_path):
    names = grid(["kitchen", "garden"], ["walk", "run"])
    root = put(tmp_path, names)
    dataset = read_dataset(root, strict=False)
    (finding,) = [item for item in examine_empty(dataset) if item.kind is FindingKind.LABEL_LEVEL]
    assert finding.severity == "error"
    assert len(flags_in(finding.suggestion)) == 2
    lines = "".join(f"{name},{'ab'[i % 2]}\n" for i, name in enumerate(names))
    (root / "metadata.csv").write_text("file_name,label\n" + lines)
    assert read_dataset(root).labels == ("a", "b")
    assert not read_dataset(root).is_label_in_doubt


def examine_empty(dataset):
    """The findings that need no decoded frames."""
    from reelwise.datasets.doctor.examinations import _label_source

    return [*_label_source(dataset)]


def test_the_other_level_is_what_the_note_says_it_takes(tmp_path):
    root = put(tmp_path, grid(["cam_front", "cam_side"], ["walk", "run"]))
    dataset = read_dataset(root)
    assert dataset.labels == ("run", "walk")
    assert {record.group for record in dataset.records} == {"cam_front", "cam_side"}
    assert dataset.group_source.kind is GroupKind.FOLDERS
    (note,) = [text for text in dataset.notes if "--label-from" in text]
    other = read_dataset(root, label_from=flags_in(note)[0])
    assert other.labels == ("cam_front", "cam_side")
    assert not any(record.group in other.labels for record in other.records)


def test_typing_errors_in_class_folders_do_not_hide_the_grid(tmp_path):
    root = put(tmp_path, ["cam_front/Walk/1.mp4", "cam_front/run/1.mp4", "cam_side/walk/1.mp4", "cam_side/run/1.mp4"])
    assert read_dataset(root).labels == ("Walk", "run", "walk")


def test_a_folder_beside_train_and_test_is_said(tmp_path):
    dataset = read_dataset(put(tmp_path, grid(["train", "test", "extra"], ["walk", "run"])))
    assert dataset.labels == ("run", "walk")
    assert {(r.file.split("/")[0], r.split) for r in dataset.records} == {
        ("train", "train"), ("test", "test"), ("extra", None),
    }  # fmt: skip
    assert any("extra names no part" in note for note in dataset.notes)


def test_parts_of_a_split_without_classes_are_no_classes(tmp_path):
    root = put(tmp_path, grid(["train", "test", "extra"], num_clips=3))
    with pytest.raises(DataError, match="cannot be used"):
        read_dataset(root)
    dataset = read_dataset(root, strict=False)
    assert dataset.labels == ()
    assert {record.split for record in dataset.records} == {"train", "test", None}


def test_people_come_before_cameras_and_names_before_cameras(tmp_path):
    root = put(tmp_path / "a", grid(["cam1", "cam2"], ["subject1", "subject2"], ["walk", "run"]))
    assert {record.group for record in read_dataset(root).records} == {"subject1", "subject2"}
    names = [
        f"cam{c}/{label}/person{p}_{i}.mp4"
        for c in (1, 2)
        for label in ("walk", "run")
        for p in (1, 2, 3)
        for i in "ab"
    ]
    assert {record.group for record in read_dataset(put(tmp_path / "b", names)).records} == {
        "person1",
        "person2",
        "person3",
    }


def test_a_column_of_people_comes_before_folders(tmp_path):
    names = grid(["day_1", "day_2"], ["walk", "run"])
    root = put(tmp_path, names)
    lines = "".join(f"{name},p{i % 3}\n" for i, name in enumerate(names))
    (root / "metadata.csv").write_text("file_name,person\n" + lines)
    assert read_dataset(root).group_source.column == "person"


def test_a_stray_video_outside_does_not_hide_the_classes(tmp_path):
    root = put(tmp_path, ["intro.mp4", *grid(["UCF"], ["walk", "run"])])
    dataset = read_dataset(root)
    assert dataset.labels == ("run", "walk")
    assert [item.file for item in dataset.skipped] == ["intro.mp4"]


def test_labels_of_people_are_warned_of(tmp_path):
    root = put(tmp_path, grid(["subject1", "subject2"]))
    (finding,) = examine_empty(read_dataset(root, strict=False))
    assert (finding.kind, finding.severity) == (FindingKind.LABEL_WORDS, "warning")
    assert "people" in finding.message
    assert any("name people" in note for note in read_dataset(root).notes)
    assert not any("name people" in note for note in read_dataset(root, strict=False).notes)


def test_other_levels_are_offered_by_the_doctor_and_their_flags_work(tmp_path):
    root = put(tmp_path, grid(["walk", "run"], ["indoor", "outdoor"], num_clips=4))
    dataset = read_dataset(root, strict=False)
    flags = [flags_in(item.flag)[0] for item in label_candidates(dataset) if item.flag]
    assert [set(read_dataset(root, label_from=flag).labels) for flag in flags] == [{"indoor", "outdoor"}]


@pytest.mark.real
def test_falls_without_their_list_are_grouped_by_subject(real_data):
    videos = sorted((real_data / "falls").rglob("*.mp4"))
    rows, layout = class_rows(real_data / "falls", videos)
    assert {row.label for row in rows} == {"ADL", "Fall"}
    assert {layout.groups.group_of(row.file) for row in rows} == {f"Subject {i}" for i in range(1, 5)}
