"""The meaning of columns: documented names first, other usual names only where exactly one is there."""

from collections.abc import Iterable, Sequence

from reelwise.core.errors import DataError
from reelwise.core.records import SPLITS

FILE_NAMES = (
    "file", "file_name", "filename", "path", "file_path", "filepath", "video", "video_path", "video_name", "video_file",
    "clip", "clip_path", "clip_name", "clip_file",
)  # fmt: skip
LABEL_NAMES = ("label", "class", "category", "action", "class_name", "label_name", "activity", "gesture", "sign")
SPLIT_NAMES = ("split", "subset", "partition")
START_NAMES = ("start_seconds", "start_second", "start_sec", "start_time", "time_start", "t_start", "start")
END_NAMES = ("end_seconds", "end_second", "end_sec", "end_time", "time_end", "t_end", "end")
_SPLIT_WORDS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "validate": "val", "dev": "val",
    "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip


def split_word(text: str) -> str | None:
    """``train``, ``val`` or ``test`` for the usual spellings of them, else None.

    Example:
        >>> split_word(" Validation "), split_word("holdout")
        ('val', None)
    """
    return _SPLIT_WORDS.get(text.strip().lower())


def column_for(header: Sequence[str], names: Iterable[str], meaning: str) -> str | None:
    """The column of ``header`` that stands for ``meaning``, or None.

    Args:
        header: Column names as written.
        names: Known spellings, the documented one first, which wins over all others.
        meaning: For the message: ``"label"``.

    Raises:
        DataError: Two other spellings are there, and neither is the documented one.
    """
    spellings = list(names)
    candidates = {canonical(column): column for column in reversed(header) if canonical(column) in spellings}
    if spellings[0] in candidates:
        return candidates[spellings[0]]
    if len(candidates) > 1:
        columns = " and ".join(repr(column) for column in sorted(candidates.values()))
        raise DataError(
            f"the columns {columns} could both be the {meaning}.", hint=f"Name the right one {spellings[0]!r}."
        )
    return next(iter(candidates.values()), None)


def canonical(column: str) -> str:
    """A column name for comparison: lower case, trimmed, blanks and dashes as underscores."""
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def is_split_column(values: Iterable[str]) -> bool:
    """Whether every filled cell is a spelling of train, val or test."""
    filled_cells = [value for value in values if value.strip()]
    return bool(filled_cells) and all(split_word(value) in SPLITS for value in filled_cells)
