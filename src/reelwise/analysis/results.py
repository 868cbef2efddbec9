"""The result of an analysis as plain data: analysis.json (reelwise/analysis/1) is these classes and nothing else."""

from dataclasses import dataclass, field
from typing import Literal

TransitionType = Literal["cut", "dissolve", "fade_black", "fade_white", "wipe"]


@dataclass(frozen=True)
class Moment:
    """When a frame starts, said in four ways.

    Args:
        frame: 0-based index of the decoded frame, in display order; the number of frames for the end of the video.
        pts: The stream's own number, in units of ``Media.time_base``.
        seconds: From the first shown frame, 0 or more; a player's clock adds ``Media.start_seconds``.
        timecode: SMPTE timecode such as ``00:01:00;02``; None for variable, odd and uncertain rates.
    """

    frame: int
    pts: int
    seconds: float
    timecode: str | None


@dataclass(frozen=True)
class TransitionIn:
    """How a shot begins.

    Args:
        type: cut, dissolve, fade_black, fade_white or wipe.
        start_frame: The first frame that both shots share; of a cut, the first frame of the new shot.
        end_frame: The first frame wholly of the new shot.
        score: Calibrated probability in [0, 1] that a transition is here.
    """

    type: TransitionType
    start_frame: int
    end_frame: int
    score: float


@dataclass(frozen=True)
class Item:
    """One finding: [start, end) of the video, what it is, how sure, and a picture of it.

    Args:
        id: Unique within the analysis, such as ``shots-12``.
        label: What it is, such as ``shot``, ``freeze`` or the label of a classifier.
        score: Probability or strength in [0, 1].
        start: The first frame inside.
        end: The first frame behind.
        picture: Path of a JPEG, relative to the folder of analysis.json; None where there is none.
        transition_in: Of shots: how it begins; None for the first one and for other tracks.
        values: Measures by name, such as ``pixels_per_second``; the track's ``units`` says their units.
    """

    id: str
    label: str
    score: float
    start: Moment
    end: Moment
    picture: str | None = None
    transition_in: TransitionIn | None = None
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveItem:
    """A finding that is given as soon as it is certain, while its video is still being read.

    Args:
        track: Id of its track, such as ``shots``.
        item: The finding; its ``id`` is empty: ids number a track in order of time, and earlier findings may follow.
            Its timecodes count at the rate of the frames so far, and are None until those fit one rate alone; where
            later frames leave that rate, the analysis has none.
    """

    track: str
    item: Item


@dataclass(frozen=True)
class SegmentTrack:
    """Findings of one analyzer, in order of time.

    Args:
        id: Its name, such as ``shots``.
        producer: What made it, such as ``reelwise.shots/1``, or the file of a model.
        items: The findings.
        units: Unit of each of the values, by name.
    """

    id: str
    producer: str
    items: tuple[Item, ...]
    units: dict[str, str] = field(default_factory=dict)
    kind: Literal["segments"] = "segments"


@dataclass(frozen=True)
class SignalTrack:
    """A curve over time; its values lie in signals.npz, one row per frame or per ``step_seconds``.

    Args:
        id: Its name, such as ``motion``.
        producer: What made it.
        ref: File and array, such as ``signals.npz#motion``: (N, C) float32, NaN where nothing is known.
        columns: Names of the C columns.
        units: Unit of each column, by name.
        step_seconds: Seconds from one row to the next, as a ratio such as ``1/10``; None where each row is a frame.
    """

    id: str
    producer: str
    ref: str
    columns: tuple[str, ...]
    units: dict[str, str]
    step_seconds: str | None = None
    kind: Literal["signal"] = "signal"


@dataclass(frozen=True)
class StripPicture:
    """A picture at one of many even steps through the video, for what shows a small picture of any moment.

    Args:
        moment: When its frame starts.
        picture: Path of a JPEG, relative to the folder of analysis.json.
    """

    moment: Moment
    picture: str


@dataclass(frozen=True)
class SoundMedia:
    """The first sound track: FFmpeg's name of the codec, samples per second and channels."""

    codec: str
    sample_rate: int
    num_channels: int


@dataclass(frozen=True)
class Media:
    """The video, as decoding showed it.

    Args:
        file: Its whole path, so that page and exports can be made again from any folder; ``-`` for a video on stdin.
        sha256: Hash of its bytes in hexadecimal; None for a stream.
        size_bytes: Its length; None for a stream.
        num_frames: Frames that decoded.
        width: Pixels across, after rotation.
        height: Pixels down, after rotation.
        duration_seconds: From the start of the first frame to the end of the last.
        frame_rate: Mean frames per second, exact, such as ``30000/1001``.
        variable_frame_rate: Whether the gaps between frames differ by more than rounding.
        timecode_rate: The rate that timecodes count at; None for variable, odd and uncertain rates.
        time_base: Seconds per unit of pts, such as ``1/90000``.
        first_pts: Of the first frame.
        end_pts: Where the last frame ends.
        start_seconds: Where the first frame lies on the container's clock.
        rotation: Clockwise degrees that were applied.
        codec: FFmpeg's name of the video decoder.
        container: FFmpeg's name of the container.
        sound: The first sound track, or None.
        damage: [start, end) in frames in which the decoder had to conceal damage.
        warnings: What was odd but usable, in sentences.
        mirrored: Whether stored pictures were mirrored from left to right, before they were turned by ``rotation``.
    """

    file: str
    sha256: str | None
    size_bytes: int | None
    num_frames: int
    width: int
    height: int
    duration_seconds: float
    frame_rate: str
    variable_frame_rate: bool
    timecode_rate: str | None
    time_base: str
    first_pts: int
    end_pts: int
    start_seconds: float
    rotation: int
    codec: str
    container: str
    sound: SoundMedia | None
    damage: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()
    mirrored: bool = False


@dataclass(frozen=True)
class Tool:
    """What made the analysis: ``name`` is ``reelwise``; ``do`` lists the analyzers, ``options`` what was asked for."""

    name: str
    version: str
    do: tuple[str, ...]
    options: dict[str, str | float | int | bool | None]


@dataclass(frozen=True)
class Analysis:
    """The document reelwise/analysis/1.

    Args:
        tool: What made it.
        media: The video.
        tracks: What was found.
        strip: Pictures every 2 s, or some more in long videos, in order of time; an analysis from before has none.
    """

    tool: Tool
    media: Media
    tracks: tuple[SegmentTrack | SignalTrack, ...]
    strip: tuple[StripPicture, ...] = ()

    def track(self, name: str) -> SegmentTrack | None:
        """The findings of an analyzer; None where it did not run. Its curve, of the same name, is ``signal(name)``."""
        tracks = (track for track in self.tracks if isinstance(track, SegmentTrack))
        return next((track for track in tracks if track.id == name), None)

    def signal(self, name: str) -> SignalTrack | None:
        """The curve of an analyzer, whose values lie in signals.npz; None where it did not run or draws none."""
        tracks = (track for track in self.tracks if isinstance(track, SignalTrack))
        return next((track for track in tracks if track.id == name), None)

    def items(self, name: str) -> tuple[Item, ...]:
        """Findings of a track; none where that analyzer did not run."""
        track = self.track(name)
        return track.items if track else ()
