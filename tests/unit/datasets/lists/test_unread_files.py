"""Everything that lies in a data folder is read, or counted in a line."""

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import DataError, UsageError
from reelwise.datasets.reading import read_dataset
from reelwise.jobs.runs.inputs import expand_inputs

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
MOVING_WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02" + bytes(9)
STILL_WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00" + bytes(9)


def put(root, **files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture
def root(tmp_path):
    put(tmp_path, **{"run/1.mp4": MP4, "walk/2.mp4": MP4})
    return tmp_path


def unread(root, **options):
    return [note for note in read_dataset(root, **options).notes if note.startswith("not read")]


def test_nothing_to_say_of_a_folder_of_videos(root):
    put(root, **{"run/1.json": b"{}", "run/1.info.json": b"{}", "metadata.csv": b"file_name,a\nrun/1.mp4,b\n"})
    assert unread(root) == []


@pytest.fixture
def closed_folders(monkeypatch):
    """Folders whose listing fails, as for a user without rights; root may list them all."""
    names, scandir = set(), os.scandir

    def refuse(path="."):
        if os.path.basename(path) in names:  # noqa: PTH119
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return names


def test_a_folder_that_cannot_be_listed_has_a_line(root, closed_folders):
    for number in range(5):
        put(root, **{f"walk/closed{number}/3.mp4": MP4})
        closed_folders.add(f"closed{number}")
    assert unread(root) == [
        "not read: walk/closed0 could not be listed: PermissionError (Permission denied), walk/closed1 could not be"
        " listed: PermissionError (Permission denied), walk/closed2 could not be listed: PermissionError (Permission"
        " denied), and 2 more folders; check their rights"
    ]


def test_a_data_folder_that_cannot_be_listed_is_refused_for_that(root, closed_folders):
    closed_folders.add(root.name)
    with pytest.raises(DataError) as error:
        read_dataset(root)
    assert "could not be listed: PermissionError" in error.value.hint
    with pytest.raises(UsageError) as error:
        expand_inputs((str(root),))
    assert "could not be listed: PermissionError" in error.value.hint


def test_each_kind_has_a_line(root):
    put(
        root,
        **{
            "walk/a.webp": MOVING_WEBP,
            "walk/b.webp": STILL_WEBP,
            "annotations.csv": b"file,label\n",
            "train.csv": b"file,label\n",
            "walk_split1.txt": b"1.mp4 1\n",
            "plan.xlsx": b"PK\x03\x04",
            "more.zip": b"PK\x03\x04",
            "sound.wav": b"RIFF\x00\x00\x00\x00WAVE",
            "x.npy": b"\x93NUMPY",
            "scan.dcm": b"",
            "README.md": b"",
            "LICENSE": b"",
        },
    )
    put(root, **{f"walk/clip/{i:04d}.bmp": b"BM" for i in range(96)})
    assert unread(root) == [
        "not read: 1 folder of numbered pictures (walk/clip with 96, not JPEG, PNG or TIFF); make a video of each, at"
        f" the rate of its frames, such as `ffmpeg -framerate 25 -pattern_type glob -i '{root}/walk/clip/*.bmp' -vf"
        f" 'pad=ceil(iw/2)*2:ceil(ih/2)*2' -pix_fmt yuv420p {root}/walk/clip.mp4`",
        "not read: 1 WebP animation (walk/a.webp); save each as GIF or MP4, since FFmpeg reads no moving WebP",
        "not read: 1 text list (walk_split1.txt); give one as DATA if its lines are `path label`",
        "not read: 2 lists (annotations.csv, train.csv); give one as DATA in place of the folder to use it",
        "not read: 1 spreadsheet (plan.xlsx); save it as CSV and give that as DATA",
        "not read: 1 archive (more.zip); unpack it to use what is in it",
        "not read: 1 picture (walk/b.webp); a video has several pictures",
        "not read: 1 sound file (sound.wav); sound is read from the tracks of videos",
        "not read: 1 file of arrays (x.npy); write the frames as videos to use them",
        "not read: 1 medical scan (scan.dcm); save it as MP4 or GIF",
        "not read: 2 other files (LICENSE, README.md)",
    ]


def test_videos_that_the_list_of_a_folder_leaves_out(root):
    put(root, **{"walk/3.mp4": MP4, "labels.csv": b"file,label\nrun/1.mp4,a\nwalk/2.mp4,b\n"})
    assert unread(root) == ["not read: 1 video (walk/3.mp4); the list in this folder does not name it"]
    assert unread(root / "labels.csv") == []


def test_a_folder_without_videos_says_what_is_there(tmp_path):
    put(tmp_path, **{f"walk/clip/{i:04d}.webp": STILL_WEBP for i in range(96)})
    with pytest.raises(DataError, match="no video was found") as error:
        read_dataset(tmp_path)
    assert "walk/clip with 96" in error.value.hint


names = st.from_regex(
    r"[a-z]{1,3}[0-9]{0,2}\.(mp4|gif|jpg|csv|txt|json|md|zip|wav|npy|webp|png|y4m|xyz)", fullmatch=True
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["", "run/", "walk/deep/"]), names), unique=True, max_size=25))
def test_every_file_is_a_record_or_skipped_or_counted(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("tree")
    put(root, **{folder + name: MP4 if name.endswith("mp4") else b"x" for folder, name in files})
    dataset = read_dataset(root, strict=False)
    num_unread = 0
    for note in dataset.notes:
        if match := re.match(r"not read: (\d+) (folders? of)?", note):
            pictures = [int(number) for number in re.findall(r" with (\d+)", note)]
            num_unread += sum(pictures) if match[2] else int(match[1])
    read = {path.with_suffix(".json") for path in (root / record.file for record in dataset.records)}
    read |= {path.with_name(f"{path.name}.json") for path in (root / record.file for record in dataset.records)}
    sidecars = [path for path in root.rglob("*.json") if path in read]
    assert len(dataset.records) + len(dataset.skipped) + num_unread + len(sidecars) == len(files)


def test_a_folder_of_inputs_without_videos_says_what_is_there(tmp_path):
    put(tmp_path, **{f"clip/{i:04d}.ppm": b"P6" for i in range(9)})
    with pytest.raises(UsageError, match="no video below this folder") as error:
        expand_inputs((str(tmp_path / "clip"),))
    hint = "Name another folder or a file. Not read: 1 folder of numbered pictures (clip with 9, not JPEG, PNG or TIFF)"
    assert error.value.hint.startswith(hint)


WHY = {
    "beside a video": {"walk/clip.mp4": MP4},
    "of more than one series": {f"walk/clip/left_{i}.png": b"x" for i in range(9)},
    "above other videos": {"walk/clip/deep/a.mp4": MP4},
}


@pytest.mark.parametrize("reason", WHY)
def test_why_numbered_pictures_are_no_video_is_said(root, reason):
    put(root, **{f"walk/clip/{i:04d}.png": b"\x89PNG" for i in range(9)} | WHY[reason])
    (note,) = unread(root)
    assert f"(walk/clip with {18 if 'series' in reason else 9}, {reason})" in note


def test_frames_of_a_video_are_not_counted_and_others_beside_them_are(root):
    put(root, **{f"walk/clip/img_{i:05d}.jpg": b"\xff\xd8\xff" for i in range(96)})
    assert unread(root) == []
    put(root, **{f"walk/clip/flow_x_{i:05d}.jpg": b"\xff\xd8\xff" for i in range(95)})
    (note,) = unread(root)
    assert "walk/clip with 95, beside the frames of a video" in note
