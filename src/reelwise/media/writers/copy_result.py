"""What came of writing copies of a video, or of its parts."""

from dataclasses import dataclass
from typing import Any

_MAX_TEXT = 1000
"""Characters of a reason that a worker may send."""


@dataclass(frozen=True)
class CopyResult:
    """What was written.

    Args:
        num_frames: Frames of all copies together.
        sound_missing: Why they have no sound though the video has a track, with its codec; empty where they have its
            sound, or it has none.
    """

    num_frames: int
    sound_missing: str = ""

    def to_json(self) -> dict[str, Any]:
        """The fields, for a message."""
        return {"num_frames": self.num_frames, "sound_missing": self.sound_missing}


def copy_result_from_json(fields: dict[str, Any]) -> CopyResult:
    """A message of a worker, every field built anew."""
    return CopyResult(int(fields["num_frames"]), str(fields["sound_missing"])[:_MAX_TEXT])
