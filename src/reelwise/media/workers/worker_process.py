"""The parent's side of one worker process: start, request, watch, end."""

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO

import psutil

from reelwise.media.limits import MEMORY_HINT, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message
from reelwise.media.workers import handover
from reelwise.media.workers.handover import NO_FILES, FileSender, TaskFiles
from reelwise.media.workers.sandbox import what_is_missing
from reelwise.media.workers.start_module import start_module, widen
from reelwise.media.workers.wire import OPEN, RAW, WAITING, NonsenseError, read_raw, read_sized_message, write_message

_MODULE = "reelwise.media.workers.worker"

_WATCH_SECONDS = 1.0
"""How often memory is measured where the system does not limit it."""

_MAX_WAITING = 64
"""Messages that the reading thread holds at most; then the worker waits."""

_MAX_RAW_WAITING = 4
"""Messages with bytes beside them that wait for their reader at most; then the worker waits."""

_PIPE_BYTES = 1 << 20
"""Of the pipe from a worker, where the system lets us choose: its usual 64 kB would stop a worker at every picture."""

_CONVERT = "Convert it with FFmpeg, or leave it out."
_OUT_OF_MEMORY = "Close other programs, or decode fewer videos at once: --threads 1."


class WorkerDiedError(Exception):
    """The worker ended or was killed.

    Args:
        reason: Why.
        retry: Whether a fresh one may do better.
        hint: What a user can do about it.
    """

    def __init__(self, reason: str, *, retry: bool, hint: str = _CONVERT) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.hint = hint


class WorkerProcess:
    """One running worker process.

    Args:
        limits: What it may take and how long it may be silent.
        read_limits: What a file may ask of it.
        table: The module whose ``KINDS`` of requests it knows.
        folder: The one in which it may make and change files by their paths; None for none.
    """

    def __init__(self, limits: WorkerLimits, read_limits: ReadLimits, table: str, folder: Path | None = None) -> None:
        self.limits = limits
        self._read_limits = read_limits
        self.num_tasks = 0
        self.restrictions: tuple[str, ...] = ()
        self._folder = folder
        self._files = FileSender() if handover.IS_THERE else None
        self._process = _start(table, self._files)
        self._raw_waiting = threading.Semaphore(_MAX_RAW_WAITING)
        self._messages: queue.Queue[tuple[Message, int] | Exception | None] = queue.Queue(maxsize=_MAX_WAITING)
        self._errors: deque[bytes] = deque(maxlen=40)
        self._stopping = threading.Event()
        pipes = (self._process.stdout, self._process.stderr)
        for target, pipe in zip((self._read_messages, self._read_errors), pipes, strict=True):
            threading.Thread(target=target, args=(pipe,), daemon=True).start()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def request(
        self,
        message: Message,
        on_progress: Callable[[int, int], None],
        *,
        files: TaskFiles = NO_FILES,
        max_part_bytes: int = 0,
    ) -> tuple[Message, list[Message]]:
        """Send a task and wait for its result, as long as the worker makes progress.

        Args:
            message: The task.
            on_progress: Called with the numbers of frames and bytes so far.
            files: What the worker may open for it.
            max_part_bytes: The worker is killed when the parts of its result take more.

        Returns:
            The result or error as a message, and the parts that came before it.

        Raises:
            WorkerDiedError: It crashed, or was killed because it made no progress or took too much time or memory.
        """
        self._begin(message, files)
        return self._await(on_progress, max_part_bytes)

    def stream(
        self,
        message: Message,
        on_progress: Callable[[int, int], None] | None = None,
        *,
        files: TaskFiles = NO_FILES,
        may_wait: bool = False,
    ) -> Iterator[Message]:
        """Send a task and yield each of its ``raw`` messages as it is asked for, then its result or error.

        The reader may take as long as it likes: only the time in which it waits counts against the worker.

        Args:
            message: The task.
            on_progress: Called with the numbers of frames and bytes so far, while the reader waits.
            files: What the worker may open for it.
            may_wait: Whether the worker may wait for more of its file, for as long as it reports that it does.

        Yields:
            Messages with their bytes in ``content``; at last the result or error.

        Raises:
            WorkerDiedError: It crashed, or was killed because it made no progress.
        """
        self._begin(message, files)
        reply = self._next_reply(on_progress, may_wait=may_wait)
        while reply["kind"] == RAW:
            yield reply
            self._raw_waiting.release()
            reply = self._next_reply(on_progress, may_wait=may_wait)
        yield reply

    def greet(self) -> None:
        """Tell a new worker its limits and learn which restrictions hold; the first request does it otherwise."""
        limits = {"limits": asdict(self.limits), "read_limits": asdict(self._read_limits)}
        descriptor = self._files and self._files.worker_descriptor
        folder = self._folder and str(self._folder)
        files = {"descriptor": descriptor, "folder": folder}
        self._send({"kind": "setup", "parent": os.getpid()} | limits | files)
        next_message = self._next(time.monotonic() + self.limits.start_seconds)
        if next_message is None or next_message[0]["kind"] != "hello":
            raise self._death("it did not start", retry=True)
        hello, _ = next_message
        self.restrictions = tuple(str(item) for item in hello.get("restrictions", ()))
        _warn_once(what_is_missing(self.restrictions))

    def kill(self) -> None:
        """End the process at once and wait for its end."""
        self._stopping.set()
        self._raw_waiting.release()
        with suppress(queue.Full):
            self._messages.put_nowait(None)  # wakes who waits for an answer
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._files:
            self._files.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            _close(pipe)

    def _begin(self, message: Message, files: TaskFiles) -> None:
        if not self.num_tasks:
            self.greet()
        self.num_tasks += 1
        if self._files:
            self._files.permit(files)
        self._send(message)

    def _next_reply(self, on_progress: Callable[[int, int], None] | None, *, may_wait: bool) -> Message:
        """The next message of a stream that is no progress; the time until now was the reader's."""
        last_counts = (-1, -1)
        wait_start = time.monotonic()
        while (next_message := self._next(wait_start + self.limits.stall_seconds)) is not None:
            reply, _ = next_message
            if reply["kind"] == WAITING:
                if may_wait:
                    wait_start = time.monotonic()
                continue
            if reply["kind"] != "progress":
                return reply
            counts = self._counts(reply)
            if counts != last_counts:
                last_counts, wait_start = counts, time.monotonic()
                if on_progress:
                    on_progress(*counts)
        raise self._death(f"nothing more was decoded for {self.limits.stall_seconds:g} s", retry=False)

    def _await(self, on_progress: Callable[[int, int], None], max_part_bytes: int) -> tuple[Message, list[Message]]:
        limits = self.limits
        start_time = last_progress = time.monotonic()
        last_counts = (-1, -1)
        parts: list[Message] = []
        while True:
            deadline = min(last_progress + limits.stall_seconds, start_time + limits.task_seconds)
            next_message = self._next(deadline)
            if next_message is None:
                late = time.monotonic() >= start_time + limits.task_seconds
                raise self._death(
                    f"it took more than {limits.task_seconds:g} s"
                    if late
                    else f"nothing more was decoded for {limits.stall_seconds:g} s",
                    retry=False,
                )
            message, num_bytes = next_message
            if message["kind"] == "part":
                max_part_bytes -= num_bytes
                if max_part_bytes < 0:
                    raise self._death("its result is too long", retry=False)
                parts.append(message)
                last_progress = time.monotonic()
                continue
            if message["kind"] != "progress":
                return message, parts
            counts = self._counts(message)
            if counts != last_counts:
                last_counts, last_progress = counts, time.monotonic()
                on_progress(*counts)

    def _counts(self, message: Message) -> tuple[int, int]:
        """Frames (or rows) and bytes of a report of progress."""
        try:
            return int(message.get("frames", 0)), int(message.get("bytes", 0))
        except (TypeError, ValueError, OverflowError):
            raise self._death("its progress was not understood", retry=False) from None

    def _next(self, deadline: float) -> tuple[Message, int] | None:
        """The next message, or None at the deadline; watches memory where the system does not limit it."""
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=min(left, _WATCH_SECONDS))
            except queue.Empty:
                message = None
                if not self._stopping.is_set():
                    self._check_memory()
                    continue
            if isinstance(message, tuple):
                return message
            raise self._death(
                "" if message is None else f"its answer was not understood ({message})", retry=message is None
            )
        return None

    def _check_memory(self) -> None:
        if "memory limit" in self.restrictions:
            return
        try:
            num_bytes = psutil.Process(self.pid).memory_info().rss
        except psutil.Error:
            return
        if num_bytes > self.limits.memory_bytes:
            raise self._death(
                f"it took more than {self.limits.memory_bytes >> 20} MiB of memory", retry=False, hint=MEMORY_HINT
            )

    def _death(self, reason: str, *, retry: bool, hint: str = _CONVERT) -> WorkerDiedError:
        death = WorkerDiedError(reason, retry=retry, hint=hint) if reason else self._why_ended()
        self.kill()
        return death

    def _why_ended(self) -> WorkerDiedError:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return WorkerDiedError("the decoder closed its pipe", retry=True)
        if code >= 0:
            return WorkerDiedError(f"the decoder ended with code {code}{self._last_error()}", retry=True)
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        if name == "SIGKILL":  # Not ours: our own kills have their reasons above.
            reason = "the system ended its decoder (SIGKILL), as it does when the machine is out of memory"
            return WorkerDiedError(reason, retry=True, hint=_OUT_OF_MEMORY)
        return WorkerDiedError(f"the decoder crashed ({name})", retry=name != "SIGXCPU")

    def _last_error(self) -> str:
        text = b"".join(self._errors).decode("utf-8", "replace").strip()
        return f": {text.splitlines()[-1][:200]}" if text else ""

    def _send(self, message: Message) -> None:
        # A worker that does not read would block a long message for ever; its end breaks the pipe.
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        alarm = threading.Timer(self.limits.start_seconds, end)
        alarm.start()
        try:
            write_message(_open(self._process.stdin), message)
        except (OSError, ValueError):
            reason = f"it took no task for {self.limits.start_seconds:g} s" if is_late.is_set() else ""
            raise self._death(reason, retry=True) from None
        finally:
            alarm.cancel()

    def _read_messages(self, pipe: IO[bytes]) -> None:
        try:
            # Of a worker that was killed there may be more in the pipe, which nobody waits for.
            while not self._stopping.is_set() and (message := read_sized_message(pipe)) is not None:
                if message[0]["kind"] == OPEN and self._files:
                    self._files.send(message[0])
                    continue
                if message[0]["kind"] == RAW:
                    self._raw_waiting.acquire()  # a stranger's file must not fill the memory before its reader looks
                    message[0]["content"] = read_raw(pipe, message[0])
                self._put(message)
            self._put(None)
        except NonsenseError as error:
            self._put(error)
        except (OSError, ValueError):
            self._put(None)

    def _put(self, message: tuple[Message, int] | Exception | None) -> None:
        while not self._stopping.is_set():
            try:
                return self._messages.put(message, timeout=0.5)
            except queue.Full:
                continue
        return None

    def _read_errors(self, pipe: IO[bytes]) -> None:
        try:
            while piece := pipe.read1(512):  # pyright: ignore[reportAttributeAccessIssue]
                self._errors.append(piece)
        except (OSError, ValueError):
            return


@cache
def _warn_once(missing: str) -> None:
    """On Linux alone: elsewhere nobody can do anything about it, and the documentation says so."""
    if missing and sys.platform == "linux":
        logging.getLogger("reelwise").warning("warning: %s", missing)


def _start(table: str, files: FileSender | None) -> subprocess.Popen[bytes]:
    descriptors = () if files is None else (files.worker_descriptor,)
    try:
        process = start_module(_MODULE, table, stderr=subprocess.PIPE, descriptors=descriptors)
    except OSError:
        if files:
            files.close()
        raise
    if files:
        files.close_worker_end()
    widen(process.stdout, _PIPE_BYTES)
    return process


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("no pipe")
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with suppress(OSError):
            pipe.close()
