"""Descriptors in the place of paths: the parent opens what a task names, and nothing else."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS
from reelwise.media.requests.kind import load_table
from reelwise.media.requests.scan import ScanTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings
from reelwise.media.workers.handover import FileReceiver, FileSender, TaskFiles, files_of, open_ordinary
from reelwise.media.workers.pool import MEDIA_TABLE, find_restrictions
from reelwise.media.workers.sandbox import RESTRICTIONS
from reelwise.media.workers.wire import read_message
from reelwise.media.workers.worker_process import WorkerProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a worker so")


class Replies(io.RawIOBase):
    """The pipe of a worker whose parent answers at once."""

    def __init__(self, sender: FileSender) -> None:
        self._sender = sender

    def write(self, message) -> int:
        self._sender.send(read_message(io.BytesIO(message)) or {})
        return len(message)


@pytest.fixture
def sender():
    sender = FileSender()
    yield sender
    sender.close()


@pytest.fixture
def receiver(sender, tmp_path):
    return FileReceiver(os.dup(sender.worker_descriptor), Replies(sender), tmp_path / "own")  # pyright: ignore


def content(handle: int) -> bytes:
    with os.fdopen(handle, "rb") as stream:
        return stream.read()


def test_a_file_of_the_task_is_opened_each_time_from_its_start(sender, receiver, tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    sender.permit(TaskFiles(inputs=frozenset((str(tmp_path / "a"),))))
    assert [content(receiver.open_input(tmp_path / "a")) for _ in range(2)] == [b"text", b"text"]
    with pytest.raises(PermissionError):
        receiver.open_output(tmp_path / "a", append=True)
    with pytest.raises(PermissionError):
        receiver.open_input(tmp_path / "b")
    with pytest.raises(PermissionError):
        receiver.open_input(tmp_path / "x" / ".." / "a")
    sender.permit(TaskFiles())
    with pytest.raises(PermissionError):
        receiver.open_input(tmp_path / "a")


def test_an_output_is_made_and_appended_to_and_not_read(sender, receiver, tmp_path):
    (tmp_path / "out").write_bytes(b"old")
    sender.permit(TaskFiles(outputs=frozenset((str(tmp_path / "out"),))))
    for append in (False, True):
        with os.fdopen(receiver.open_output(tmp_path / "out", append=append), "ab" if append else "wb") as stream:
            stream.write(b"x")
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.read(stream.fileno(), 1)
    assert (tmp_path / "out").read_bytes() == b"xx"
    with pytest.raises(PermissionError):
        receiver.open_input(tmp_path / "out")


def test_why_a_file_cannot_be_opened_is_said(sender, receiver, tmp_path):
    missing, folder, output = tmp_path / "missing", tmp_path, tmp_path / "no folder" / "out"
    sender.permit(TaskFiles(frozenset((str(missing), str(folder))), frozenset((str(output),))))
    with pytest.raises(FileNotFoundError, match="missing"):
        receiver.open_input(missing)
    with pytest.raises(PermissionError):
        receiver.open_input(folder)
    with pytest.raises(FileNotFoundError):
        receiver.open_output(output, append=False)


@pytest.mark.parametrize(
    "message", [{}, {"path": 7}, {"path": "\0", "access": "read"}, {"path": "a", "access": ["read"]}, {"access": None}]
)
def test_nonsense_is_refused(sender, message, tmp_path):
    sender.permit(TaskFiles(inputs=frozenset(("\0",))))
    receiver = FileReceiver(os.dup(sender.worker_descriptor), io.BytesIO(), None)
    sender.send(message)
    with pytest.raises(OSError, match=r"(?i)not permitted|invalid"):
        receiver.open_input(tmp_path / "a")


def test_what_lies_in_its_folder_a_worker_opens_itself(receiver, tmp_path):
    (tmp_path / "own").mkdir()
    with os.fdopen(receiver.open_output(tmp_path / "own" / "a", append=False), "wb") as stream:
        stream.write(b"text")
    assert content(receiver.open_input(tmp_path / "own" / "a")) == b"text"
    with pytest.raises(PermissionError):
        receiver.open_input(tmp_path / "own" / ".." / "a")


def test_a_parent_that_is_gone_is_a_broken_pipe(sender, tmp_path):
    receiver = FileReceiver(os.dup(sender.worker_descriptor), io.BytesIO(), None)
    sender.close()
    with pytest.raises(BrokenPipeError):
        receiver.open_input(tmp_path / "a")


def test_what_is_no_ordinary_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(OSError, match="not an ordinary file"):
            open_ordinary(path)
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "link").symlink_to("a")
    assert content(open_ordinary(tmp_path / "link")) == b"text"


def test_a_task_reads_its_video_and_writes_its_outputs():
    table = load_table(MEDIA_TABLE)
    scan, sound = ScanTask(Path("a.mp4")), SoundTask(Path("a.mp4"), SoundSettings(), Path("out"))
    assert files_of(table.kind_of(scan), scan) == TaskFiles(frozenset(("a.mp4",)))
    assert files_of(table.kind_of(sound), sound) == TaskFiles(frozenset(("a.mp4",)), frozenset(("out",)))


def test_every_kind_that_may_write_names_its_files_or_writes_in_a_folder():
    overrides = {kind.name for kind in load_table(MEDIA_TABLE).kinds if "outputs" in vars(type(kind))}
    may_write = {kind.name for kind in load_table(MEDIA_TABLE).kinds if kind.may_write}
    assert may_write - overrides == {"annotate", "split"}
    assert overrides <= may_write


@pytest.mark.parametrize("table", [MEDIA_TABLE, "reelwise.datasets.lists.parquet_request"])
def test_all_restrictions_hold_for_the_workers_of_each_table(table):
    worker = WorkerProcess(WORKER_LIMITS, READ_LIMITS, table)
    try:
        worker.greet()
        assert worker.restrictions == tuple(RESTRICTIONS)
    finally:
        worker.kill()
    assert find_restrictions() == tuple(RESTRICTIONS)


def test_errors_have_their_numbers(sender, receiver, tmp_path):
    with pytest.raises(OSError, match="not permitted") as error:
        receiver.open_input(tmp_path / "a")
    assert error.value.errno == errno.EPERM
