"""Parts of a video that are to be files of their own."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from reelwise.core.errors import UsageError


@dataclass(frozen=True)
class ClipPlan:
    """Some frames of a video, and the file that they go to.

    Args:
        start_frame: 0-based index of the first frame inside.
        end_frame: The first frame behind; more than ``start_frame``.
        start_pts: Of the first frame inside, as the reader gives it; another one in the file means another file.
        end_pts: Of the first frame behind; of the end of the video where the last frame is inside.
        output: An MP4 file; appears when it is whole.
    """

    start_frame: int
    end_frame: int
    start_pts: int
    end_pts: int
    output: Path

    def __post_init__(self) -> None:
        if not 0 <= self.start_frame < self.end_frame or self.start_pts >= self.end_pts:
            raise UsageError(f"a clip from frame {self.start_frame} to {self.end_frame} has no frames.")


@dataclass(frozen=True)
class SplitPlan:
    """Clips of one video.

    Args:
        first_pts: Of the first frame of the video.
        time_base: Seconds per unit of pts.
        clips: One or more, in order of time; they do not overlap.
    """

    first_pts: int
    time_base: Fraction
    clips: tuple[ClipPlan, ...]

    def __post_init__(self) -> None:
        if not self.clips or any(b.start_frame < a.end_frame for a, b in pairwise(self.clips)):
            raise UsageError("clips of a video must be in order of time and may not overlap.")


def clip_in(folder: Path, clip: ClipPlan) -> Path:
    """Where a worker writes a clip in its own folder; clips do not overlap, so that each has a name of its own."""
    return folder / f"{clip.start_frame}.mp4"
