"""Facts about a video, measured by decoding it: frames are counted, no header is trusted."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from reelwise.core.fractions import fraction_from_text


class WarningKind(StrEnum):
    """What can be odd about a video that is usable; the value is written to caches, so it never changes."""

    COUNTED_BY_PACKETS = "counted_by_packets"
    TRUNCATED = "truncated"
    FIRST_FRAMES_LOST = "first_frames_lost"
    DAMAGED = "damaged"
    TIMES_GO_BACK = "times_go_back"
    TIMES_JUMP = "times_jump"
    GAPS = "gaps"
    HEADER_DISAGREES = "header_disagrees"
    INTERLACED = "interlaced"
    HDR = "hdr"
    SIZE_CHANGES = "size_changes"
    ODD_ROTATION = "odd_rotation"
    OTHER = "other"


@dataclass(frozen=True)
class VideoWarning:
    """One oddity of a usable video.

    Args:
        kind: What it is; code decides by this alone.
        text: The sentence for a person, such as ``"gaps: about 3 frames are missing …"``; no code reads it.
    """

    kind: WarningKind
    text: str


@dataclass(frozen=True)
class SoundFacts:
    """The first sound track of a video that can be decoded, else the first of all.

    Args:
        codec: FFmpeg's name of the codec, such as ``aac``; ``unknown`` where FFmpeg has no decoder for it.
        sample_rate: Samples per second and channel; 0 where only a decoder would know it.
        num_channels: Channels, 2 for stereo; 0 where only a decoder would know it.
    """

    codec: str
    sample_rate: int
    num_channels: int


@dataclass(frozen=True)
class VideoFacts:
    """Facts of one video, measured by decoding it; width and height are those after rotation.

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
        warnings: What was odd but usable.
        is_mirrored: Whether stored pictures were mirrored from left to right before they were turned.
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
    warnings: tuple[VideoWarning, ...] = ()
    is_mirrored: bool = False


_OLD_BEGINNINGS = {
    "counted": WarningKind.COUNTED_BY_PACKETS,
    "truncated": WarningKind.TRUNCATED,
    "first frames lost": WarningKind.FIRST_FRAMES_LOST,
    "damaged": WarningKind.DAMAGED,
    "timestamps go back": WarningKind.TIMES_GO_BACK,
    "timestamps jump": WarningKind.TIMES_JUMP,
    "gaps": WarningKind.GAPS,
    "header disagrees": WarningKind.HEADER_DISAGREES,
    "interlaced": WarningKind.INTERLACED,
    "HDR": WarningKind.HDR,
    "size changes in the stream": WarningKind.SIZE_CHANGES,
    "rotation": WarningKind.ODD_ROTATION,
}
"""How sentences began in caches that were written before warnings had kinds. Those files cannot change any more, so
this table does not change either, whatever today's sentences say."""


def facts_to_json(facts: VideoFacts) -> dict[str, Any]:
    """Plain values for caches and messages; Fractions as text such as ``"30000/1001"``."""
    value = asdict(facts)
    value["frame_rate"] = str(facts.frame_rate)
    value["warnings"] = [warning.text for warning in facts.warnings]
    value["warning_kinds"] = [warning.kind.value for warning in facts.warnings]
    return value


def facts_from_json(value: dict[str, Any]) -> VideoFacts:
    """The facts again; every field is converted to its type, since a worker or a disk may have changed the text.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, ArithmeticError: It is not what ``facts_to_json`` wrote.
    """
    sound = value["sound"]
    return VideoFacts(
        num_frames=int(value["num_frames"]),
        width=int(value["width"]),
        height=int(value["height"]),
        duration_seconds=float(value["duration_seconds"]),
        frame_rate=fraction_from_text(value["frame_rate"]),
        variable_frame_rate=bool(value["variable_frame_rate"]),
        rotation=int(value["rotation"]),
        codec=str(value["codec"]),
        container=str(value["container"]),
        sound=sound and SoundFacts(str(sound["codec"]), int(sound["sample_rate"]), int(sound["num_channels"])),
        tags={str(name): str(text) for name, text in value["tags"].items()},
        warnings=tuple(_warnings(value)),
        is_mirrored=bool(value.get("is_mirrored", False)),
    )


def _warnings(value: dict[str, Any]) -> Iterator[VideoWarning]:
    texts = [str(text) for text in value["warnings"]]
    kinds = value.get("warning_kinds")
    if kinds is None:
        kinds = [_OLD_BEGINNINGS.get(text.partition(":")[0], WarningKind.OTHER) for text in texts]
    for kind, text in zip(kinds, texts, strict=True):
        yield VideoWarning(WarningKind(kind), text)
