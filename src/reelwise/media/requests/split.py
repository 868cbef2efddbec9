"""The request to write parts of a video as files of their own."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from reelwise.media.requests.kind import Message, RequestKind, Workplace
from reelwise.media.writers.clip_plan import ClipPlan, SplitPlan
from reelwise.media.writers.copy_result import CopyResult, copy_result_from_json


@dataclass(frozen=True)
class SplitTask:
    """Write the clips of a plan.

    Args:
        path: The file.
        plan: Its clips and where each of them goes.
    """

    path: Path
    plan: SplitPlan


class Split(RequestKind[SplitTask, CopyResult]):
    """A SplitTask; its result is the number of frames of all clips together, and why they have no sound."""

    name = "split"
    task_type = SplitTask
    may_write = True

    def pack(self, task: SplitTask) -> Message:
        """A task as a message."""
        plan = task.plan
        clips = [asdict(clip) | {"output": str(clip.output)} for clip in plan.clips]
        fields = {"first_pts": plan.first_pts, "time_base": list(plan.time_base.as_integer_ratio())}
        return {"path": str(task.path), "clips": clips} | fields

    def unpack(self, message: Message) -> SplitTask:
        """A message as a task."""
        clips = tuple(ClipPlan(**(clip | {"output": Path(clip["output"])})) for clip in message["clips"])
        return SplitTask(Path(message["path"]), SplitPlan(message["first_pts"], Fraction(*message["time_base"]), clips))

    def perform(self, task: SplitTask, workplace: Workplace) -> CopyResult:
        """Write the clips in this process."""
        from reelwise.media.writers.split import split_video

        limits, progress = workplace.limits, workplace.progress
        return split_video(task.path, task.plan, folder=workplace.folder, limits=limits, progress=progress)

    def pack_result(self, result: CopyResult) -> Message:
        """The result as a message."""
        return result.to_json()

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> CopyResult:
        """A message as the result."""
        return copy_result_from_json(message)


KIND = Split()
