"""A file that grows: what was written before its end is read, and the end comes once."""

import os
from pathlib import Path

import crafted
import pytest

from reelwise.core.errors import VideoError
from reelwise.media.readers.growing_file import GrowingFile, Growth
from reelwise.media.readers.source import open_source


@pytest.fixture
def mark(tmp_path) -> Path:
    path = tmp_path / "open"
    path.touch()
    return path


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    return path


def append_two(path: Path) -> None:
    with path.open("ab") as target:
        target.write(b"two")


def test_what_was_written_before_the_end_is_read(path, mark):
    def write_and_end() -> None:
        append_two(path)
        mark.unlink(missing_ok=True)

    with GrowingFile(path, Growth(open_mark=mark), write_and_end) as file:
        assert [file.read(100), file.read(100), file.read(100)] == [b"one", b"two", b""]


def test_a_place_behind_the_end_is_waited_for(path, mark):
    with GrowingFile(path, Growth(open_mark=mark), lambda: append_two(path)) as file:
        assert file.seek(5) == 5
        assert file.read(100) == b"o"
        assert file.tell() == 6
        assert file.seek(0, os.SEEK_END) == -1  # where it will end is not known
        mark.unlink()
        assert (file.read(100), file.seek(0, os.SEEK_END)) == (b"", 6)


def test_what_comes_before_a_place_is_no_pause(tmp_path):
    content = crafted.make_video(tmp_path / "whole.mp4", 5).read_bytes()
    index_start = content.index(b"moov") - 4
    # So much before the index that FFmpeg does not read through it.
    filler = (1_000_000).to_bytes(4, "big") + b"free" + bytes(999_992)
    whole = content[:index_start] + filler + content[index_start:]
    path = tmp_path / "a.mp4"
    pieces = [whole[start : start + len(whole) // 12] for start in range(0, len(whole), len(whole) // 12)]
    path.write_bytes(pieces.pop(0))

    def append_a_piece() -> None:
        with path.open("ab") as target:
            target.write(pieces.pop(0) if pieces else b"")

    source = open_source(path, growth=Growth(idle_seconds=0.12), on_wait=append_a_piece)
    assert sum(1 for packet in source.packets() if packet.size) == 5
    source.close()


def test_its_size_is_that_of_now_even_without_its_name(path, mark):
    with GrowingFile(path, Growth(open_mark=mark), lambda: None) as file:
        append_two(path)
        path.unlink()
        assert file.size_bytes == 6


def test_the_end_is_waited_for_once(path):
    waits: list[None] = []
    with GrowingFile(path, Growth(idle_seconds=0.1), lambda: waits.append(None)) as file:
        assert (file.read(100), file.read(100)) == (b"one", b"")
        num_waits = len(waits)
        assert num_waits
        file.seek(0)
        assert (file.read(100), file.read(100)) == (b"one", b"")
        assert len(waits) == num_waits


def test_a_growing_file_needs_one_way_to_end(mark):
    for growth in ({}, {"idle_seconds": 1.0, "open_mark": mark}):
        with pytest.raises(ValueError, match="a time or a mark"):
            Growth(**growth)


def test_a_file_without_bytes_is_waited_for(tmp_path, mark):
    path = tmp_path / "a.mkv"
    whole = crafted.make_video(tmp_path / "whole.mkv", 5).read_bytes()

    def write_and_end() -> None:
        path.write_bytes(whole)
        mark.unlink(missing_ok=True)

    source = open_source(path, growth=Growth(open_mark=mark), on_wait=write_and_end)
    assert sum(1 for packet in source.packets() if packet.size) == 5
    source.close()


@pytest.mark.parametrize(
    "text", ["#EXTM3U\n#EXTINF:1,\nsecret.mkv\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile secret.mkv\n"]
)
def test_lists_of_other_files_are_refused_while_they_grow(text, tmp_path):
    crafted.make_video(tmp_path / "secret.mkv", 5)
    path = tmp_path / "list.mkv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VideoError, match=r"not a video file|no video format"):
        open_source(path, growth=Growth(idle_seconds=0.1))


def test_an_empty_file_that_has_ended_is_refused(tmp_path):
    path = tmp_path / "a.mkv"
    path.touch()
    with pytest.raises(VideoError, match="zero bytes"):
        open_source(path, growth=Growth(idle_seconds=0.1))
