"""All frames of one video in order, decoded in a worker while they are looked at here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message
from reelwise.media.requests.stream import StreamEnd, StreamHeader, StreamTask, unpack_header
from reelwise.media.workers.worker_stream import WorkerStream


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


class VideoStream(WorkerStream[StreamFrame, StreamEnd]):
    """The frames of one video in display order.

    Iterating raises ``DamagedThreadedError``, too: read the file again with one thread.

    Args:
        task: The file and the pictures.
        limits: What the worker may take. Its limit of time does not hold: a stream may take as long as its reader.
        read_limits: What the file may ask for.
        on_progress: Called with the numbers of frames and of bytes that were decoded so far.

    Example:
        >>> from pathlib import Path
        >>> from reelwise.core.errors import VideoError
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
        may_wait = task.growth is not None
        super().__init__(task, may_wait=may_wait, limits=limits, read_limits=read_limits, on_progress=on_progress)
        self._specs = task.pictures
        self._header: StreamHeader | None = None
        self._num_frames = 0

    @property
    def header(self) -> StreamHeader:
        """What is known with the first frame; ask for it when that was given."""
        if self._header is None:
            raise RuntimeError("the header is known with the first frame")
        return self._header

    def _items(self, reply: Message) -> Iterator[StreamFrame]:
        if self._header is None:
            self._header = unpack_header(reply["header"])
        all_pts = [int(pts) for pts in reply["pts"]]
        damage = [bool(is_damaged) for is_damaged in reply["damage"]]
        shapes = [spec.shape_of(self._header.frame_hw) for spec in self._specs]
        num_bytes = sum(int(np.prod(shape)) for shape in shapes)
        content = np.frombuffer(reply["content"], np.uint8)
        if len(content) != len(all_pts) * num_bytes or len(damage) != len(all_pts):
            raise ValueError(f"{len(content)} bytes for {len(all_pts)} frames of {num_bytes}")
        return self._frames(content, shapes, all_pts, damage)

    def _frames(
        self, content: np.ndarray, shapes: list[tuple[int, ...]], all_pts: list[int], damage: list[bool]
    ) -> Iterator[StreamFrame]:
        place = 0
        for pts, is_damaged in zip(all_pts, damage, strict=True):
            pictures = []
            for shape in shapes:
                size = int(np.prod(shape))
                pictures.append(content[place : place + size].reshape(shape))
                place += size
            yield StreamFrame(self._num_frames, pts, is_damaged, tuple(pictures))
            self._num_frames += 1

    def _check_end(self, end: StreamEnd) -> StreamEnd:
        if end.is_damaged_threaded:
            raise DamagedThreadedError
        return end
