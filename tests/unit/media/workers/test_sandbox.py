"""What a worker gives up, tried from inside one: each test runs Python behind ``sandbox.enter``."""

import subprocess
import sys

import pytest

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be held this way")

START = """
import os, socket, subprocess, sys
from reelwise.media.workers import sandbox
from reelwise.media.limits import WorkerLimits
limits = WorkerLimits(memory_bytes=600 << 20, output_bytes=1000)
held = sandbox.enter(limits, os.getppid())
"""


def run_inside(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, timeout=60, check=False)


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
    assert run_inside(write.format(False, 10)).stdout == "denied\n"
    assert run_inside(write.format(True, 2000)).stdout == "denied\n"
    assert run_inside(write.format(True, 900)).stdout == ""


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
    assert result.stdout == "['dies with parent', 'memory limit', 'no network']\n"


@LINUX
def test_a_worker_whose_parent_is_gone_does_not_start():
    result = run_inside("sandbox.enter(limits, 1 if os.getppid() != 1 else 2)\nprint('alive')")
    assert result.returncode == 1
    assert result.stdout == ""


def test_reading_still_works(tmp_path):
    (tmp_path / "x").write_text("text")
    assert run_inside(f"print(open({str(tmp_path / 'x')!r}).read())").stdout == "text\n"
