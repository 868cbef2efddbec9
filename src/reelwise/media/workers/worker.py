"""The worker process: ``python -m reelwise.media.workers.worker TABLE``, tasks from stdin, results to stdout."""

import os
import sys
import time
import warnings
from functools import partial
from pathlib import Path
from typing import IO

from reelwise.core.errors import CacheError, ReelwiseWarning, VideoError
from reelwise.media.file_access import set_file_access
from reelwise.media.frame_rates import use_frame_rates
from reelwise.media.limits import MEMORY_HINT, ReadLimits, WorkerLimits
from reelwise.media.requests.fields import pack_error
from reelwise.media.requests.kind import Message, RequestTable, Workplace, load_table
from reelwise.media.workers import sandbox
from reelwise.media.workers.handover import FileReceiver, frame_rates_of
from reelwise.media.workers.wire import (
    WAITING,
    NonsenseError,
    pack_reply,
    read_message,
    unpack_task,
    write_message,
    write_raw,
)

_BEAT_SECONDS = 0.25
"""How often progress is reported; the parent kills a worker after 20 s without."""


def main(table_module: str) -> None:
    """Perform tasks until stdin ends; the parent kills the process when it sends nothing for too long.

    Args:
        table_module: Where the kinds of requests are; chosen by the parent, imported before the sandbox closes.
    """
    tasks, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the messages
    warnings.simplefilter("ignore", ReelwiseWarning)  # what the sandbox refuses is no fault of a drive
    setup = read_message(tasks)
    if setup is None:
        return
    limits, read_limits = WorkerLimits(**setup["limits"]), ReadLimits(**setup["read_limits"])
    table = load_table(table_module)
    for kind in table.kinds:
        kind.load()
    folder = setup["folder"] and Path(setup["folder"])
    if setup["descriptor"] is not None:
        set_file_access(FileReceiver(setup["descriptor"], replies, folder))
    restrictions = sandbox.enter(limits, int(setup["parent"]), folder)
    write_message(replies, {"kind": "hello", "restrictions": restrictions})
    while (message := read_message(tasks)) is not None:
        kind = table.kind_named(message["kind"])
        sandbox.limit_task(limits, may_write=kind.may_write, is_timed=not kind.is_stream)
        write_message(replies, reply_to(table, message, read_limits, replies, folder))


def reply_to(
    table: RequestTable, message: Message, limits: ReadLimits, replies: IO[bytes], folder: Path | None = None
) -> Message:
    """Perform one task and put its result or its error into a message; only a broken pipe raises."""
    name = ""
    try:
        kind, task = unpack_task(table, message)
        name = task.path.name
        beat = Heartbeat(replies)
        workplace = Workplace(
            limits, beat, partial(_send_part, replies), partial(write_raw, replies), beat.wait, folder
        )
        with use_frame_rates(frame_rates_of(message)):
            return pack_reply(kind, kind.perform(task, workplace))
    except (VideoError, CacheError) as error:
        return pack_error(error)
    except MemoryError:
        return pack_error(VideoError(f"{name}: it needs more memory than a worker may have.", hint=MEMORY_HINT))
    except (BrokenPipeError, NonsenseError):
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, it costs this file only, and is named)
        reason = f"{type(error).__name__}: {error}"[:300]
        return pack_error(VideoError(f"{name}: reading it failed unexpectedly ({reason})."))


class Heartbeat:
    """Reports to the parent now and then that frames or bytes go by; sends nothing while nothing does.

    Args:
        replies: The pipe to the parent.
    """

    def __init__(self, replies: IO[bytes]) -> None:
        self._replies = replies
        self._next = 0.0

    def __call__(self, num_frames: int, num_bytes: int) -> None:
        """Report what was done so far, at most four times a second."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _BEAT_SECONDS
            write_message(self._replies, {"kind": "progress", "frames": num_frames, "bytes": num_bytes})

    def wait(self) -> None:
        """Report that more of a file is waited for, at most four times a second."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _BEAT_SECONDS
            write_message(self._replies, {"kind": WAITING})


def _send_part(replies: IO[bytes], part: Message) -> None:
    write_message(replies, part | {"kind": "part"})


if __name__ == "__main__":
    main(sys.argv[1])
