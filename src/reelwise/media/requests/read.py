"""The request to write some frames of a video at its own size."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from reelwise.core.errors import UsageError
from reelwise.media.decoding.results import DecodeResult
from reelwise.media.readers.reader import VideoReader
from reelwise.media.requests.decode import pack_decoded, unpack_decoded
from reelwise.media.requests.kind import Message, RequestKind, Workplace


@dataclass(frozen=True)
class ReadTask:
    """Write some frames at the video's own size to a flat file of uint8 (N, H, W, 3).

    Args:
        path: The file.
        reader: ``opencv`` or ``pyav``.
        start: 0-based index of the first frame.
        num_frames: How many.
        output: Written over.
    """

    path: Path
    reader: str
    start: int
    num_frames: int
    output: Path

    def __post_init__(self) -> None:
        if self.reader not in ("opencv", "pyav"):
            raise UsageError(f"no reader is called {self.reader}.", hint="There are opencv and pyav.")


class Read(RequestKind[ReadTask, DecodeResult]):
    """A ReadTask; its result has one segment."""

    name = "read"
    task_type = ReadTask
    may_write = True

    def load(self) -> None:
        """Import the first reader; OpenCV is imported only when a task names it."""
        import reelwise.media.decoding.decode  # noqa: F401

    def outputs(self, task: ReadTask) -> tuple[Path, ...]:
        """The file of frames."""
        return (task.output,)

    def pack(self, task: ReadTask) -> Message:
        """A task as a message."""
        return asdict(task) | {"path": str(task.path), "output": str(task.output)}

    def unpack(self, message: Message) -> ReadTask:
        """A message as a task."""
        path, output = Path(message["path"]), Path(message["output"])
        return ReadTask(path, message["reader"], message["start"], message["num_frames"], output)

    def perform(self, task: ReadTask, workplace: Workplace) -> DecodeResult:
        """Read the frames in this process."""
        from reelwise.media.decoding.decode import copy_frames

        return copy_frames(_open_reader(task, workplace), task.start, task.num_frames, task.output)

    def pack_result(self, result: DecodeResult) -> Message:
        """Facts and times as a message; the frames are in the output."""
        return pack_decoded(result)

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> DecodeResult:
        """A message as facts and times."""
        result = unpack_decoded(message)
        if len(result.segments) != 1:
            raise ValueError("frames were read from one segment")
        return result


def _open_reader(task: ReadTask, workplace: Workplace) -> VideoReader:
    if task.reader == "opencv":
        from reelwise.media.readers.opencv_reader import OpenCVReader

        return OpenCVReader(task.path, limits=workplace.limits, progress=workplace.progress)
    from reelwise.media.readers.pyav_reader import PyAVReader

    return PyAVReader(task.path, limits=workplace.limits, progress=workplace.progress)


KIND = Read()
