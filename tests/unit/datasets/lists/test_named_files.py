"""Rows of lists whose files are named otherwise."""

from pathlib import Path

import pytest

from reelwise.core.errors import DataError
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


def files(dataset):
    return [record.file for record in dataset.records]


def test_what_is_taken_is_said(put):
    root = put("a.MP4", "b.mp4", "train/c.mp4")
    (root / "train.csv").write_text("file,label\na.mp4,x\nb,y\nc.mp4,x\n")
    dataset = read_dataset(root / "train.csv")
    assert files(dataset) == ["a.MP4", "b.mp4", "train/c.mp4"]
    notes = "\n".join(dataset.notes)
    assert "1 file is written otherwise in the list (upper and lower case): 'a.mp4' is 'a.MP4'" in notes
    assert "'b' is 'b.mp4'" in notes
    assert "'c.mp4' is 'train/c.mp4'" in notes


def test_a_file_that_another_row_names_is_not_taken(put):
    root = put("a.mp4", "b.mp4", "c.mp4", "d.mp4")
    (root / "l.csv").write_text("file,label\na.mp4,x\nA.MP4,y\nb.mp4,y\nc.mp4,y\nd.mp4,x\n")
    dataset = read_dataset(root / "l.csv")
    assert files(dataset) == ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]
    assert [item.file for item in dataset.skipped] == ["A.MP4"]


def test_a_near_miss_is_in_the_hint(put):
    root = put("walk_01.mp4", "walk_02.mp4", "run_01.mp4", "run_02.mp4")
    (root / "l.csv").write_text("file,label\nwalk_01.mp4,w\nwlak_02.mp4,w\nrun_01.mp4,r\nrun_02.mp4,r\n")
    (skipped,) = read_dataset(root / "l.csv").skipped
    assert (skipped.reason, skipped.hint) == (
        "l.csv line 3: there is no such file",
        "Files with similar names: 'walk_02.mp4'.",
    )


def test_the_split_of_a_row_decides_between_folders(put):
    root = put(*(f"{split}/{name}.mp4" for split in ("train", "test") for name in "ab"))
    (root / "l.csv").write_text("file,label,split\na.mp4,x,train\nb.mp4,y,train\na.mp4,x,test\nb.mp4,y,test\n")
    assert files(read_dataset(root / "l.csv")) == ["test/a.mp4", "test/b.mp4", "train/a.mp4", "train/b.mp4"]


def test_videos_beside_the_folder_of_the_lists(put):
    root = put("videos/a.mp4", "videos/b.mp4")
    (root / "lists").mkdir()
    (root / "lists" / "l.csv").write_text("file,label\na.mp4,x\nb.mp4,y\n")
    assert [Path(file).name for file in files(read_dataset(root / "lists" / "l.csv"))] == ["a.mp4", "b.mp4"]


def test_a_list_inside_a_named_folder_stays_in_it(put):
    root = put("data/a.mp4", "data/b.mp4", "outside/x.mp4")
    (root / "data" / "labels.csv").write_text("file,label\na.mp4,x\nb.mp4,y\n../outside/X.mp4,y\n")
    dataset = read_dataset(root / "data")
    assert files(dataset) == ["a.mp4", "b.mp4"]
    assert [item.reason for item in dataset.skipped] == ["labels.csv line 4: there is no such file"]


def test_metadata_of_another_spelling(put):
    root = put("one/caf\u00e9.mp4", "two/b.mp4")
    (root / "metadata.csv").write_text("file_name,light\none/cafe\u0301.mp4,day\nb.MP4,night\nc.mp4,dusk\n")
    dataset = read_dataset(root)
    assert [record.metadata for record in dataset.records] == [{"light": "day"}, {"light": "night"}]
    assert [item.file for item in dataset.skipped] == ["c.mp4"]
    assert any("metadata.csv names 2 videos otherwise" in note for note in dataset.notes)


@pytest.mark.parametrize("text", ["[]", '[{"id": "gone", "label": "x"}]'])
def test_lists_of_ids_without_files_are_refused(put, text):
    root = put("a.mp4")
    (root / "l.json").write_text(text)
    with pytest.raises(DataError):
        read_dataset(root / "l.json")


def test_ids_of_something_something_and_activitynet(put):
    root = put("78687.webm", "42326.webm", "v_abc.mp4", "v_def.mp4")
    (root / "train.json").write_text('[{"id": "78687", "label": "hold"}, {"id": "42326", "label": "move"}]')
    assert files(read_dataset(root / "train.json")) == ["42326.webm", "78687.webm"]
    (root / "net.json").write_text(
        '{"version": "1.3", "database": {'
        '"abc": {"subset": "training", "annotations": [{"segment": [0.5, 2], "label": "dive"},'
        ' {"segment": [3, 4.25], "label": "swim"}]},'
        '"def": {"subset": "validation", "annotations": [{"segment": [1, 2], "label": "dive"}]}}}'
    )
    dataset = read_dataset(root / "net.json")
    assert [(record.name, record.label, record.split) for record in dataset.records] == [
        ("v_abc.mp4#t=0.5,2", "dive", "train"),
        ("v_abc.mp4#t=3,4.25", "swim", "train"),
        ("v_def.mp4#t=1,2", "dive", "val"),
    ]
