"""VideoFacts to JSON and back, exactly."""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from reelwise.core.video import SoundFacts, VideoFacts


def facts_to_json(facts: VideoFacts) -> dict[str, Any]:
    """Plain values; Fractions as text such as ``"30000/1001"``."""
    value = asdict(facts)
    value["frame_rate"] = str(facts.frame_rate)
    value["warnings"] = list(facts.warnings)
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
        warnings=tuple(map(str, value["warnings"])),
    )
