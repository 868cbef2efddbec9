"""The request to write a copy of a video with lines of text in its frames."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from reelwise.core.fractions import fraction_from_text
from reelwise.media.requests.kind import Message, RequestKind, Workplace
from reelwise.media.writers.captions import Caption, FrameText
from reelwise.media.writers.copy_result import CopyResult, copy_result_from_json


@dataclass(frozen=True)
class AnnotateTask:
    """Write a copy of a video with lines of text painted into its frames.

    Args:
        path: The file.
        text: What each frame shows.
        output: An MP4 file in the worker's folder.
        target: What errors call it: where it goes when it is whole.
    """

    path: Path
    text: FrameText
    output: Path
    target: Path


class Annotate(RequestKind[AnnotateTask, CopyResult]):
    """An AnnotateTask; its result is the number of frames, and why the copy has no sound."""

    name = "annotate"
    task_type = AnnotateTask
    may_write = True

    def pack(self, task: AnnotateTask) -> Message:
        """A task as a message."""
        rate = task.text.timecode_rate
        text = asdict(task.text) | {"timecode_rate": None if rate is None else str(rate)}
        return {"path": str(task.path), "text": text, "output": str(task.output), "target": str(task.target)}

    def unpack(self, message: Message) -> AnnotateTask:
        """A message as a task."""
        text = message["text"]
        captions = tuple(Caption(**caption) for caption in text["captions"])
        rate = text["timecode_rate"] and fraction_from_text(text["timecode_rate"])
        frame_text = FrameText(tuple(text["lines"]), captions, text["shows_time"], rate)
        return AnnotateTask(Path(message["path"]), frame_text, Path(message["output"]), Path(message["target"]))

    def perform(self, task: AnnotateTask, workplace: Workplace) -> CopyResult:
        """Write the copy in this process."""
        from reelwise.media.writers.annotate import annotate

        limits, progress = workplace.limits, workplace.progress
        return annotate(task.path, task.output, task.text, name=task.target, limits=limits, progress=progress)

    def pack_result(self, result: CopyResult) -> Message:
        """The result as a message."""
        return result.to_json()

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> CopyResult:
        """A message as the result."""
        return copy_result_from_json(message)


KIND = Annotate()
