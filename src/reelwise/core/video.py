"""What is known of a video after it was decoded: counted, never believed from a header."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class SoundFacts:
    """The first sound track of a video.

    Args:
        codec: FFmpeg's name of the decoder, such as ``aac``.
        sample_rate: Samples per second and channel.
        num_channels: Channels; 2 for stereo.
    """

    codec: str
    sample_rate: int
    num_channels: int


@dataclass(frozen=True)
class VideoFacts:
    """One video as decoding showed it; sizes hold after rotation.

    Args:
        num_frames: Frames that decoded.
        width: Pixels across, after rotation.
        height: Pixels down, after rotation.
        duration_seconds: From the first frame's pts to the end of the last frame.
        frame_rate: Mean frames per second, exact: (num_frames - 1) / (last pts - first pts).
        variable_frame_rate: Whether the gaps between frames differ by more than rounding.
        rotation: Clockwise degrees that were applied: 0, 90, 180 or 270.
        codec: FFmpeg's name of the video decoder, such as ``h264``.
        container: FFmpeg's name of the container, such as ``mov,mp4,m4a,3gp,3g2,mj2``.
        sound: The first sound track, or None.
        tags: Tags of the container (title, date, location, device), as text.
        warnings: What was odd but usable: ``truncated``, ``damaged``, ``header disagrees``, …, each a sentence.
    """

    num_frames: int
    width: int
    height: int
    duration_seconds: float
    frame_rate: Fraction
    variable_frame_rate: bool
    rotation: int
    codec: str
    container: str
    sound: SoundFacts | None = None
    tags: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
