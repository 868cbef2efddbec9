"""Landlock alone, without the filter of system calls."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is of Linux")

START = """
import ctypes, errno, os, sys
from pathlib import Path
from reelwise.media.workers.landlock import restrict_files
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
before = open("before")
domain = restrict_files([Path("readable"), Path("missing")], Path("folder"))
assert domain.version >= 1, "this kernel has no Landlock"
def attempt(function):
    try:
        function()
    except OSError as error:
        return print("refused" if error.errno in (errno.EPERM, errno.EACCES, errno.EXDEV) else error)
    print("worked")
"""


def run(code: str, folder) -> list[str]:
    for name in ("readable", "folder", "other"):
        (folder / name).mkdir()
        (folder / name / "a").write_text("text")
    (folder / "before").write_text("text")
    result = subprocess.run(
        [sys.executable, "-c", START + code], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open('readable/a')", "worked"),
        ("os.listdir('readable')", "worked"),
        ("open('readable/a', 'w')", "refused"),
        ("open('other/a')", "refused"),
        ("os.listdir('other')", "refused"),
        ("open('/proc/self/root' + os.path.abspath('other/a'))", "refused"),
        ("os.truncate('other/a', 0)", "refused"),
        ("os.link('other/a', 'folder/b')", "refused"),
        ("os.rename('folder/a', 'other/b')", "refused"),
        ("open('folder/new', 'w')", "worked"),
        ("os.rename('folder/a', 'folder/b')", "worked"),
        ("os.unlink('folder/a')", "worked"),
        ("os.mkdir('folder/b')", "refused"),
        ("os.symlink('/', 'folder/b')", "refused"),
        ("os.mkfifo('folder/b')", "refused"),
        ("before.read()", "worked"),
        ("open(f'/proc/{os.getppid()}/mem', 'r+b')", "refused"),
        ("os.execv('/bin/true', ['true'])", "refused"),
    ],
)
def test_files(code, expected, tmp_path):
    assert run(f"attempt(lambda: {code})", tmp_path) == [expected]


def test_signals_go_to_itself_alone_where_the_kernel_has_scopes(tmp_path):
    code = """
attempt(lambda: os.kill(os.getpid(), 0))
print(domain.has_signals)
attempt(lambda: os.kill(os.getppid(), 0))
"""
    first, has_signals, second = run(code, tmp_path)
    assert first == "worked"
    assert second == ("refused" if has_signals == "True" else "worked")
