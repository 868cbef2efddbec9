"""Columns that look as if they asked for something (a time, a split, a fold) and were not used."""

from collections.abc import Collection, Mapping, Sequence

from reelwise.datasets.lists.columns import (
    END_FRAME_NAMES,
    END_MS_NAMES,
    END_NAMES,
    START_FRAME_NAMES,
    START_MS_NAMES,
    START_NAMES,
    canonical,
    split_word,
)
from reelwise.datasets.metadata.rules import is_container_fact
from reelwise.sampling.metadata_codes import parse_number

_TIME_NAMES = frozenset((
    *START_NAMES, *END_NAMES, *START_MS_NAMES, *END_MS_NAMES, *START_FRAME_NAMES, *END_FRAME_NAMES,
))  # fmt: skip
_TIME_WORDS = frozenset((
    "start", "begin", "onset", "end", "stop", "offset", "time", "times", "timestamp", "timestamps", "timecode",
    "segment", "segments", "interval", "second", "seconds", "sec", "secs", "ms", "frame", "frames",
))  # fmt: skip
_SPLIT_WORDS = frozenset(("split", "splits", "subset", "partition", "holdout"))
_YES_OR_NO = frozenset(("train", "training", "test", "testing", "val", "valid", "validation"))
_FOLD_WORDS = frozenset(("fold", "folds", "kfold", "cv"))
_EARLIEST_DATE = 1e8
"""Seconds since 1970 in 1973: a number from there on is a date, and no moment of a video."""

_MOST_NAMED = 6


def unused_columns(rows: Sequence[Mapping[str, str]], skip: Collection[str] = ()) -> list[str]:
    """Sentences for a person on columns that look like a time, a split or a fold: they are metadata and nothing else.

    Args:
        rows: Metadata of each video, without the columns that were used.
        skip: Columns that are used otherwise, such as the group.

    Example:
        >>> unused_columns([{"fold": "1", "timestamp": "12", "light": "day"}, {"fold": "2", "timestamp": "9"}])[0][:36]
        "the column 'timestamp' looks like ti"
    """
    texts: dict[str, set[str]] = {}
    for row in rows:
        for name, text in row.items():
            if name not in skip and "." not in name and text.strip():
                texts.setdefault(name, set()).add(text.strip())
    folds = [name for name, values in texts.items() if _is_fold(name, values)]
    splits = [name for name, values in texts.items() if name not in folds and _is_split(name, values)]
    times = [name for name, values in texts.items() if name not in (*folds, *splits) and _is_time(name, values)]
    notes = []
    if times:
        notes.append(
            f"{_columns(times)} like times and cut{'s' * (len(times) == 1)} no segments: columns called start_seconds"
            " and end_seconds do, or start_frame and end_frame"
        )
    if splits:
        notes.append(
            f"{_columns(splits)} like a split and {_are(splits)} not used: call the column split, with the words"
            " train, val and test, or give a list file,split with --splits"
        )
    notes += [
        f"the column {name!r} looks like folds and is not used: --group {_as_argument(name)} --folds {len(texts[name])}"
        " tests each of its values once"
        for name in folds
    ]
    return notes


def _columns(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"the column {names[0]!r} looks"
    first = ", ".join(map(repr, names[:_MOST_NAMED]))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"the columns {first}{more} look"


def _are(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _as_argument(name: str) -> str:
    return name if name.isidentifier() else repr(name)


def _words(name: str) -> list[str]:
    return canonical(name).split("_")


def _is_fold(name: str, values: Collection[str]) -> bool:
    return len(values) > 1 and not _FOLD_WORDS.isdisjoint(_words(name))


def _is_split(name: str, values: Collection[str]) -> bool:
    """By a word of its name, by words for splits in all its cells, or a yes-or-no column such as ``is_train``."""
    words = _words(name)
    if not _SPLIT_WORDS.isdisjoint(words):
        return True
    parts = {split_word(value) for value in values}
    if None not in parts and "train" in parts and len(parts) > 1:
        return True
    words_of_note = [word for word in words if word not in ("is", "in", "set", "use", "for")]
    return len(words_of_note) == 1 and words_of_note[0] in _YES_OR_NO and len(values) <= 2


def _is_time(name: str, values: Collection[str]) -> bool:
    if is_container_fact(name) or not (canonical(name) in _TIME_NAMES or not _TIME_WORDS.isdisjoint(_words(name))):
        return False
    return any(map(_is_moment, values))


def _is_moment(text: str) -> bool:
    """Whether a cell has a digit and is no date."""
    number = parse_number(text)
    return any(map(str.isdigit, text)) and (number is None or abs(number) < _EARLIEST_DATE)
