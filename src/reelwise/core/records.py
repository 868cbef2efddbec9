"""One row of a data set: a video or a segment of one, with its label and metadata."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from reelwise.core.intervals import TimeRange

SPLITS = ("train", "val", "test")
"""Names of the splits in lists and output files."""


@dataclass(frozen=True)
class Record:
    """A labelled video or segment.

    Args:
        file: The name used in every output: relative to the data set, with ``/``.
        path: Where the file is.
        label: The class; empty when unlabelled.
        group: The recording, person or place that must not be in two splits at once; None when unknown.
        split: The split that the list or folder assigns: ``train``, ``val``, ``test`` or None.
        start_seconds: First moment of a segment, half-open [start, end); None for the beginning.
        end_seconds: Where the segment ends; None for the end of the video.
        metadata: Other columns, as text.
    """

    file: str
    path: Path
    label: str
    group: str | None = None
    split: str | None = None
    start_seconds: Fraction | None = None
    end_seconds: Fraction | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def segment(self) -> TimeRange | None:
        """The part of the file that is labelled; None for the whole file."""
        if self.start_seconds is None and self.end_seconds is None:
            return None
        return TimeRange(self.start_seconds, self.end_seconds)

    @property
    def name(self) -> str:
        """Unique in a data set: the file, with its span when it is a segment (``a.mp4#t=1.5,3``, as W3C writes it)."""
        if self.segment is None:
            return self.file
        start = "" if self.start_seconds is None else _seconds(self.start_seconds)
        end = "" if self.end_seconds is None else f",{_seconds(self.end_seconds)}"
        return f"{self.file}#t={start}{end}"


def _seconds(moment: Fraction) -> str:
    """To the microsecond, so that near segments late in a long video have different names."""
    return f"{float(moment):.6f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class SkippedFile:
    """A file that was not used, and why; a row of skipped.csv.

    Args:
        file: The name as in Record.
        reason: What is wrong, in one sentence.
        hint: What the user can do about it; may be empty.
    """

    file: str
    reason: str
    hint: str = ""
