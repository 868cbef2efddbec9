"""Files appear whole or not at all."""

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reelwise.core.files import atomic_write, file_hint, file_sha256, write_hint, write_json, write_text


def test_a_failed_write_leaves_the_old_file_and_no_leftover(tmp_path):
    target = tmp_path / "a.json"
    write_text(target, "old")
    with pytest.raises(RuntimeError, match="midway"), atomic_write(target) as stream:
        stream.write(b"half")
        raise RuntimeError("midway")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.json"]


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert not (tmp_path / "a.json").exists()


def test_a_lone_surrogate_can_be_written(tmp_path):
    write_text(tmp_path / "a.txt", "odd\udcff.mp4")
    assert (tmp_path / "a.txt").read_text() == "odd\\udcff.mp4"


def test_a_full_disk_keeps_the_old_file(tmp_path):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    code = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from pathlib import Path
from reelwise.core.files import atomic_write
try:
    with atomic_write(Path({str(target)!r})) as stream:
        stream.write(bytes(5000))
except OSError:
    raise SystemExit(7)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_sha256_counts_every_byte(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(3_000_000))
    pieces = []
    digest = file_sha256(path, pieces.append)
    assert digest == hashlib.sha256(bytes(3_000_000)).hexdigest()
    assert sum(pieces) == 3_000_000


def test_a_name_of_the_greatest_length_can_be_written(tmp_path):
    name = "é" * 124 + ".json"  # 253 bytes
    write_text(tmp_path / name, "text")
    assert os.listdir(tmp_path) == [name]


def test_a_name_that_is_too_long_is_no_full_disk(tmp_path):
    with pytest.raises(OSError, match="too long") as caught:
        write_text(tmp_path / ("a" * 300), "text")
    assert write_hint(caught.value) == file_hint(caught.value) == "Choose a shorter name."


SPACE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@pytest.mark.parametrize("number", sorted(set(errno.errorcode) - SPACE_ERRORS))
def test_space_is_asked_for_where_space_is_missing_alone(number):
    error = OSError(number, os.strerror(number))
    assert "space" not in write_hint(error)
    assert write_hint(error).endswith((".", ")."))


@pytest.mark.parametrize("number", sorted(SPACE_ERRORS))
def test_a_full_disk_has_a_hint_of_its_own(number):
    assert write_hint(OSError(number, ""), "Free some.") == "Free some."
    assert file_hint(OSError(number, "")) == "Free some space."


def test_a_file_is_on_the_disk_before_it_gets_its_name_and_then_its_folder_is(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, Path.replace

    def record_fsync(handle):
        path = str(Path(f"/proc/self/fd/{handle}").readlink())
        calls.append(("fsync", "folder" if path == str(tmp_path) else Path(path).suffix, os.fstat(handle).st_size))
        fsync(handle)

    def record_replace(source, target):
        calls.append(("rename", source.suffix, source.stat().st_size))
        return replace(source, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    write_text(tmp_path / "a.json", "12345")
    assert [call[:2] for call in calls] == [("fsync", ".tmp"), ("rename", ".tmp"), ("fsync", "folder")]
    assert calls[0][2] == calls[1][2] == 5, "all bytes were written before"
