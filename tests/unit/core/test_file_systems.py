"""Drives that refuse what most drives do."""

import errno
import shutil
import sys
from types import SimpleNamespace

import pytest
import strange_drives

from reelwise.core.file_systems import free_bytes, mount_point

pytestmark = pytest.mark.skipif(not strange_drives.IS_POSSIBLE, reason="a filter of Linux on x86-64 plays the drive")

WRITE = """
import sys, warnings
from pathlib import Path
from reelwise.core.files import write_json
warnings.simplefilter("always")
for name in ("a", "b"):
    write_json(Path(sys.argv[1]) / name, {"is": "whole"})
"""


@pytest.mark.parametrize(
    ("answers", "lack"),
    [
        ({"chmod": errno.EPERM, "fchmodat": errno.EPERM}, "no permissions to set (Operation not permitted)"),
        ({"fsync": errno.EINVAL}, "no flushing (Invalid argument)"),
    ],
)
def test_a_file_is_written_without_modes_and_without_flushing(answers, lack, tmp_path):
    done = strange_drives.run_with(WRITE, str(tmp_path), **answers)
    assert done.returncode == 0, done.stderr
    assert lack in done.stderr
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() == '{\n  "is": "whole"\n}\n'


def test_a_disk_that_breaks_while_it_flushes_is_an_error(tmp_path):
    done = strange_drives.run_with(WRITE, str(tmp_path), fsync=errno.EIO)
    assert "OSError: [Errno 5]" in done.stderr
    assert not list(tmp_path.iterdir())


CHECK = """
import sys
from reelwise.cli.main import main
sys.argv = ["reelwise", *sys.argv[1:]]
main()
"""

EVERYTHING = {
    "flock": errno.ENOLCK, "chmod": errno.EPERM, "fchmodat": errno.EPERM, "fsync": errno.EINVAL, "statfs": errno.ENOSYS
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "no_maps"),
    [
        ({"flock": errno.ENOLCK}, False),
        ({"flock": errno.EOPNOTSUPP}, False),
        ({"chmod": errno.EPERM, "fchmodat": errno.EPERM}, False),
        ({"statfs": errno.ENOSYS}, False),
        ({}, True),
        (EVERYTHING, True),
    ],
)
def test_the_doctor_works_on_a_strange_drive_and_says_what_it_lacks_once(answers, no_maps, two_classes, tmp_path):
    arguments = ("check", str(two_classes), "--cache-dir", str(tmp_path / "cache"), "--quiet")
    done = strange_drives.run_with(CHECK, *arguments, no_maps=no_maps, **answers)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 videos can be used" in done.stdout
    lines = [line for line in done.stderr.splitlines() if "this drive has no" in line]
    expected = {"flock": "file locks", "chmod": "permissions to set", "fsync": "flushing"}
    lacks = [expected[name] for name in answers if name in expected] + ["memory maps"] * no_maps
    assert sorted(line.split("this drive has no ")[1].split(" (")[0] for line in lines) == sorted(lacks)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("usage", [OSError(errno.ENOSYS, "no"), SimpleNamespace(total=0, used=0, free=0)])
def test_a_drive_that_does_not_say_how_much_is_free_is_not_full(usage, tmp_path, monkeypatch):
    def disk_usage(folder):
        if isinstance(usage, OSError):
            raise usage
        return usage

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    assert free_bytes(tmp_path) == sys.maxsize


def test_the_drive_of_a_file_that_is_not_there():
    assert str(mount_point(__file__ + "/not/there")) in ("/", *_parents(__file__))


def _parents(path):
    from pathlib import Path

    return [str(parent) for parent in Path(path).resolve().parents]
