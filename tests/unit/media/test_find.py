import shutil

import crafted
import pytest

from reelwise.media.find import find_videos, is_video


def names(folder) -> list[str]:
    return [str(path.relative_to(folder)) for path in find_videos(folder)]


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.mp4", "libx264", None),
        ("a.mkv", "libx264", None),
        ("a.webm", "libvpx", None),
        ("a.avi", "mpeg4", None),
        ("a.ts", "mpeg2video", None),
        ("a.mpg", "mpeg2video", None),
        ("a.flv", "flv", None),
        ("a.wmv", "wmv2", "asf"),
        ("a.264", "libx264", "h264"),
        ("a.265", "libx265", "hevc"),
        ("a.m4v", "mpeg4", "m4v"),
        ("a.ivf", "libvpx", "ivf"),
        ("a.m2v", "mpeg2video", "mpeg2video"),
    ],
)
def test_a_video_is_found_without_its_suffix(tmp_path, name, codec, container):
    options = {"x265-params": "log-level=none"} if codec == "libx265" else None
    path = crafted.make_video(tmp_path / name, codec=codec, container=container, options=options)
    path.rename(tmp_path / "clip")
    (tmp_path / "notes.txt").write_text("no video")
    assert names(tmp_path) == ["clip"]


def test_transport_streams_behind_junk(tmp_path):
    data = crafted.make_video(tmp_path / "a.ts").read_bytes()
    (tmp_path / "junk").write_bytes(b"\x01\x02\x03" * 33 + data)
    assert is_video(tmp_path / "junk")


def test_what_only_a_suffix_calls_a_video_is_listed_to_be_refused(tmp_path):
    (tmp_path / "empty.webm").touch()
    (tmp_path / "page.MP4").write_text("<html>")
    crafted.pipe(tmp_path / "pipe.mp4")
    assert names(tmp_path) == ["empty.webm", "page.MP4", "pipe.mp4"]


def test_other_files_are_left_out(tmp_path):
    (tmp_path / "labels.csv").write_text("file,label\n")
    (tmp_path / "picture.gif").write_bytes(b"GIF89a")
    (tmp_path / "song.m4a").write_bytes(b"\x00\x00\x00\x20ftypM4A \x00")
    (tmp_path / "sound.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVE")
    (tmp_path / ".hidden.mp4").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.mp4").touch()
    crafted.pipe(tmp_path / "pipe")
    assert names(tmp_path) == []


def test_folders_and_links_are_entered_once(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    crafted.make_video(tmp_path / "b" / "c" / "x.mp4")
    shutil.copy(tmp_path / "b" / "c" / "x.mp4", tmp_path / "b" / "y.mp4")
    (tmp_path / "b" / "c" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.mp4").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == ["b/c/x.mp4", "b/y.mp4", "dangling.mp4"]


def test_one_file_is_itself(tmp_path):
    assert find_videos(tmp_path / "a.mp4") == [tmp_path / "a.mp4"]


def test_ogg_is_a_video_when_it_holds_one(tmp_path):
    page = b"OggS\x00\x02" + bytes(20) + b"\x01"
    (tmp_path / "film").write_bytes(page + b"\x2a\x80theora\x03\x02\x01")
    (tmp_path / "song").write_bytes(page + b"\x1e\x01vorbis")
    assert names(tmp_path) == ["film"]
