"""What came of one video of an analysis."""

from dataclasses import dataclass, field
from pathlib import Path

from reelwise.analysis.results import Analysis, SegmentTrack
from reelwise.core.errors import VideoError


@dataclass(frozen=True)
class Outcome:
    """What came of one video.

    Args:
        path: The video.
        folder: Name of the folder of its analysis; None when there is no whole one.
        problem: Why it failed; None when it did not. Where only a copy failed, there is a folder as well.
        counts: Number of findings by track.
        warnings: What was odd but usable, such as a file that was cut off.
        refused_exports: Why a format cannot hold it, by its name.
        seconds: Wall time.
    """

    path: Path
    folder: str | None
    problem: VideoError | None = None
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    refused_exports: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def error(self) -> str:
        """Why it failed, without its path; empty when it did not."""
        return f"{self.problem.reason_for(self.path)} {self.problem.hint}".strip() if self.problem else ""


def count_items(analysis: Analysis) -> dict[str, int]:
    """Number of findings by track."""
    return {track.id: len(track.items) for track in analysis.tracks if isinstance(track, SegmentTrack)}
