"""What `find` gives: the document reelwise/matches/1 is these classes and nothing else."""

from dataclasses import asdict, dataclass
from typing import Any

from reelwise.analysis.results import Moment

SCHEMA = "reelwise/matches/1"


@dataclass(frozen=True)
class MatchSpan:
    """A passage of one video: [start, end).

    Args:
        start: The first frame inside.
        end: The first frame behind.
        share: Share of the video's length that it covers, in [0, 1].
    """

    start: Moment
    end: Moment
    share: float

    @property
    def middle_frame(self) -> int:
        """The frame that stands for it."""
        return (self.start.frame + self.end.frame - 1) // 2


@dataclass(frozen=True)
class Match:
    """A passage that the clip shares with a video.

    Args:
        file: The video.
        score: Probability in [0, 1] that the two passages are the same.
        speed: Seconds of the video per second of the clip.
        is_mirrored: Whether left and right are exchanged.
        clip: Where it is in the clip.
        video: Where it is in the video.
    """

    file: str
    score: float
    speed: float
    is_mirrored: bool
    clip: MatchSpan
    video: MatchSpan


@dataclass(frozen=True)
class ClipFacts:
    """The clip: its path, number of frames and seconds."""

    file: str
    num_frames: int
    seconds: float


@dataclass(frozen=True)
class UnsearchedVideo:
    """A video that could not be searched, and why; ``is_named`` where it was given by name and not by its folder."""

    file: str
    error: str
    is_named: bool


@dataclass(frozen=True)
class Matches:
    """The document reelwise/matches/1.

    Args:
        clip: What was looked for.
        num_videos: How many videos were searched; 0 where none could be read.
        num_videos_with_clip: In how many of them a passage was found.
        num_matches: How many passages were found.
        matches: The best of them, as many as were asked for, the most certain first.
        failures: Videos that could not be searched.
    """

    clip: ClipFacts
    num_videos: int
    num_videos_with_clip: int
    num_matches: int
    matches: tuple[Match, ...]
    failures: tuple[UnsearchedVideo, ...]

    def to_json(self) -> dict[str, Any]:
        """The document as plain values, the name of its schema first."""
        return {"schema": SCHEMA} | asdict(self)

    @property
    def has_failures(self) -> bool:
        """Whether a video that was given by name could not be searched, or nothing could."""
        return not self.num_videos or any(failure.is_named for failure in self.failures)
