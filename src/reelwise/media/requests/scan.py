"""The request to decode a whole file and say what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.video import VideoFacts, facts_from_json, facts_to_json
from reelwise.media.requests.kind import Message, RequestKind, Workplace


@dataclass(frozen=True)
class ScanTask:
    """Decode a whole file and count what it holds; no frame is written.

    Args:
        path: The file.
        deadline_seconds: After so much decoding the rest is counted by packets, with a warning; None decodes all.
    """

    path: Path
    deadline_seconds: float | None = None


class Scan(RequestKind[ScanTask, VideoFacts]):
    """A ScanTask; its result is the facts of the file."""

    name = "scan"
    task_type = ScanTask

    def load(self) -> None:
        """Import the scanner."""
        import reelwise.media.readers.scan  # noqa: F401

    def pack(self, task: ScanTask) -> Message:
        """A task as a message."""
        return {"path": str(task.path), "deadline_seconds": task.deadline_seconds}

    def unpack(self, message: Message) -> ScanTask:
        """A message as a task."""
        return ScanTask(Path(message["path"]), message["deadline_seconds"])

    def perform(self, task: ScanTask, workplace: Workplace) -> VideoFacts:
        """Decode the file in this process."""
        from reelwise.media.readers.scan import scan_video

        limits, progress = workplace.limits, workplace.progress
        return scan_video(task.path, deadline_seconds=task.deadline_seconds, limits=limits, progress=progress)

    def pack_result(self, result: VideoFacts) -> Message:
        """The facts as a message."""
        return {"facts": facts_to_json(result)}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> VideoFacts:
        """A message as facts."""
        return facts_from_json(message["facts"])


KIND = Scan()
