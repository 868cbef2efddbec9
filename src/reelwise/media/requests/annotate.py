"""The request to write a copy of a video with lines of text in every frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.video import VideoFacts, facts_from_json, facts_to_json
from reelwise.media.requests.kind import Message, RequestKind, Workplace


@dataclass(frozen=True)
class AnnotateTask:
    """Write a copy of a video with lines of text painted into every frame.

    Args:
        path: The file.
        lines: Text.
        output: An MP4 file; appears when it is whole.
    """

    path: Path
    lines: tuple[str, ...]
    output: Path


class Annotate(RequestKind[AnnotateTask, VideoFacts]):
    """An AnnotateTask; its result is the facts of the source."""

    name = "annotate"
    task_type = AnnotateTask
    may_write = True

    def pack(self, task: AnnotateTask) -> Message:
        """A task as a message."""
        return {"path": str(task.path), "lines": list(task.lines), "output": str(task.output)}

    def unpack(self, message: Message) -> AnnotateTask:
        """A message as a task."""
        return AnnotateTask(Path(message["path"]), tuple(message["lines"]), Path(message["output"]))

    def perform(self, task: AnnotateTask, workplace: Workplace) -> VideoFacts:
        """Write the copy in this process."""
        from reelwise.media.writers.annotate import annotate

        limits, progress = workplace.limits, workplace.progress
        return annotate(task.path, task.output, task.lines, limits=limits, progress=progress)

    def pack_result(self, result: VideoFacts) -> Message:
        """The facts as a message."""
        return {"facts": facts_to_json(result)}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> VideoFacts:
        """A message as facts."""
        return facts_from_json(message["facts"])


KIND = Annotate()
