"""Files that a worker may use, handed over as descriptors: it names one of its task, and its parent opens it."""

import array
import errno
import os
import socket
import stat
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from reelwise.media.file_access import FileAccess, PathAccess, list_descriptor
from reelwise.media.frame_folders import FrameFolder, read_frame_folder
from reelwise.media.frame_rates import FrameRates
from reelwise.media.requests.kind import Message, RequestKind, Task
from reelwise.media.workers.wire import OPEN, write_message

IS_THERE = sys.platform == "linux"
"""Elsewhere a worker has no sandbox that descriptors would help, and opens files by their paths."""

_RATE = "frame_rate"
_READ, _MAKE, _APPEND = "read", "make", "append"
_CODE = struct.Struct("=i")
"""What goes with a descriptor: 0, or in its place the number of the error."""


@dataclass(frozen=True)
class TaskFiles:
    """What one task may open.

    Args:
        inputs: Paths that may be read.
        outputs: Paths that may be made anew and appended to.
        frames: The pictures where the path that may be read is a folder of them; they may be read, too.
    """

    inputs: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    frames: FrameFolder | None = None

    def as_message(self) -> Message:
        """What a worker must know of them that opens its files by their paths: the rate of the pictures."""
        if self.frames is None:
            return {}
        return {_RATE: [str(self.frames.frame_rate), self.frames.rate_source]}


def frame_rates_of(message: Message) -> FrameRates:
    """What ``TaskFiles.as_message`` said, in the worker."""
    rates = FrameRates()
    if _RATE in message:
        rate, source = message[_RATE]
        rates.add(Path(message["path"]), Fraction(rate), source)
    return rates


NO_FILES = TaskFiles()


def files_of(kind: RequestKind[Any, Any], task: Task) -> TaskFiles:
    """The files of a task: the one that it reads, or the pictures of a folder, and those that it writes."""
    frames = read_frame_folder(task.path) if task.path.is_dir() else None
    pictures = () if frames is None else map(str, frames.paths)
    outputs = frozenset(str(path) for path in kind.outputs(task))
    return TaskFiles(frozenset((str(task.path), *pictures)), outputs, frames)


class FileSender:
    """The parent's side: opens what the task that runs may open, and nothing else.

    A worker's process inherits ``worker_descriptor``, its end of the connection.
    """

    def __init__(self) -> None:
        self._files = NO_FILES
        # Packets, so that an answer and its descriptor stay together.
        self._socket, self._worker_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.worker_descriptor = self._worker_end.fileno()

    def close_worker_end(self) -> None:
        """Let go of the worker's end when its process has it."""
        self._worker_end.close()

    def permit(self, files: TaskFiles) -> None:
        """Say what may be opened from now on."""
        self._files = files

    def send(self, message: Message) -> None:
        """Open the file that a worker names, and hand it over, or the reason why not."""
        try:
            handle = self._open(str(message.get("path")), message.get("access"))
        except (OSError, ValueError) as error:
            with suppress(OSError):  # the worker may be gone
                self._socket.send(_CODE.pack(getattr(error, "errno", None) or errno.EINVAL))
            return
        try:
            with suppress(OSError):
                socket.send_fds(self._socket, [_CODE.pack(0)], [handle])
        finally:
            os.close(handle)

    def close(self) -> None:
        """Close the connection; who waits for an answer sees its end."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._worker_end.close()

    def _open(self, path: str, access: object) -> int:
        if access == _READ and path in self._files.inputs:
            frames = self._files.frames
            if frames is not None and path == str(frames.folder):
                return list_descriptor(frames.folder, frames)
            return open_ordinary(Path(path))
        if access in (_MAKE, _APPEND) and path in self._files.outputs:
            return PathAccess().open_output(Path(path), append=access == _APPEND)
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), path)


def open_ordinary(path: Path) -> int:
    """A descriptor of an ordinary file: a FIFO would block, and opening some devices does something.

    Raises:
        OSError: It cannot be read, or is something else.
    """
    for _ in range(2):
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            break
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        if stat.S_ISREG(os.fstat(handle).st_mode):  # another file may have taken its name
            return handle
        os.close(handle)
    raise PermissionError(errno.EPERM, "not an ordinary file", str(path))


class FileReceiver(FileAccess):
    """The worker's side: asks for each file, also for each time that it is opened.

    Args:
        descriptor: Its end of the connection.
        replies: The pipe to the parent.
        folder: What lies in it is opened here; None where the worker has no folder.
    """

    by_descriptor = True

    def __init__(self, descriptor: int, replies: IO[bytes], folder: Path | None) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fileno=descriptor)
        self._replies = replies
        self._folder = folder

    def open_input(self, path: Path) -> int:
        """A descriptor of a file, at its first byte."""
        return PathAccess().open_input(path) if self._is_ours(path) else self._receive(path, _READ)

    def open_output(self, path: Path, *, append: bool) -> int:
        """A descriptor of a file that is made anew, or appended to."""
        if self._is_ours(path):
            return PathAccess().open_output(path, append=append)
        return self._receive(path, _APPEND if append else _MAKE)

    def _is_ours(self, path: Path) -> bool:
        return self._folder is not None and path.parent == self._folder

    def _receive(self, path: Path, access: str) -> int:
        write_message(self._replies, {"kind": OPEN, "path": str(path), "access": access})
        content, ancillary, _, _ = self._socket.recvmsg(_CODE.size, socket.CMSG_SPACE(array.array("i").itemsize))
        if len(content) != _CODE.size:
            raise BrokenPipeError("the parent closed the connection")
        (code,) = _CODE.unpack(content)
        if code:
            raise OSError(code, os.strerror(code), str(path))
        handles = array.array("i")
        for _, _, data in ancillary:
            handles.frombytes(data[: len(data) - len(data) % handles.itemsize])
        if len(handles) != 1:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))
        return handles[0]
