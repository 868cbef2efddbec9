"""What is said of folders of numbered pictures, and where they are found."""

import pytest

from reelwise.datasets.reading import read_dataset

JPEG = b"\xff\xd8\xff"


def put_frames(folder, numbers=range(1, 9), name="{:04d}.jpg"):
    folder.mkdir(parents=True)
    for number in numbers:
        (folder / name.format(number)).write_bytes(JPEG)
    return folder


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "set"
    for label in ("run", "walk"):
        for number in range(3):
            put_frames(root / label / f"clip{number}")
    return root


def notes_on_frames(dataset):
    return [note for note in dataset.notes if "numbered pictures" in note]


def test_class_folders_of_frame_folders(root):
    dataset = read_dataset(root)
    assert [(record.file, record.label) for record in dataset.records[:2]] == [
        ("run/clip0", "run"),
        ("run/clip1", "run"),
    ]
    assert len(dataset.records) == 6
    assert notes_on_frames(dataset) == [
        "6 folders of numbered pictures: a video each, of 25 frames per second, which is assumed: for another write"
        ' {"frame_rate": 30} into run/clip0.json beside run/clip0'
    ]


def test_the_hint_on_the_rate_works(root):
    for record in read_dataset(root).records:
        record.path.with_name(f"{record.path.name}.json").write_text('{"frame_rate": 30}', encoding="utf-8")
    assert notes_on_frames(read_dataset(root)) == [
        "6 folders of numbered pictures: a video each, of 30 frames per second, as their files say"
    ]


def test_gaps_in_the_numbers_are_said(root):
    put_frames(root / "walk/clip3", (1, 2, 3, 6, 7, 9))
    note = notes_on_frames(read_dataset(root))[-1]
    assert note.startswith("1 folder of numbered pictures: numbers are missing (3 in walk/clip3);")


@pytest.mark.parametrize("split", ["train", "test"])
def test_split_folders_and_deeper_ones(tmp_path, split):
    for label in ("run", "walk"):
        for part in ("train", "test"):
            put_frames(tmp_path / part / label / "MOT-02/img1", name="{:06d}.jpg")
    records = read_dataset(tmp_path).records
    assert {(record.label, record.split) for record in records} >= {("run", split), ("walk", split)}
    assert len(records) == 4


def test_a_list_names_frame_folders(root):
    (root / "list.csv").write_text("file,label\nrun/clip0,a\nwalk/clip1/,b\nwalk,c\n", encoding="utf-8")
    dataset = read_dataset(root / "list.csv", strict=False)
    assert [(record.file, record.label) for record in dataset.records] == [("run/clip0", "a"), ("walk/clip1", "b")]
    assert "not a plain file" in dataset.skipped[0].reason


def test_the_data_may_be_one_frame_folder(root):
    dataset = read_dataset(root / "run/clip0", strict=False)
    assert [record.path for record in dataset.records] == [root / "run/clip0"]
    assert dataset.layout.text == "one folder of numbered pictures"
    assert not [note for note in dataset.notes if note.startswith("not read")]
