"""The SHA-256 of files, remembered as long as a file is unchanged."""

import hashlib
import json
import os
import stat
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reelwise.core.errors import ReelwiseWarning, VideoError
from reelwise.core.files import write_json
from reelwise.media.frame_folders import FrameFolder, content_sha256, read_frame_folder
from reelwise.media.frame_rates import frame_rates_in_use, use_frame_rates

SCHEMA = "reelwise/content/1"
MAX_REMEMBERED = 500_000
"""Files; their JSON has about 80 MB, which is read at the start of every job."""

_RACY_NS = 2_000_000_000
"""Nanoseconds; the clock of FAT, the coarsest in use, ticks every two seconds."""

Signature = tuple[int, int, int, int]


class ContentIndex:
    """SHA-256 by path, kept in one JSON file.

    A file counts as unchanged while size, mtime, ctime and inode are: ctime cannot be set by a program, so a copy
    that keeps mtime is seen too. As git does, a file that changed less than two seconds before it was read is
    not remembered: a second change in the same tick of the clock would go unseen.

    Args:
        path: The JSON file; a damaged one counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests = _load(path)
        self._new: dict[str, tuple[Signature, str]] = {}

    def content(self, path: Path) -> str:
        """The SHA-256 of the file in hexadecimal.

        Raises:
            VideoError: The file cannot be read, or is being written to right now.
        """
        name = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links and cost a call per folder
        before = signature(path)
        entry = self._new.get(name) or self._digests.get(name)
        if entry and entry[0] == before:
            return entry[1]
        try:
            digest = content_sha256(path)
        except OSError as error:
            raise VideoError(f"{path}: cannot be read ({error.strerror}).", hint="Check its permissions.") from error
        if signature(path)[:2] != before[:2]:  # some network drives give a file another number at every look
            raise VideoError(f"{path}: changes while it is read.", hint="Wait until it is written, then run again.")
        if time.time_ns() - max(before[1], before[2]) > _RACY_NS:
            self._new[name] = (before, digest)
        return digest

    def contents(
        self, paths: Iterable[Path], done: Callable[[], None] | None = None, num_threads: int = 4
    ) -> dict[Path, str | VideoError]:
        """The SHA-256 of many files, or the error of each; hashing runs in threads."""
        rates = frame_rates_in_use()

        def one(path: Path) -> tuple[Path, str | VideoError]:
            try:
                with use_frame_rates(rates):  # a thread has none of its own
                    return path, self.content(path)
            except VideoError as error:
                return path, error

        result: dict[Path, str | VideoError] = {}
        with ThreadPoolExecutor(num_threads) as threads:
            for path, content in threads.map(one, paths):
                result[path] = content
                if done:
                    done()
        return result

    def save(self) -> None:
        """Add new digests to the JSON file; entries that another job wrote meanwhile stay.

        Where it cannot be written there is a warning: the next job computes them again.
        """
        if not self._new:
            return
        digests = {**_load(self._path), **self._new}
        if len(digests) > MAX_REMEMBERED:
            digests = dict(list(digests.items())[-MAX_REMEMBERED:])
        files = {name: [*stamp, digest] for name, (stamp, digest) in digests.items()}
        try:
            write_json(self._path, {"schema": SCHEMA, "files": files})
        except OSError as error:
            text = f"{self._path}: cannot be written ({error.strerror or error}): the next job reads all videos again."
            warnings.warn(text, ReelwiseWarning, stacklevel=2)
        self._digests, self._new = digests, {}


def signature(path: Path) -> Signature:
    """Size, mtime, ctime and inode, of which at least one changes when the file does.

    Of a folder of numbered pictures: their bytes, the latest times, and a number for all else about them.

    Raises:
        VideoError: There is no such file.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise VideoError(f"{path}: there is no such file.", hint="Was it moved or deleted meanwhile?") from error
    frames = read_frame_folder(path) if stat.S_ISDIR(status.st_mode) else None
    return _stamps(status) if frames is None else _signature_of_frames(frames)


def _stamps(status: os.stat_result | None) -> Signature:
    if status is None:
        return 0, 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _signature_of_frames(frames: FrameFolder) -> Signature:
    stamps = [_stamps(status) for status in frames.statuses()]
    sizes, mtimes, ctimes, _ = zip(*stamps, strict=True)
    others = hashlib.sha256(repr((frames.names, frames.frame_rate, stamps)).encode("utf-8", "surrogateescape"))
    return sum(sizes), max(mtimes), max(ctimes), int.from_bytes(others.digest()[:7])


def _load(path: Path) -> dict[str, tuple[Signature, str]]:
    try:
        value = json.loads(path.read_bytes())
        if value["schema"] != SCHEMA:
            return {}
        return {name: _row(row) for name, row in value["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _row(row: list) -> tuple[Signature, str]:
    size, mtime, ctime, inode, digest = row
    if len(digest) != 64:
        raise ValueError("not a SHA-256")
    return (int(size), int(mtime), int(ctime), int(inode)), str(digest)
