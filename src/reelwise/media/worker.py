"""The worker process: ``python -m reelwise.media.worker`` takes tasks from stdin and answers on stdout."""

import os
import sys
import time
from collections.abc import Callable
from typing import IO

from reelwise.core.errors import CacheError, ReelwiseError, VideoError
from reelwise.media import sandbox
from reelwise.media.limits import WorkerLimits
from reelwise.media.reader import VideoReader
from reelwise.media.wire import (
    DecodeTask,
    ReadTask,
    Result,
    ScanTask,
    Task,
    pack_error,
    pack_result,
    read_message,
    unpack_task,
    write_message,
)

_BEAT_SECONDS = 0.25


def main() -> None:
    """Answer tasks until stdin ends; the parent kills the process when it is silent for too long."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the messages
    setup = read_message(tasks)
    if setup is None:
        return
    limits = WorkerLimits(**setup["limits"])
    import_decoders()
    held = sandbox.enter(limits, int(setup["parent"]))
    write_message(answers, {"kind": "hello", "held": held})
    while (message := read_message(tasks)) is not None:
        _answer(unpack_task(message), limits, answers)


def import_decoders() -> None:
    """Load what decoding needs while files may still be opened freely."""
    import reelwise.media.decode
    import reelwise.media.scan  # noqa: F401


def _answer(task: Task, limits: WorkerLimits, answers: IO[bytes]) -> None:
    sandbox.limit_task(limits, may_write=not isinstance(task, ScanTask))
    name = task.path.name
    try:
        reply = pack_result(perform(task, Heartbeat(answers)))
    except (VideoError, CacheError) as error:
        reply = pack_error(error)
    except MemoryError:
        memory = VideoError(f"{name}: it needs more memory than a worker may have.", hint="Scale it down with FFmpeg.")
        reply = pack_error(memory)
    except BrokenPipeError:
        raise
    except (ReelwiseError, OSError, ValueError, ArithmeticError, LookupError, TypeError, RuntimeError) as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        reply = pack_error(VideoError(f"{name}: reading it failed in a way nobody foresaw ({reason})."))
    write_message(answers, reply)


def perform(task: Task, progress: Callable[[int, int], None]) -> Result:
    """Do one task in this process."""
    from reelwise.media.decode import copy_frames, decode_to_files
    from reelwise.media.scan import scan_video

    if isinstance(task, DecodeTask):
        return decode_to_files(task.path, task.settings, task.segments, task.outputs, progress=progress)
    if isinstance(task, ReadTask):
        return copy_frames(open_reader(task, progress), task.start, task.num_frames, task.output)
    return scan_video(task.path, deadline_seconds=task.deadline_seconds, progress=progress)


def open_reader(task: ReadTask, progress: Callable[[int, int], None]) -> VideoReader:
    """The reader that a task names; OpenCV is imported only when it is asked for."""
    if task.reader == "opencv":
        from reelwise.media.opencv_reader import OpenCVReader

        return OpenCVReader(task.path, progress=progress)
    from reelwise.media.pyav_reader import PyAVReader

    return PyAVReader(task.path, progress=progress)


class Heartbeat:
    """Tells the parent now and then that frames or bytes go by; says nothing while nothing does.

    Args:
        answers: The pipe to the parent.
    """

    def __init__(self, answers: IO[bytes]) -> None:
        self._answers = answers
        self._next = 0.0

    def __call__(self, num_frames: int, num_bytes: int) -> None:
        """Report what was done so far, at most four times a second."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _BEAT_SECONDS
            write_message(self._answers, {"kind": "progress", "frames": num_frames, "bytes": num_bytes})


if __name__ == "__main__":
    main()
