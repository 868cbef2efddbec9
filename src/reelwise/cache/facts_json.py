"""VideoFacts to JSON and back, exactly."""

from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind

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
    """Plain values; Fractions as text such as ``"30000/1001"``."""
    value = asdict(facts)
    value["frame_rate"] = str(facts.frame_rate)
    value["warnings"] = [warning.text for warning in facts.warnings]
    value["warning_kinds"] = [warning.kind.value for warning in facts.warnings]
    return value


def facts_from_json(value: dict[str, Any]) -> VideoFacts:
    """The facts again.

    Raises:
        KeyError, TypeError, ValueError: It is not what ``facts_to_json`` wrote.
    """
    sound = value["sound"]
    return VideoFacts(
        num_frames=int(value["num_frames"]),
        width=int(value["width"]),
        height=int(value["height"]),
        duration_seconds=float(value["duration_seconds"]),
        frame_rate=Fraction(value["frame_rate"]),
        variable_frame_rate=bool(value["variable_frame_rate"]),
        rotation=int(value["rotation"]),
        codec=str(value["codec"]),
        container=str(value["container"]),
        sound=None if sound is None else SoundFacts(**sound),
        tags={str(name): str(text) for name, text in value["tags"].items()},
        warnings=tuple(_warnings(value)),
    )


def _warnings(value: dict[str, Any]) -> Iterator[VideoWarning]:
    texts = [str(text) for text in value["warnings"]]
    kinds = value.get("warning_kinds")
    if kinds is None:
        kinds = [_OLD_BEGINNINGS.get(text.partition(":")[0], WarningKind.OTHER) for text in texts]
    for kind, text in zip(kinds, texts, strict=True):
        yield VideoWarning(WarningKind(kind), text)
