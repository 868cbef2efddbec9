"""What a worker gives up, tried from inside one: each test runs Python behind ``sandbox.enter``."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwise.media.workers import sandbox

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be held this way")

IMPORTS = """
import os, socket, subprocess, sys
from reelwise.media.workers import sandbox
from reelwise.media.limits import WorkerLimits
limits = WorkerLimits(memory_bytes=600 << 20, output_bytes=1000)
"""

START = (
    IMPORTS
    + """
folder = __import__("pathlib").Path(sys.argv[1]) if sys.argv[1:] else None
held = sandbox.enter(limits, os.getppid(), folder)
"""
)


FORGETFUL_KERNEL = """
import ctypes
class Forgetful(ctypes.CDLL):
    def __getattr__(self, name):
        function = super().__getattr__(name)
        if name != "syscall":
            return function
        return lambda number, *rest: -1 if number.value in {numbers} else function(number, *rest)
ctypes.CDLL = Forgetful
"""


def run_inside(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", START + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@LINUX
@pytest.mark.parametrize(
    "code",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', 9))",
        "subprocess.run(['true'])",
        "os.execv('/bin/true', ['true'])",
    ],
)
def test_no_sockets_and_no_programs(code):
    result = run_inside(f"try:\n    {code}\nexcept PermissionError:\n    print('denied')")
    assert result.stdout == "denied\n", result.stderr


@LINUX
def test_memory_files_and_writing_are_limited(tmp_path):
    result = run_inside("try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('denied')")
    assert result.stdout == "denied\n"
    result = run_inside("try:\n    many = [open(os.devnull) for _ in range(80)]\nexcept OSError:\n    print('denied')")
    assert result.stdout == "denied\n"
    write = f"""
sandbox.limit_task(limits, may_write={{}})
try:
    with open({str(tmp_path / "x")!r}, "wb") as file:
        file.write(bytes({{}}))
except OSError:
    print("denied")
"""
    assert run_inside(write.format(False, 10), tmp_path).stdout == "denied\n"
    assert run_inside(write.format(True, 2000), tmp_path).stdout == "denied\n"
    assert run_inside(write.format(True, 900), tmp_path).stdout == ""


@LINUX
@pytest.mark.parametrize(("processor_seconds", "expected"), [(None, 50), (7.0, 7)])
def test_processor_time_has_a_limit_of_its_own(processor_seconds, expected):
    code = f"""
import resource
before = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
sandbox.limit_task(WorkerLimits(task_seconds=50.0, processor_seconds={processor_seconds}), may_write=False)
print(resource.getrlimit(resource.RLIMIT_CPU)[0] - before - 1)
"""
    assert int(run_inside(code).stdout) in (expected, expected + 1)


@LINUX
def test_all_is_said_to_hold():
    result = run_inside("print(held)")
    assert result.stdout == f"{list(sandbox.RESTRICTIONS)}\n"


@LINUX
def test_a_worker_whose_parent_is_gone_does_not_start():
    code = IMPORTS + "sandbox.enter(limits, 1 if os.getppid() != 1 else 2)\nprint('alive')"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert result.stdout == ""


@LINUX
def test_a_file_is_read_by_its_descriptor_alone(tmp_path):
    (tmp_path / "x").write_text("text")
    code = f"""
try:
    open({str(tmp_path / "x")!r})
except PermissionError:
    print(os.fdopen(0).read())
"""
    with (tmp_path / "x").open() as stream:
        command = [sys.executable, "-c", START + code]
        result = subprocess.run(command, stdin=stream, capture_output=True, text=True, timeout=60, check=False)
    assert result.stdout == "text\n", result.stderr


def test_a_folder_on_the_module_path_is_readable_when_a_module_came_from_it(tmp_path, monkeypatch):
    (tmp_path / "with_module").mkdir()
    (tmp_path / "with_module/a_module_of_this_test.py").touch()
    (tmp_path / "without").mkdir()
    for name in ("with_module", "without"):
        monkeypatch.syspath_prepend(tmp_path / name)
    importlib.import_module("a_module_of_this_test")
    paths = sandbox.interpreter_paths()
    assert tmp_path / "with_module" in paths
    assert not {tmp_path, tmp_path / "without", Path.home(), Path("/")} & set(paths)
    assert Path(np.__file__).parents[1] in paths


@LINUX
@pytest.mark.parametrize(("missing", "left"), [("landlock", "no files"), ("seccomp", "no network")])
def test_what_a_kernel_lacks_is_not_said_to_hold(missing, left):
    calls = {"landlock": "(444,)", "seccomp": "(317, 277)"}[missing]
    start = START.replace("held =", f"{FORGETFUL_KERNEL.format(numbers=calls)}\nheld =")
    result = subprocess.run(
        [sys.executable, "-c", start + "print(held)"], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stdout, result.stderr
    assert left not in result.stdout
    assert "memory limit" in result.stdout
