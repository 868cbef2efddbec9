"""Filling the cache: entries that are missing are decoded once, even if several jobs need the same file."""

import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from reelwise.cache.content_hashes import signature
from reelwise.cache.file_lock import FileLock
from reelwise.cache.folder import cannot_write_cache
from reelwise.cache.frames_entry import SUFFIXES, AnyEntry, write_entry
from reelwise.cache.kinds import Kind
from reelwise.cache.space import Space, full_disk
from reelwise.core.errors import CacheError, ReelwiseError, ReelwiseWarning, VideoError
from reelwise.core.files import is_full
from reelwise.core.records import Record
from reelwise.core.video import VideoFacts
from reelwise.media.decode_many import TaskRunner, decode_many
from reelwise.media.frame_folders import content_bytes
from reelwise.media.requests.kind import Task

FillProgress = Callable[[int, int, int, float], None]
"""Called with files done, files in all, frames decoded so far, and seconds since the start."""

_MAX_LOCKS = 128
"""Locks held at once; each is an open file, and a process may often have 1024."""

_POLL_SECONDS = 0.05
"""Between two looks at files that another job has locked: short beside decoding one, about a second."""

_SECONDS_TO_SAY, _SECONDS_TO_WAIT = 5.0, 120.0
"""Without a file that is done: then a warning says what is waited for; then what another job has locked is decoded here
as well, since that job may be stopped. A clip takes a second, and doing it twice does no harm."""

_MIN_FILES_TO_GUESS = 8
"""Files after which the space for the rest is estimated: one or two alone may be untypical."""


class Pool(AbstractContextManager["Pool"], TaskRunner, Protocol):
    """A ``TaskRunner`` that ends its workers at the end of a ``with`` block."""


PoolFactory = Callable[[int | None], Pool]


@dataclass(frozen=True)
class CacheFill:
    """The outcome of filling the cache with frames.

    Args:
        num_found: Records whose frames were in the cache.
        num_decoded: Records that were decoded now; 0 in a second run.
        num_frames: Frames decoded now.
        seconds: Wall time.
        failures: Error by ``Record.name``; they are not stored, so that the next fill tries again.
        facts: What decoding showed, by ``Record.name``, for all others.
        contents: SHA-256 of the file, by ``Record.name``, for all that could be read.
    """

    num_found: int
    num_decoded: int
    num_frames: int
    seconds: float
    failures: dict[str, VideoError]
    facts: dict[str, VideoFacts]
    contents: dict[str, str]


@dataclass(frozen=True)
class SoundFill:
    """The outcome of filling the cache with sound.

    Args:
        num_found: Records whose sound was in the cache.
        num_decoded: Records whose sound was decoded now; 0 in a second run.
        missing: Why there is no usable sound, by ``Record.name``: no track, a silent one, one that does not decode.
        seconds: Wall time.
    """

    num_found: int
    num_decoded: int
    missing: dict[str, str]
    seconds: float


@dataclass
class FileRequest:
    """One file whose entries are needed, with all records that name it.

    Args:
        path: Where to read it.
        keys: The segment of each cache key.
        records: The records that wait for each key.
        missing: Keys not in the cache.
    """

    path: Path
    keys: dict[str, Any] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


class Filler:
    """Fills the cache once; an object is not used twice.

    Args:
        root: The cache folder.
        space: What is on disk.
        kind: What is decoded of each file: frames or sound.
        requests: The files, with the missing keys of each.
        progress: Called after every file.
        keep_keys: Further entries that must not be evicted.
    """

    def __init__(
        self,
        root: Path,
        space: Space,
        kind: Kind,
        requests: Sequence[FileRequest],
        progress: FillProgress | None = None,
        keep_keys: Iterable[str] = (),
    ) -> None:
        self._root = root
        self._space = space
        self._kind = kind
        self._progress = progress
        self._start_seconds = self._last_seconds = time.monotonic()
        self._keys_in_use = {key for request in requests for key in request.keys} | set(keep_keys)
        self._total = len(requests)
        self._left = {id(request): request for request in requests if request.missing}
        self._locks: dict[int, FileLock] = {}
        self._has_said = False
        self._read_bytes = self._wrote_bytes = self._num_read = 0
        self.num_frames = 0
        self.decoded_keys: set[str] = set()
        self.entries: dict[str, AnyEntry] = {}
        self.failures: dict[str, VideoError] = {}

    def run(self, make_pool: PoolFactory, num_workers: int | None) -> None:
        """Decode all that is missing.

        Raises:
            CacheError: The disk or the cache's limit is too small.
        """
        self._report()
        if not self._left:
            return
        self._space.require_free(len(self._left) * self._kind.smallest_bytes)
        with _work_folder(self._root) as work, ExitStack() as stack:
            stack.callback(self._release_all)
            pool = None
            while self._left:
                if pool is None:
                    pool = stack.enter_context(make_pool(num_workers))
                for file in decode_many(self._next_files(work), lambda running, _: (running.task,), pool):
                    (result,) = file.results.values()
                    self._take(file.item, result)
                if self._left:  # held by other jobs: they finish, or they die and their locks with them
                    time.sleep(_POLL_SECONDS)

    def _next_files(self, work: Path) -> Iterator["_Running"]:
        busy = set(self._locks)
        for request in list(self._left.values()):
            if id(request) in busy or not self._lock(request):
                continue
            self._refresh(request)
            if not request.missing:
                self._done(request)
                continue
            keys = list(request.missing)
            task, outputs = self._kind.task(request.path, {key: request.keys[key] for key in keys}, work)
            try:
                running = _Running(request, keys, task, outputs, signature(request.path))
            except VideoError as error:
                self._fail(request, keys, error)
                self._done(request)
                continue
            yield running

    def _lock(self, request: FileRequest) -> bool:
        """Take the file for this job; too many locks would run out of file descriptors, so some go without."""
        if len(self._locks) >= _MAX_LOCKS:
            return True
        path = self._root / "locks" / f"{request.missing[0]}.lock"
        lock = FileLock(path)
        if not lock.try_acquire():
            return self._is_tired_of(request.path, path)
        self._locks[id(request)] = lock
        return True

    def _is_tired_of(self, video: Path, lock: Path) -> bool:
        """Whether a file that another job decodes was waited for long enough."""
        seconds = time.monotonic() - self._last_seconds
        if seconds >= _SECONDS_TO_SAY and not self._has_said:
            self._has_said = True
            text = f"{video}: another job decodes it, and is waited for. Its lock is {lock}."
            warnings.warn(text, ReelwiseWarning, stacklevel=2)
        return seconds >= _SECONDS_TO_WAIT

    def _refresh(self, request: FileRequest) -> None:
        """Drop keys that another job has written in the meantime."""
        for key in list(request.missing):
            entry = self._kind.read(self._root, key)
            if entry is not None:
                self.entries[key] = entry
                request.missing.remove(key)

    def _take(self, running: "_Running", result: Any) -> None:
        request, keys = running.request, running.keys
        try:
            if isinstance(result, ReelwiseError):
                self._refuse(request, keys, result)
            elif signature(request.path)[:2] != running.before[:2]:
                raise VideoError(f"{request.path}: changed while it was decoded.", hint="Run again when it is written.")
            else:
                self._keep(running, result)
        except VideoError as error:
            self._fail(request, keys, error)
        finally:
            for output in running.outputs:
                output.unlink(missing_ok=True)
        self._read_bytes += running.before[0]
        self._num_read += 1
        self._done(request)
        self._watch_space()

    def _keep(self, running: "_Running", result: Any) -> None:
        try:
            for key, entry, path in self._kind.make_entries(running.keys, running.outputs, result):
                if isinstance(entry, ReelwiseError):
                    self._refuse(running.request, [key], entry)
                else:
                    self._keep_one(key, entry, path)
        except OSError as error:
            raise self._write_error(error) from error

    def _keep_one(self, key: str, entry: AnyEntry, path: Path) -> None:
        self._space.make_room(self._keys_in_use, entry.num_bytes)
        write_entry(self._root, entry, path)
        self._space.add(key, entry.num_bytes)
        self._wrote_bytes += entry.num_bytes
        self.num_frames += entry.num_frames
        self.entries[key] = entry
        self.decoded_keys.add(key)

    def _refuse(self, request: FileRequest, keys: Sequence[str], error: ReelwiseError) -> None:
        if not isinstance(error, VideoError):
            if self._space.free() < self._kind.largest_bytes:
                raise full_disk(self._root, self._space.free(), self._estimate()) from error
            raise error
        self._fail(request, keys, error)

    def _write_error(self, error: OSError) -> CacheError:
        free = self._space.free()
        if free < self._kind.largest_bytes and (not error.errno or is_full(error)):
            return full_disk(self._root, free, self._estimate())
        return cannot_write_cache(self._root, error)

    def _fail(self, request: FileRequest, keys: Sequence[str], error: VideoError) -> None:
        for key in keys:
            for record in request.records[key]:
                # A copy of the file has an error of its own: the message is about that copy, not about the one decoded.
                message = error.message.replace(str(request.path), str(record.path), 1)
                if message == error.message:  # which names the file without its folder, or not at all
                    message = message.replace(request.path.name, record.path.name, 1)
                self.failures[record.name] = VideoError(message, hint=error.hint)

    def _done(self, request: FileRequest) -> None:
        self._left.pop(id(request), None)
        self._last_seconds = time.monotonic()
        lock = self._locks.pop(id(request), None)
        if lock:
            lock.release()
        self._report()

    def _report(self) -> None:
        if self._progress:
            seconds = time.monotonic() - self._start_seconds
            self._progress(self._total - len(self._left), self._total, self.num_frames, seconds)

    def _estimate(self) -> int:
        """Bytes still to be written, from the ratio of the files so far."""
        left = 0
        for request in self._left.values():
            try:
                left += content_bytes(request.path)
            except OSError:
                continue
        ratio = self._wrote_bytes / self._read_bytes if self._wrote_bytes else 10
        most = len(self._left) * self._kind.largest_bytes
        return max(self._kind.smallest_bytes, min(int(left * ratio), most))

    def _watch_space(self) -> None:
        """Stop the job before the disk is full."""
        if self._num_read >= _MIN_FILES_TO_GUESS and self._num_read % _MIN_FILES_TO_GUESS == 0 and self._left:
            self._space.require_free(self._estimate())

    def _release_all(self) -> None:
        for lock in self._locks.values():
            lock.release()
        self._locks.clear()


@dataclass(frozen=True)
class _Running:
    """A task in work: its file, the keys that it makes, and the signature of the file before it was decoded."""

    request: FileRequest
    keys: list[str]
    task: Task
    outputs: tuple[Path, ...]
    before: tuple[int, ...]


def find_entries(root: Path, kind: Kind, requests: Sequence[FileRequest]) -> dict[str, AnyEntry]:
    """Existing entries by key; sets ``missing`` of each request to its other keys."""
    entries: dict[str, AnyEntry] = {}
    for request in requests:
        request.missing = []
        for key in request.keys:
            entry = kind.read(root, key)
            if entry is None:
                request.missing.append(key)
            else:
                entries[key] = entry
    return entries


@contextmanager
def _work_folder(root: Path) -> Iterator[Path]:
    """A folder for unfinished files; folders that dead jobs left are removed first."""
    base = root / "work"
    sweep(base)
    folder = base / f"{os.getpid()}-{time.monotonic_ns()}"
    lock = FileLock(base / f"{folder.name}.lock")
    lock.try_acquire()
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        _empty(folder)
        lock.release()


def sweep(base: Path) -> None:
    """Remove the work folders whose jobs are gone: their locks can be taken."""
    if not base.is_dir():
        return
    for folder in base.iterdir():
        if not folder.is_dir():
            continue
        lock = FileLock(base / f"{folder.name}.lock")
        if lock.take_over():
            _empty(folder)
            lock.release()


def _empty(folder: Path) -> None:
    for suffix in (*SUFFIXES, "samples"):
        for path in folder.glob(f"*.{suffix}"):
            path.unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError:
        return
