"""What a worker can be asked to do with the pictures of a video, and what it answers."""

from dataclasses import dataclass
from pathlib import Path

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import UsageError, VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import TimeRange
from reelwise.core.video import VideoFacts


@dataclass(frozen=True)
class ScanTask:
    """Decode a whole file and say what it is; nothing is kept.

    Args:
        path: The file.
        deadline_seconds: After so much decoding the rest is counted by packets, with a warning; None decodes all.
    """

    path: Path
    deadline_seconds: float | None = None


@dataclass(frozen=True)
class DecodeTask:
    """Decode a file once and write the kept frames of each segment to a flat file of uint8 (N, S, S, 3).

    Args:
        path: The file.
        settings: Which frames are kept, and how large.
        segments: Parts of the video; None for all of it.
        outputs: One file per segment; written over, not atomic, not flushed to disk.
    """

    path: Path
    settings: DecodeSettings
    segments: tuple[TimeRange | None, ...] = (None,)
    outputs: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if len(self.segments) != len(self.outputs):
            raise UsageError(f"{len(self.segments)} segments need as many outputs, got {len(self.outputs)}.")


@dataclass(frozen=True)
class ReadTask:
    """Write some frames at the video's own size to a flat file of uint8 (N, H, W, 3); the answer is a DecodeResult.

    Args:
        path: The file.
        reader: ``opencv`` or ``pyav``.
        start: 0-based index of the first frame.
        num_frames: How many.
        output: Written over.
    """

    path: Path
    reader: str
    start: int
    num_frames: int
    output: Path

    def __post_init__(self) -> None:
        if self.reader not in ("opencv", "pyav"):
            raise UsageError(f"no reader is called {self.reader}.", hint="There are opencv and pyav.")


@dataclass(frozen=True)
class AnnotateTask:
    """Write a copy of a video with lines of text painted into every frame; the answer is the facts of the source.

    Args:
        path: The file.
        lines: Text.
        output: An MP4 file; appears when it is whole.
    """

    path: Path
    lines: tuple[str, ...]
    output: Path


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
    """The answer to a DecodeTask.

    Args:
        facts: Of the file.
        segments: One per segment of the task; an error where a segment holds no frame.
    """

    facts: VideoFacts
    segments: tuple[DecodedSegment | VideoError, ...]
