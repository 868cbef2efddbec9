"""The request for a contact sheet: a few pictures spread over a video."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from reelwise.media.requests.kind import Message, RequestKind, Workplace
from reelwise.media.writers.sheet import MAX_PICTURES, MAX_SIDE, Sheet, SheetTask

_MAX_NOTE = 300
"""Characters of a note; ours have about 70."""


class ContactSheet(RequestKind[SheetTask, Sheet]):
    """A SheetTask."""

    name = "sheet"
    task_type = SheetTask
    may_write = True

    def outputs(self, task: SheetTask) -> tuple[Path, ...]:
        """The file of pictures."""
        return (task.output,)

    def pack(self, task: SheetTask) -> Message:
        """A task as a message."""
        return asdict(task) | {"path": str(task.path), "output": str(task.output)}

    def unpack(self, message: Message) -> SheetTask:
        """A message as a task."""
        fields = {name: message[name] for name in ("num_pictures", "max_side", "deadline_seconds")}
        return SheetTask(Path(message["path"]), output=Path(message["output"]), **fields)

    def perform(self, task: SheetTask, workplace: Workplace) -> Sheet:
        """Make the sheet in this process."""
        from reelwise.media.writers.contact_sheet import write_sheet

        return write_sheet(task, limits=workplace.limits, progress=workplace.progress)

    def pack_result(self, result: Sheet) -> Message:
        """Size and times as a message; the pictures are in the output."""
        return asdict(result)

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> Sheet:
        """A message as size and times, within what a task may ask for."""
        height, width = (int(side) for side in message["size_hw"])
        seconds = tuple(float(second) for second in message["seconds"])
        if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and 0 < len(seconds) <= MAX_PICTURES):
            raise ValueError("a sheet that no task can have led to")
        if not np.isfinite(seconds).all():
            raise ValueError("times that are no numbers")
        return Sheet((height, width), seconds, str(message["note"])[:_MAX_NOTE])


KIND = ContactSheet()
