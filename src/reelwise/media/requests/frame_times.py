"""The request for the moments of numbered frames, from the packets of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwise.core.errors import VideoError
from reelwise.core.fractions import fraction_from_text
from reelwise.media.requests.kind import Message, RequestKind, Workplace


@dataclass(frozen=True)
class FrameTimesTask:
    """Say when some frames are shown; nothing is decoded.

    Args:
        path: The file.
        frames: Numbers from 0, in display order.
    """

    path: Path
    frames: tuple[int, ...]


Moments = tuple[Fraction | None, ...]
"""Seconds from the first frame of the file; None for a frame that it does not have."""


class FrameTimesRequest(RequestKind[FrameTimesTask, Moments]):
    """A FrameTimesTask; its result has a moment for each frame that was asked for."""

    name = "frame_times"
    task_type = FrameTimesTask

    def load(self) -> None:
        """Import the reader."""
        import reelwise.media.readers.pyav_reader  # noqa: F401

    def pack(self, task: FrameTimesTask) -> Message:
        """A task as a message."""
        return {"path": str(task.path), "frames": list(task.frames)}

    def unpack(self, message: Message) -> FrameTimesTask:
        """A message as a task."""
        return FrameTimesTask(Path(message["path"]), tuple(message["frames"]))

    def perform(self, task: FrameTimesTask, workplace: Workplace) -> Moments:
        """Read the packets of the file in this process."""
        from reelwise.media.readers.pyav_reader import PyAVReader

        with PyAVReader(task.path, limits=workplace.limits, progress=workplace.progress) as reader:
            times = reader.scan_packets().times()
        if times is None:
            raise VideoError(f"{task.path.name}: it has no frames.", hint="Copy or record it again.")
        pts = [*times.pts.tolist(), times.end_pts]  # the frame behind the last one begins where that ends
        return tuple(pts[frame] * times.time_base if frame < len(pts) else None for frame in task.frames)

    def pack_result(self, result: Moments) -> Message:
        """The moments as a message."""
        return {"moments": [None if moment is None else str(moment) for moment in result]}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> Moments:
        """A message as moments."""
        return tuple(None if text is None else fraction_from_text(text) for text in message["moments"])


KIND = FrameTimesRequest()
