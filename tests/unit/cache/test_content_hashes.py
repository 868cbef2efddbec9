"""Content is hashed once, and again when a file may have changed."""

import os
import time

import pytest

from reelwise.cache import content_hashes as content
from reelwise.cache.content_hashes import ContentIndex
from reelwise.core.errors import VideoError

OLD = time.time_ns() - 10**12


@pytest.fixture
def hashed(monkeypatch):
    """Counts hashing; files count as old enough to be remembered."""
    paths = []
    real = content.content_sha256
    monkeypatch.setattr(content, "content_sha256", lambda path: paths.append(path) or real(path))
    return paths


def test_remembered_by_the_next_process_once_old_enough(tmp_path, hashed, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    ContentIndex(tmp_path / "i.json").content(path)
    index = ContentIndex(tmp_path / "i.json")
    index.content(path)
    index.save()
    assert len(hashed) == 2  # changed a moment ago: not remembered
    assert not (tmp_path / "i.json").exists()
    monkeypatch.setattr(content, "_RACY_NS", -1)
    index.content(path)
    index.save()
    known = ContentIndex(tmp_path / "i.json").content(path)
    assert len(hashed) == 3
    assert known == content.content_sha256(path)


def test_same_size_and_mtime_but_other_bytes(tmp_path, hashed, monkeypatch):
    monkeypatch.setattr(content, "_RACY_NS", -1)
    path, index = tmp_path / "a", ContentIndex(tmp_path / "i.json")
    path.write_bytes(b"one")
    os.utime(path, ns=(OLD, OLD))
    first = index.content(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(OLD, OLD))
    assert index.content(path) != first


def test_a_file_written_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    monkeypatch.setattr(content, "content_sha256", lambda path: path.write_bytes(b"longer") and "x" * 64)
    with pytest.raises(VideoError, match="changes while"):
        ContentIndex(tmp_path / "i.json").content(path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": "x"}', '{"schema": "reelwise/content/1", "files": {"a": [1]}}']
)
def test_a_damaged_index_is_as_good_as_none(tmp_path, text):
    (tmp_path / "i.json").write_text(text)
    path = tmp_path / "a"
    path.write_bytes(b"one")
    assert len(ContentIndex(tmp_path / "i.json").content(path)) == 64


def test_two_jobs_add_to_one_index(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "_RACY_NS", -1)
    jobs = [ContentIndex(tmp_path / "i.json") for _ in range(2)]
    for name, job in zip("ab", jobs, strict=True):
        (tmp_path / name).write_bytes(name.encode())
        job.content(tmp_path / name)
    for job in jobs:
        job.save()
    assert len(content._load(tmp_path / "i.json")) == 2
