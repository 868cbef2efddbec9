"""The worker process: ``python -m reelwise.media.workers.worker`` takes tasks from stdin and answers on stdout."""

import os
import sys
import time
from collections.abc import Callable
from typing import IO, Any

from reelwise.core.errors import CacheError, VideoError
from reelwise.media.limits import ReadLimits, WorkerLimits
from reelwise.media.readers.reader import VideoReader
from reelwise.media.requests.sheet import SheetTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.requests.video import AnnotateTask, DecodeTask, ReadTask, ScanTask
from reelwise.media.workers import sandbox
from reelwise.media.workers.wire import Result, Task, pack_error, pack_result, read_message, unpack_task, write_message

_BEAT_SECONDS = 0.25
_SCALE_DOWN = "Scale it down with FFmpeg."
Progress = Callable[[int, int], None]


def main() -> None:
    """Answer tasks until stdin ends; the parent kills the process when it is silent for too long."""
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the messages
    setup = read_message(tasks)
    if setup is None:
        return
    limits, read_limits = WorkerLimits(**setup["limits"]), ReadLimits(**setup["read_limits"])
    import_decoders()
    held = sandbox.enter(limits, int(setup["parent"]))
    write_message(answers, {"kind": "hello", "held": held})
    while (message := read_message(tasks)) is not None:
        task = unpack_task(message)
        sandbox.limit_task(limits, may_write=not isinstance(task, ScanTask))
        write_message(answers, answer(task, read_limits, Heartbeat(answers)))


def import_decoders() -> None:
    """Load what decoding needs while files may still be opened freely."""
    import reelwise.media.decoding.decode
    import reelwise.media.readers.scan
    import reelwise.media.sound.decode  # noqa: F401


def answer(task: Task, limits: ReadLimits, progress: Progress) -> dict[str, Any]:
    """Do one task and put its result or its error into a message; only a broken pipe gets through."""
    name = task.path.name
    try:
        return pack_result(perform(task, limits, progress))
    except (VideoError, CacheError) as error:
        return pack_error(error)
    except MemoryError:
        return pack_error(VideoError(f"{name}: it needs more memory than a worker may have.", hint=_SCALE_DOWN))
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever it is, it costs this file only, and is named)
        reason = f"{type(error).__name__}: {error}"[:300]
        return pack_error(VideoError(f"{name}: reading it failed in a way that was not foreseen ({reason})."))


def perform(task: Task, limits: ReadLimits, progress: Progress) -> Result:
    """Do one task in this process."""
    from reelwise.media.decoding.decode import copy_frames, decode_to_files
    from reelwise.media.readers.scan import scan_video
    from reelwise.media.sound.decode import decode_sound_to_file

    if isinstance(task, DecodeTask):
        segments, outputs = task.segments, task.outputs
        return decode_to_files(task.path, task.settings, segments, outputs, limits=limits, progress=progress)
    if isinstance(task, ReadTask):
        return copy_frames(open_reader(task, limits, progress), task.start, task.num_frames, task.output)
    if isinstance(task, SoundTask):
        deadline = task.deadline_seconds
        return decode_sound_to_file(
            task.path, task.settings, task.output, deadline_seconds=deadline, limits=limits, progress=progress
        )
    if isinstance(task, SheetTask):
        from reelwise.media.writers.contact_sheet import write_sheet

        return write_sheet(task, limits=limits, progress=progress)
    if isinstance(task, AnnotateTask):
        from reelwise.media.writers.annotate import annotate

        return annotate(task.path, task.output, task.lines, limits=limits, progress=progress)
    return scan_video(task.path, deadline_seconds=task.deadline_seconds, limits=limits, progress=progress)


def open_reader(task: ReadTask, limits: ReadLimits, progress: Progress) -> VideoReader:
    """The reader that a task names; OpenCV is imported only when it is asked for."""
    if task.reader == "opencv":
        from reelwise.media.readers.opencv_reader import OpenCVReader

        return OpenCVReader(task.path, limits=limits, progress=progress)
    from reelwise.media.readers.pyav_reader import PyAVReader

    return PyAVReader(task.path, limits=limits, progress=progress)


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
