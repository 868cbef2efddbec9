"""All frames of one video in order, decoded in a worker while they are looked at here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import VideoError
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message, load_table
from reelwise.media.requests.stream import StreamEnd, StreamHeader, StreamTask, unpack_header
from reelwise.media.workers.pool import MEDIA_TABLE, lost_worker
from reelwise.media.workers.wire import MISFITS, RAW, NonsenseError, pack_task, unpack_reply
from reelwise.media.workers.worker_process import WorkerDiedError, WorkerProcess


class DamagedThreadedError(Exception):
    """Several threads met damage: the frames so far do not count, and one thread has to read the file."""


@dataclass(frozen=True, eq=False)
class StreamFrame:
    """One frame, as small pictures.

    Args:
        index: 0-based, in display order.
        pts: In the stream's time base.
        is_damaged: Whether the decoder concealed damage in it.
        pictures: One array per spec of the task, in their order; read-only.
    """

    index: int
    pts: int
    is_damaged: bool
    pictures: tuple[np.ndarray, ...]


class VideoStream(ClosesOnExit):
    """The frames of one video, once, from the first to the last; memory does not grow with its length.

    The worker decodes a few pictures ahead and then waits for whoever iterates. The thread that iterates must live as
    long as the stream: Linux ends the worker with the thread that started it.

    Args:
        task: The file and the pictures.
        limits: What the worker may take. Its limit of time does not hold: a stream may take as long as its reader.
        read_limits: What the file may ask for.
        on_progress: Called with the numbers of frames and of bytes that were decoded so far.

    Example:
        >>> from pathlib import Path
        >>> with VideoStream(StreamTask(Path("missing.mp4"))) as stream:
        ...     try:
        ...         num_frames = sum(1 for _ in stream)
        ...     except VideoError as error:
        ...         print(error)
        missing.mp4: there is no such file. Check the path.
    """

    def __init__(
        self,
        task: StreamTask,
        *,
        limits: WorkerLimits = WORKER_LIMITS,
        read_limits: ReadLimits = READ_LIMITS,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._task = task
        self._on_progress = on_progress
        self._header: StreamHeader | None = None
        self._end: StreamEnd | None = None
        self._start = lambda: WorkerProcess(limits, read_limits, MEDIA_TABLE)
        self._worker: WorkerProcess | None = None
        self._is_closed = False
        self._num_frames = 0

    @property
    def header(self) -> StreamHeader:
        """What is known with the first frame; ask for it when that was given."""
        if self._header is None:
            raise RuntimeError("the header is known with the first frame")
        return self._header

    @property
    def end(self) -> StreamEnd:
        """Facts and end; ask for them when the last frame was given."""
        if self._end is None:
            raise RuntimeError("the end is known when all frames were read")
        return self._end

    @property
    def worker_pid(self) -> int | None:
        """The process that decodes; None when there is none."""
        return self._worker.pid if self._worker else None

    def __iter__(self) -> Iterator[StreamFrame]:
        """The frames in display order.

        Raises:
            VideoError: The file is refused, or its worker died.
            DamagedThreadedError: Read it again with one thread.
        """
        table = load_table(MEDIA_TABLE)
        self._worker = self._start()
        try:
            if self._is_closed:  # by another thread, which saw no worker yet
                raise VideoError(f"{self._task.path}: its stream was closed.")
            message, may_wait = pack_task(table, self._task), self._task.growth is not None
            for reply in self._worker.stream(message, self._on_progress, may_wait=may_wait):
                if reply["kind"] == RAW:
                    yield from self._frames(reply)
                    continue
                end = unpack_reply(table.kind_of(self._task), reply)
                if isinstance(end, Exception):
                    raise end
                if end.is_damaged_threaded:
                    raise DamagedThreadedError
                self._end = end
        except NonsenseError as error:
            raise VideoError(f"{self._task.path.name}: its decoder's answer was not understood ({error}).") from None
        except WorkerDiedError as error:
            raise lost_worker(self._task, error) from None
        finally:
            self.close()

    def close(self) -> None:
        """End the worker; frames that were not read are dropped. Another thread may call it, too."""
        self._is_closed = True
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def _frames(self, reply: Message) -> Iterator[StreamFrame]:
        try:
            if self._header is None:
                self._header = unpack_header(reply["header"])
            all_pts = [int(pts) for pts in reply["pts"]]
            damage = [bool(is_damaged) for is_damaged in reply["damage"]]
            shapes = [spec.shape_of(self._header.frame_hw) for spec in self._task.pictures]
            sizes = [int(np.prod(shape)) for shape in shapes]
            content = np.frombuffer(reply["content"], np.uint8)
            if len(content) != len(all_pts) * sum(sizes) or len(damage) != len(all_pts):
                raise ValueError(f"{len(content)} bytes for {len(all_pts)} frames of {sum(sizes)}")
        except MISFITS as error:
            raise NonsenseError(f"a field that does not fit: {error}") from None
        place = 0
        for pts, is_damaged in zip(all_pts, damage, strict=True):
            pictures = []
            for shape, size in zip(shapes, sizes, strict=True):
                pictures.append(content[place : place + size].reshape(shape))
                place += size
            yield StreamFrame(self._num_frames, pts, is_damaged, tuple(pictures))
            self._num_frames += 1
