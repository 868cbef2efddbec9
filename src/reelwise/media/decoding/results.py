"""What decoding frames into files gives, beside the files."""

from dataclasses import dataclass

from reelwise.core.errors import VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.video import VideoFacts


@dataclass(frozen=True, eq=False)
class DecodedSegment:
    """What was written for one segment.

    Args:
        num_frames: N.
        times: N times; the first frame of the file, not of the segment, is at 0.
        crc32: Of all bytes written.
    """

    num_frames: int
    times: FrameTimes
    crc32: int


@dataclass(frozen=True, eq=False)
class DecodeResult:
    """What was written of one file.

    Args:
        facts: Of the file.
        segments: One per segment of the task; an error where a segment holds no frame.
    """

    facts: VideoFacts
    segments: tuple[DecodedSegment | VideoError, ...]
