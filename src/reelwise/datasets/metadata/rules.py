"""Which columns of metadata are of no use to a model, or too good to be true."""

import re
from collections.abc import Sequence

from reelwise.datasets.lists.columns import LABEL_NAMES, canonical

CONTAINER_WARNING = (
    "{names}: facts of the file, not of what it shows. Clips of one class often come from one camera, site or editor"
    " and share size, length and rate; a model that reads them may score high here and fail on any other video."
)
EQUAL = "its values are the labels"
ONE_EACH = "each of its values stands for one label only"
MOST_MISSING = 0.95
MOST_DIFFERENT = 0.9
_FEWEST = 5
_SAME_SHARE = 0.9
_FACTS = frozenset((
    "width", "height", "fps", "frame_rate", "framerate", "duration", "duration_seconds", "duration_string",
    "num_frames", "nb_frames", "frame_count", "size_bytes", "filesize", "filesize_approx", "file_size", "resolution",
    "aspect_ratio", "codec", "vcodec", "acodec", "vbr", "abr", "tbr", "bitrate", "bit_rate", "asr", "audio_channels",
    "format_id", "format_note", "ext", "dynamic_range",
))  # fmt: skip
_TECHNICAL_TAGS = frozenset((
    "encoder", "encoded_by", "encoding_tool", "major_brand", "minor_version", "compatible_brands", "handler_name",
    "vendor_id", "creation_time", "duration", "software", "bps", "number_of_frames", "number_of_bytes",
    "_statistics_writing_app", "firmware", "timecode"
))  # fmt: skip
_COUNTER = re.compile(r"(^|_)(id|ids|idx|index|no|nr|number|num|row|key|uuid|guid|hash|md5|sha1|sha256|url|uri)$")
_LABEL_WORDS = frozenset(LABEL_NAMES) | {"labels", "target", "classes", "tag", "ground_truth", "y", "label_id"}


def is_container_fact(name: str) -> bool:
    """Whether a column tells how the file is, not what it shows; ``width`` in a sidecar is as good as a header's.

    Example:
        >>> is_container_fact("container.width"), is_container_fact("tags.encoder"), is_container_fact("light")
        (True, True, False)
    """
    plain = canonical(name)
    if plain.startswith("tags."):
        return plain.removeprefix("tags.").rsplit(".", 1)[-1] in _TECHNICAL_TAGS
    return plain.startswith("container.") or plain in _FACTS


def doubt(name: str, kind: str, num_given: int, num_values: int, num_rows: int) -> str:
    """Why a column is not read unless it is named; empty when it is.

    Args:
        name: The column.
        kind: ``number`` or ``category``.
        num_given: Videos with a value.
        num_values: Different values.
        num_rows: Videos.

    Example:
        >>> doubt("site", "category", 40, 3, 40), doubt("camera", "category", 40, 1, 40)
        ('', 'the same everywhere')
    """
    if not num_given or num_rows - num_given >= MOST_MISSING * num_rows:
        return "nearly always missing" if num_given else "always missing"
    if num_values == 1 and num_given == num_rows:
        return "the same everywhere"
    if is_container_fact(name):
        return "a fact of the file, not of what it shows"
    many = num_given >= _FEWEST and num_values > MOST_DIFFERENT * num_given
    if many and kind == "category":
        return "another value for nearly every video, which only names it"
    if many and names_video(name):
        return "looks like a number that only names the video"
    return ""


def giveaway(name: str, values: Sequence[str], labels: Sequence[str]) -> str:
    """A sentence where a column says the label in other words; empty where it does not.

    Args:
        name: The column.
        values: One per video; blank where missing.
        labels: One per video.

    Example:
        >>> giveaway("class_id", ["1", "2", "1"], ["run", "walk", "run"])[:35]
        "The column 'class_id' tells the lab"
    """
    how = how_it_tells(values, labels)
    if not how or (how == ONE_EACH and not sounds_like_label(name)):
        return ""
    return (
        f"The column {name!r} tells the label ({how}). A model that reads it learns nothing of the videos, unless it is"
        " known for new videos too; leave it out by naming the others with --columns."
    )


def how_it_tells(values: Sequence[str], labels: Sequence[str]) -> str:
    """In which way values stand for labels, in words; empty where a value has several labels, or all stand alone."""
    label_of: dict[str, str] = {}
    pairs = [(value, label) for value, label in zip(values, labels, strict=False) if value and label]
    if any(label_of.setdefault(value, label) != label for value, label in pairs):
        return ""
    if len(set(label_of.values())) < 2 or len(label_of) == len(pairs):
        return ""
    equal = sum(value.casefold() == label.strip().casefold() for value, label in pairs)
    return EQUAL if equal >= _SAME_SHARE * len(pairs) else ONE_EACH


def names_video(name: str) -> bool:
    """Whether a column is called like a number that only names the video, such as ``clip_id``."""
    return bool(_COUNTER.search(canonical(name).rsplit(".", 1)[-1]))


def sounds_like_label(name: str) -> bool:
    """Whether a column is called like a label: ``class``, ``label_id``, ``action name``."""
    plain = canonical(name).rsplit(".", 1)[-1]
    bare = plain.removesuffix("_id").removesuffix("_name").removesuffix("_index").removesuffix("_idx")
    return plain in _LABEL_WORDS or bare in _LABEL_WORDS or "label" in plain or "class" in plain
