"""What is said of folders of numbered pictures, and where they are found."""

import json
from fractions import Fraction

import pytest

from reelwise.core.errors import UsageError
from reelwise.datasets.reading import read_dataset
from reelwise.media.frame_folders import read_frame_folder
from reelwise.media.frame_rates import FrameRates, frame_rates_in_use, use_frame_rates

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
        "6 folders of numbered pictures: a video each, of 25 frames per second, which is assumed:"
        ' --frame-rate gives another, or {"frame_rate": 30} in run/clip0.json beside run/clip0'
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


@pytest.fixture
def rates():
    with use_frame_rates(FrameRates()) as rates:
        yield rates


COLUMNS = ["frame_rate", "fps", "FPS", "frameRate", "frames per second"]


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_column_of_a_list_says_the_rate(root, column, form):
    rows = [
        {"file": "run/clip0", "label": "run", column: "30000/1001"},
        {"file": "walk/clip0", "label": "walk", column: "12.5"},
        {"file": "walk/clip1", "label": "walk", column: ""},
    ]
    text = json.dumps(rows) if form == "json" else "\n".join([",".join(rows[0]), *(",".join(r.values()) for r in rows)])
    (root / f"list.{form}").write_text(text, encoding="utf-8")
    (root / "run/clip0.json").write_text('{"frame_rate": 7}', encoding="utf-8")
    dataset = read_dataset(root / f"list.{form}")
    frame_rates = [read_frame_folder(record.path).frame_rate for record in dataset.records]
    assert frame_rates == [Fraction(30000, 1001), Fraction("12.5"), Fraction(25)]
    notes = notes_on_frames(dataset)
    assert f"of 12.5 frames per second, as the column {column!r} says" in notes[1].replace("25/2", "12.5")
    assert "which is assumed" in notes[2]


@pytest.mark.usefixtures("rates")
def test_a_rate_that_is_none_and_one_that_differs_are_skipped_with_their_reason(root):
    rows = ["file,label,fps", "run/clip0,a,fast", "run/clip1,a,25", "walk/clip0,b,25", "walk/clip1,b,0"]
    (root / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    dataset = read_dataset(root / "list.csv", strict=False)
    assert [(item.file, item.reason) for item in dataset.skipped] == [
        ("run/clip0", "list.csv line 2: fps is 'fast', which is no frame rate"),
        ("walk/clip1", "list.csv line 5: fps is '0', which is no frame rate"),
    ]
    (root / "list.csv").write_text(
        "file,label,fps,start,end\nrun/clip0,a,25,0,1\nrun/clip0,b,30,1,2\nwalk/clip0,b,30,0,1\n", encoding="utf-8"
    )
    dataset = read_dataset(root / "list.csv", strict=False)
    assert [item.reason for item in dataset.skipped] == ["list.csv line 3: fps is 30, and 25 in a row before"]


def test_a_rate_that_is_given_is_above_lists_and_files(root):
    (root / "list.csv").write_text("file,label,fps\nrun/clip0,run,10\nwalk/clip0,walk,\n", encoding="utf-8")
    with use_frame_rates(FrameRates(of_all=Fraction(30))):
        assert notes_on_frames(read_dataset(root / "list.csv")) == [
            "2 folders of numbered pictures: a video each, of 30 frames per second, as --frame-rate says"
        ]


def test_a_rate_for_video_files_alone_is_refused(tmp_path):
    for label in ("run", "walk"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "a.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    with use_frame_rates(FrameRates(of_all=Fraction(30))), pytest.raises(UsageError, match="says its own rate"):
        read_dataset(tmp_path, strict=False)


def test_the_other_videos_are_said(root):
    (root / "run/b.mp4").write_bytes(b"\0\0\0\x20ftypisom")
    with use_frame_rates(FrameRates(of_all=Fraction(30))):
        notes = read_dataset(root, strict=False).notes
    assert "--frame-rate is not for 1 video file: each says its own" in notes


def test_rates_end_with_their_job(root):
    folder = root / "run/clip0"
    with use_frame_rates(FrameRates(of_all=Fraction(30))):
        assert read_frame_folder(folder).frame_rate == 30
    assert (read_frame_folder(folder).frame_rate, frame_rates_in_use()) == (25, FrameRates())
