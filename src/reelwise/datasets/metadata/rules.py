"""Rules for columns of metadata: which are of no use to a model, and which give the label away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reelwise.datasets.lists.columns import LABEL_NAMES, canonical

CONTAINER_WARNING = (
    "{names}: facts of the file, not of what it shows. Clips of one class often come from one camera, site or editor"
    " and share size, length and rate; a model that reads them may score high here and fail on any other video."
)
MOST_MISSING = 0.95
"""Share of missing values from which on a column is not read."""

MOST_DIFFERENT = 0.9
"""Share of different values above which a column only names the video."""

_FEWEST = 5
"""Values; of fewer nobody can say whether they repeat."""

_SAME_SHARE = 0.9
"""Share of the values that must be the label itself, so that a few typing errors do not hide it."""

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


class NotRead(StrEnum):
    """Why a model does not read a column of metadata unless it is named with --columns."""

    LABEL = "label"
    GROUP = "group"
    ALWAYS_MISSING = "always_missing"
    NEARLY_ALWAYS_MISSING = "nearly_always_missing"
    CONSTANT = "constant"
    FILE_FACT = "file_fact"
    DIFFERENT_EVERYWHERE = "different_everywhere"
    COUNTER = "counter"

    @property
    def text(self) -> str:
        """The reason for a person, without a full stop."""
        return NOT_READ_TEXTS[self]


NOT_READ_TEXTS = {
    NotRead.LABEL: "the label",
    NotRead.GROUP: "says which videos belong together",
    NotRead.ALWAYS_MISSING: "always missing",
    NotRead.NEARLY_ALWAYS_MISSING: "nearly always missing",
    NotRead.CONSTANT: "the same everywhere",
    NotRead.FILE_FACT: "a fact of the file, not of what it shows",
    NotRead.DIFFERENT_EVERYWHERE: "another value for nearly every video, which only names it",
    NotRead.COUNTER: "looks like a number that only names the video",
}


class TellsLabel(StrEnum):
    """In which way the values of a column stand for labels."""

    EQUAL = "equal"
    ONE_EACH = "one_each"


@dataclass(frozen=True)
class Giveaway:
    """A column that says the label in other words.

    Args:
        column: Its name.
        how: In which way its values stand for labels.
    """

    column: str
    how: TellsLabel

    @property
    def message(self) -> str:
        """What is wrong, as a sentence."""
        equal = self.how is TellsLabel.EQUAL
        how = "its values are the labels" if equal else "each of its values stands for one label only"
        return f"The column {self.column!r} tells the label ({how})."

    @property
    def suggestion(self) -> str:
        """What to do, as a sentence."""
        return (
            "A model that reads this column need not look at the videos. Unless new videos have it too, leave it out:"
            " name the other columns with --columns."
        )

    @property
    def text(self) -> str:
        """Both sentences."""
        return f"{self.message} {self.suggestion}"


def is_container_fact(name: str) -> bool:
    """Whether a column is a fact of the file, not of its content; ``width`` in a sidecar counts as well.

    Example:
        >>> is_container_fact("container.width"), is_container_fact("tags.encoder"), is_container_fact("light")
        (True, True, False)
    """
    plain = canonical(name)
    if plain.startswith("tags."):
        return plain.removeprefix("tags.").rsplit(".", 1)[-1] in _TECHNICAL_TAGS
    return plain.startswith("container.") or plain in _FACTS


def why_not_read(name: str, kind: str, num_given: int, num_values: int, num_rows: int) -> NotRead | None:
    """Why a column is not read unless it is named; None when it is.

    Args:
        name: The column.
        kind: ``number`` or ``category``.
        num_given: Videos with a value.
        num_values: Different values.
        num_rows: Videos.

    Example:
        >>> why_not_read("site", "category", 40, 3, 40), why_not_read("camera", "category", 40, 1, 40).text
        (None, 'the same everywhere')
    """
    if not num_given or num_rows - num_given >= MOST_MISSING * num_rows:
        return NotRead.NEARLY_ALWAYS_MISSING if num_given else NotRead.ALWAYS_MISSING
    if num_values == 1 and num_given == num_rows:
        return NotRead.CONSTANT
    if is_container_fact(name):
        return NotRead.FILE_FACT
    many = num_given >= _FEWEST and num_values > MOST_DIFFERENT * num_given
    if many and kind == "category":
        return NotRead.DIFFERENT_EVERYWHERE
    if many and names_video(name):
        return NotRead.COUNTER
    return None


def find_giveaway(name: str, values: Sequence[str], labels: Sequence[str]) -> Giveaway | None:
    """A giveaway if the column says the label in other words, else None.

    Args:
        name: The column.
        values: One per video; blank where missing.
        labels: One per video.

    Example:
        >>> find_giveaway("class_id", ["1", "2", "1"], ["run", "walk", "run"]).how
        <TellsLabel.ONE_EACH: 'one_each'>
    """
    how = how_it_tells(values, labels)
    if how is None or (how is TellsLabel.ONE_EACH and not sounds_like_label(name)):
        return None
    return Giveaway(name, how)


def how_it_tells(values: Sequence[str], labels: Sequence[str]) -> TellsLabel | None:
    """In which way values stand for labels; None where a value has several labels, or all stand alone."""
    label_of: dict[str, str] = {}
    pairs = [(value, label) for value, label in zip(values, labels, strict=False) if value and label]
    if any(label_of.setdefault(value, label) != label for value, label in pairs):
        return None
    if len(set(label_of.values())) < 2 or len(label_of) == len(pairs):
        return None
    equal = sum(value.casefold() == label.strip().casefold() for value, label in pairs)
    return TellsLabel.EQUAL if equal >= _SAME_SHARE * len(pairs) else TellsLabel.ONE_EACH


def names_video(name: str) -> bool:
    """Whether a column has a usual name of numbers that only name the video, such as ``clip_id``."""
    return bool(_COUNTER.search(canonical(name).rsplit(".", 1)[-1]))


def sounds_like_label(name: str) -> bool:
    """Whether a column has a usual name of labels: ``class``, ``label_id``, ``action name``."""
    plain = canonical(name).rsplit(".", 1)[-1]
    bare = plain.removesuffix("_id").removesuffix("_name").removesuffix("_index").removesuffix("_idx")
    return plain in _LABEL_WORDS or bare in _LABEL_WORDS or "label" in plain or "class" in plain
