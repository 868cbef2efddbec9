"""Tags of a file and facts of its container as columns of metadata."""

import re
from collections.abc import Mapping

from reelwise.core.video import VideoFacts

_LANGUAGE = re.compile(r"-[a-z]{3}$")
"""What FFmpeg appends to a tag of an MP4 file that has a language: ``title-eng``."""

_TAG_NAMES = {
    "date": ("date", "com.apple.quicktime.creationdate", "date_recorded"),
    "location": ("location", "com.apple.quicktime.location.iso6709", "recording_location"),
    "make": ("make", "com.apple.quicktime.make", "com.android.manufacturer"),
    "model": ("model", "com.apple.quicktime.model", "com.android.model"),
}
"""Names that cameras and phones give a tag, the usual one first."""


def facts_metadata(facts: VideoFacts, *, container: bool = False) -> dict[str, str]:
    """Columns ``tags.title`` and so on, as text; names in lower case, because containers differ in that.

    Where phones write longer names, ``tags.date``, ``tags.location`` and ``tags.device`` hold the same, so that one
    column stands for all containers.

    Args:
        facts: Facts of the decoded video.
        container: Whether to add ``container.width`` and so on: size, length, rate, codec and sound of the file.
    """
    tags: dict[str, str] = {}
    for name, text in facts.tags.items():
        if text.strip():
            # FFmpeg repeats some tags of MP4 files with their language.
            tags.setdefault(_LANGUAGE.sub("", name.strip().lower()), text.strip())
    columns = {f"tags.{name}": text for name, text in (_usual(tags) | tags).items()}
    return columns | (_container(facts) if container else {})


def _usual(tags: Mapping[str, str]) -> dict[str, str]:
    """Date, location and device under their usual names."""
    usual_tags = {
        name: next((tags[long] for long in longer if long in tags), "") for name, longer in _TAG_NAMES.items()
    }
    make, model = usual_tags.pop("make"), usual_tags.pop("model")
    device = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    return {name: text for name, text in (usual_tags | {"device": device}).items() if text}


def _container(facts: VideoFacts) -> dict[str, str]:
    container_facts = {
        "width": str(facts.width),
        "height": str(facts.height),
        "num_frames": str(facts.num_frames),
        "duration_seconds": f"{facts.duration_seconds:.6g}",
        "frame_rate": f"{float(facts.frame_rate):.6g}",
        "variable_frame_rate": "yes" if facts.variable_frame_rate else "no",
        "rotation": str(facts.rotation),
        "codec": facts.codec,
        "format": facts.container,
        "has_sound": "no" if facts.sound is None else "yes",
    }
    if facts.sound is not None:
        container_facts |= {
            "sound_codec": facts.sound.codec,
            "sound_sample_rate": str(facts.sound.sample_rate),
            "sound_num_channels": str(facts.sound.num_channels),
        }
    return {f"container.{name}": text for name, text in container_facts.items()}
