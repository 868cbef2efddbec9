"""Folders as Hugging Face documents them for its videofolder: every one opens as it is.

Source: https://huggingface.co/docs/datasets/video_dataset, https://huggingface.co/docs/hub/datasets-video and
https://huggingface.co/docs/hub/datasets-file-names-and-splits, as of 2025; and compared by hand with what
`datasets` 5.2.0 makes of such folders, where "train" alone is no split here.
"""

import json

import pytest

from reelwise.core.errors import DataError
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def tree(tmp_path):
    """Videos by their names, other files by their text."""

    def make(*names, **texts):
        root = tmp_path / "my_dataset_repository"
        files = dict.fromkeys(names, MP4) | {
            name.replace("__", "/").replace("_csv", ".csv").replace("_jsonl", ".jsonl"): text.encode()
            for name, text in texts.items()
        }
        for name, data in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        (root / "README.md").write_text("---\nlicense: mit\n---\n")
        (root / ".gitattributes").write_text("*.mp4 filter=lfs\n")
        return root

    return make


def found(root, **options):
    dataset = read_dataset(root, **options)
    assert not dataset.skipped
    return [(record.file, record.label, record.split) for record in dataset.records]


def test_one_split_of_class_folders(tree):
    root = tree("train/dog/golden_retriever.mp4", "train/dog/chihuahua.mp4", "train/cat/maine_coon.mp4")
    assert found(root) == [
        ("train/cat/maine_coon.mp4", "cat", None),
        ("train/dog/chihuahua.mp4", "dog", None),
        ("train/dog/golden_retriever.mp4", "dog", None),
    ]


@pytest.mark.parametrize("base", ["", "data/"])
@pytest.mark.parametrize("val", ["validation", "valid", "val", "dev"])
def test_several_splits_of_class_folders(tree, base, val):
    root = tree(*(f"{base}{split}/{label}/1.mp4" for split in ("train", val, "eval") for label in ("dog", "cat")))
    assert {row[1:] for row in found(root)} == {
        (label, split) for label in ("dog", "cat") for split in ("train", "val", "test")
    }


def test_class_folders_without_splits(tree):
    assert found(tree("green/1.mp4", "green/2.mp4", "red/3.mp4")) == [
        ("green/1.mp4", "green", None), ("green/2.mp4", "green", None), ("red/3.mp4", "red", None),
    ]  # fmt: skip


def test_a_validation_and_a_test_alone(tree):
    root = tree(*(f"{split}/{label}/1.mp4" for split in ("validation", "test") for label in ("dog", "cat")))
    assert {row[1:] for row in found(root)} == {(a, b) for a in ("dog", "cat") for b in ("val", "test")}


def test_splits_in_folder_and_file_names(tree):
    root = tree(*(f"my_{split}_videos/{label}/1.mp4" for split in ("train", "test") for label in ("dog", "cat")))
    assert {row[1:] for row in found(root)} == {(a, b) for a in ("dog", "cat") for b in ("train", "test")}
    root = tree(*(f"b/{label}/{split}-0{i}.mp4" for split in ("train", "test") for label in ("x", "y") for i in (1, 2)))
    assert {row[1:] for row in found(root / "b")} == {(a, b) for a in ("x", "y") for b in ("train", "test")}


CSV = "file_name,additional_feature,label\n0001.mp4,first,dog\n0002.mp4,second,cat\n"


def test_metadata_csv_beside_the_videos_of_a_split(tree):
    root = tree("train/0001.mp4", "train/0002.mp4", train__metadata_csv=CSV)
    assert found(root) == [("train/0001.mp4", "dog", "train"), ("train/0002.mp4", "cat", "train")]
    assert read_dataset(root).records[0].metadata == {"additional_feature": "first"}


def test_metadata_of_each_split(tree):
    names = [f"{split}/000{i}.mp4" for split in ("train", "test") for i in (1, 2)]
    root = tree(*names, train__metadata_csv=CSV, test__metadata_csv=CSV)
    assert {row[1:] for row in found(root)} == {(a, b) for a in ("dog", "cat") for b in ("train", "test")}


def test_metadata_jsonl_at_the_root_with_relative_paths(tree):
    lines = [{"file_name": f"train/videos/{i}.mp4", "text": f"t {i}", "label": "ab"[i % 2]} for i in range(4)]
    root = tree(*(f"train/videos/{i}.mp4" for i in range(4)), metadata_jsonl="\n".join(map(json.dumps, lines)))
    assert [row[1] for row in found(root)] == ["a", "b", "a", "b"]


def test_metadata_above_a_folder_of_videos(tree):
    text = "file_name,text,category\nvideos/1.mp4,a green one,green\nvideos/2.mp4,a red one,red\n"
    root = tree("train/videos/1.mp4", "train/videos/2.mp4", train__metadata_csv=text)
    assert [row[1] for row in found(root)] == ["green", "red"]
    assert [row[1] for row in found(root, label_from="text")] == ["a green one", "a red one"]


def test_several_videos_in_a_row_share_its_label_and_stay_together(tree):
    lines = [
        {"videos_file_names": [f"000{i}_left.mp4", f"000{i}_right.mp4"], "label": f"moving_{way}"}
        for i, way in enumerate(("up", "down", "up"))
    ]
    names = [f"000{i}_{side}.mp4" for i in range(3) for side in ("left", "right")]
    root = tree(*names, metadata_jsonl="\n".join(map(json.dumps, lines)))
    dataset = read_dataset(root)
    assert [record.label for record in dataset.records] == [
        f"moving_{w}" for w in ("up", "up", "down", "down", "up", "up")
    ]
    assert len({record.group for record in dataset.records}) == 3
    assert dataset.records[0].group == dataset.records[1].group


def test_input_and_output_columns(tree):
    text = "input_file_name,output_file_name,label\n1.mp4,1_output.mp4,a\n2.mp4,2_output.mp4,b\n"
    root = tree("1.mp4", "1_output.mp4", "2.mp4", "2_output.mp4", metadata_csv=text)
    assert [row[1] for row in found(root)] == ["a", "a", "b", "b"]


def test_a_list_of_labels_in_jsonl_is_a_set(tree):
    lines = [{"file_name": f"{i}.mp4", "label": label} for i, label in ((1, ["dog", "cat"]), (2, []), (3, ["cat"]))]
    dataset = read_dataset(tree("1.mp4", "2.mp4", "3.mp4", metadata_jsonl="\n".join(map(json.dumps, lines))))
    assert dataset.task == "multilabel"
    assert [record.label for record in dataset.records] == ["cat|dog", "|", "cat"]


def test_shards_of_a_web_dataset_unpacked(tree):
    root = tree(*(f"train-000{shard}/00{i}.mp4" for shard in (0, 1) for i in (0, 1)))
    for shard in (0, 1):
        for i in (0, 1):
            (root / f"train-000{shard}" / f"00{i}.json").write_text(json.dumps({"label": "ab"[i], "bbox": [[1.0]]}))
    assert [row[1:] for row in found(root)] == [("a", "train"), ("b", "train")] * 2


def test_an_empty_label_leaves_the_class_folder_its_say(tree):
    text = "file_name,label\ndog/1.mp4,puppy\ndog/2.mp4,\ncat/3.mp4,\n"
    root = tree("dog/1.mp4", "dog/2.mp4", "cat/3.mp4", metadata_csv=text)
    assert [row[1] for row in found(root)] == ["cat", "puppy", "dog"]
    assert all("label" not in record.metadata for record in read_dataset(root).records)


def test_an_empty_set_of_labels_does_not(tree):
    lines = [{"file_name": f"videos/{i}.mp4", "label": ["a", "b"][:i], "tags": []} for i in range(3)]
    root = tree(*(f"videos/{i}.mp4" for i in range(3)), metadata_jsonl="\n".join(map(json.dumps, lines)))
    assert [row[1] for row in found(root)] == ["|", "a", "a|b"]
    assert read_dataset(root).records[0].metadata == {"tags": ""}


@pytest.mark.parametrize("names", [["1.mp4", "2.mp4"], ["videos/1.mp4", "videos/2.mp4"], ["train/1.mp4", "test/2.mp4"]])
def test_videos_without_labels_open_for_the_doctor(tree, names):
    root = tree(*names)
    assert [record.file for record in read_dataset(root, strict=False).records] == sorted(names)
    with pytest.raises(DataError):
        read_dataset(root)


def test_captions_alone_say_how_to_name_a_label(tree):
    text = "file_name,text\n0001.mp4,a dog\n0002.mp4,a cat\n"
    root = tree("videos/0001.mp4", "videos/0002.mp4", videos__metadata_csv=text)
    with pytest.raises(DataError, match="--label-from text"):
        read_dataset(root)
    with pytest.raises(DataError, match="--label-from text"):
        read_dataset(root / "videos")
