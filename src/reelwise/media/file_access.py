"""How a process opens the files of a request: by their paths, or by descriptors that its parent hands over."""

import errno
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from reelwise.media.frame_folders import FrameFolder, read_frame_folder


class FileAccess(ABC):
    """Opens files for reading and for writing."""

    by_descriptor: bool = False
    """Whether a path is of no use here: then a library is given a descriptor in its place."""

    @abstractmethod
    def open_input(self, path: Path) -> int:
        """A descriptor of an ordinary file, at its first byte; of a folder of numbered pictures, that of their list.

        Raises:
            OSError: It cannot be read.
        """

    @abstractmethod
    def open_output(self, path: Path, *, append: bool) -> int:
        """A descriptor of a file that is made anew, or appended to.

        Raises:
            OSError: It cannot be written.
        """


class PathAccess(FileAccess):
    """Opens files by their paths: where nothing of a stranger runs, and where a system has no sandbox."""

    def open_input(self, path: Path) -> int:
        """A descriptor of a file, or of the list of the pictures of a folder."""
        if path.is_dir():
            return list_descriptor(path, read_frame_folder(path))
        return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))

    def open_output(self, path: Path, *, append: bool) -> int:
        """A descriptor of a file that is made anew, or appended to."""
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        return os.open(path, flags | (os.O_APPEND if append else os.O_TRUNC), 0o666)


def list_descriptor(folder: Path, frames: FrameFolder | None) -> int:
    """A descriptor of a nameless file with the list of the pictures of a folder.

    Raises:
        OSError: It is a folder of something else.
    """
    if frames is None:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder))
    with tempfile.TemporaryFile() as stream:
        stream.write(frames.to_json())
        stream.seek(0)
        return os.dup(stream.fileno())


class _Process:
    """The sandbox is one for a whole process, and so is the way to its files; set once, before the first request."""

    access: FileAccess = PathAccess()


def set_file_access(access: FileAccess) -> None:
    """Let this process open files in another way from now on; called by a worker before its sandbox closes."""
    _Process.access = access


def open_input(path: Path) -> IO[bytes]:
    """A file for reading, unbuffered.

    Raises:
        OSError: It cannot be read.
    """
    return os.fdopen(_Process.access.open_input(path), "rb", buffering=0)


def open_output(path: Path, *, append: bool = False, buffering: int = -1) -> IO[bytes]:
    """A file for writing, made anew or appended to.

    Raises:
        OSError: It cannot be written.
    """
    handle = _Process.access.open_output(path, append=append)
    return os.fdopen(handle, "ab" if append else "wb", buffering=buffering)


@dataclass(frozen=True)
class FFmpegInput:
    """A file as FFmpeg is told to open it.

    Args:
        url: Its URL.
        options: The one protocol that may be used, and the descriptor where there is one.
    """

    url: str
    options: dict[str, str]


@contextmanager
def ffmpeg_input(path: Path) -> Iterator[FFmpegInput]:
    """How FFmpeg opens a file within this block; what it has opened by then stays open.

    Raises:
        OSError: It cannot be read.
    """
    if not _Process.access.by_descriptor:
        yield FFmpegInput(f"file:{path}", {"protocol_whitelist": "file"})
        return
    with open_input(path) as stream:  # FFmpeg makes a copy of the descriptor
        yield FFmpegInput("fd:", {"protocol_whitelist": "fd", "fd": str(stream.fileno())})
