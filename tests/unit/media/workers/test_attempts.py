"""A decoder that was taken over reaches nothing: each attempt is made from inside a real worker."""

import ctypes
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import attempts
import attempts_beside_parquet
import psutil
import pytest

from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.pool import WorkerPool

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="only Linux holds a worker so"
)

MEMORY = ctypes.create_string_buffer(b"as it was", 64)
"""What a worker tries to write."""

REFUSED = ("EPERM", "EACCES", "ENOSYS")


@pytest.fixture(scope="module", params=["without a folder", "with a folder", "for Parquet"])
def pool(request, tmp_path_factory) -> Iterator[WorkerPool]:
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", str(Path(attempts.__file__).parent), prepend=os.pathsep)
    folder = tmp_path_factory.mktemp("folder") if request.param == "with a folder" else None
    table = attempts_beside_parquet if request.param == "for Parquet" else attempts
    with WorkerPool(1, table=table.__name__, folder=folder) as workers:
        yield workers
    patch.undo()


def outcome(pool: WorkerPool, name: str, folder: Path, process: int | None = None) -> str:
    """What the worker says of an attempt on this process or another one; the files are put there first."""
    (folder / "a").write_bytes(b"its own")
    (folder / "stranger").write_bytes(b"a secret")
    (folder / "folder").mkdir(exist_ok=True)
    task = attempts.AttemptTask(
        folder / "a", name, folder / "stranger", process or os.getpid(), ctypes.addressof(MEMORY), folder / "out"
    )
    ((_, result),) = pool.run([task])
    return str(result)


@pytest.mark.parametrize("name", attempts.ATTEMPTS)
def test_it_is_refused(pool, name, tmp_path):
    assert outcome(pool, name, tmp_path) in REFUSED
    assert MEMORY.value == b"as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "folder", "stranger"]
    assert (tmp_path / "stranger").read_bytes() == b"a secret"


@pytest.mark.parametrize("name", attempts.HARMLESS)
def test_what_a_worker_needs_is_let_through(pool, name, tmp_path):
    assert outcome(pool, name, tmp_path) == "it worked"
    if name == "write its output":
        assert (tmp_path / "out").read_bytes() == b"xx"


@pytest.mark.parametrize(
    "name",
    ["signal the parent", "trace the parent", "write the memory of the parent by its file", "open a file of the parent",
     "compare files with the parent", "read the environment of the parent", "change the limits of the parent"],
)  # fmt: skip
def test_another_worker_is_out_of_reach_too(pool, name, tmp_path):
    with WorkerPool(1) as others:
        list(others.run([ScanTask(tmp_path / "missing")]))
        (pid,) = others.worker_pids()
        assert outcome(pool, name, tmp_path, pid) in REFUSED


def test_all_attempts_leave_one_worker_and_no_process_of_its_own(pool, tmp_path):
    outcome(pool, "fork", tmp_path)
    (pid,) = pool.worker_pids()
    assert psutil.Process(pid).children() == []


def test_a_folder_may_be_written_and_nothing_beside_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(attempts.__file__).parent), prepend=os.pathsep)
    (tmp_path / "own").mkdir()
    with WorkerPool(1, table=attempts.__name__, folder=tmp_path / "own") as pool:
        for name in ("make a file", "write over a file", "append to a file", "rename a file", "remove a file"):
            assert outcome(pool, name, tmp_path) in REFUSED
            assert outcome(pool, name, tmp_path / "own") == "it worked"
        for name in ("change the mode of a file", "make a symbolic link", "make a hard link", "make a device"):
            assert outcome(pool, name, tmp_path / "own") in REFUSED
