"""How long the records of a data set are: files, or the segments of files that a list names."""

from reelwise.core.records import Record
from reelwise.core.video import VideoFacts


def seconds_of(record: Record, facts: VideoFacts) -> float:
    """Seconds of a record: of its segment as far as the file reaches, or of the whole file.

    Args:
        record: A file or a segment.
        facts: Of the file.

    Example:
        >>> from fractions import Fraction
        >>> from pathlib import Path
        >>> facts = VideoFacts(100, 64, 48, 4.0, Fraction(25), False, 0, "h264", "mov")
        >>> seconds_of(Record("a.mp4", Path("a.mp4"), "x", start_seconds=Fraction(3), end_seconds=Fraction(9)), facts)
        1.0
    """
    start = float(record.start_seconds or 0)
    end = facts.duration_seconds if record.end_seconds is None else float(record.end_seconds)
    return max(0.0, min(end, facts.duration_seconds) - start)


def frames_of(record: Record, facts: VideoFacts) -> int:
    """Frames of a record, for a segment by the mean rate of its file.

    Args:
        record: A file or a segment.
        facts: Of the file.
    """
    if record.segment is None:
        return facts.num_frames
    return round(seconds_of(record, facts) * float(facts.frame_rate))
