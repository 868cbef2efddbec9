"""The meaning of columns: documented names first, other usual names only where exactly one is there."""

import re
from collections.abc import Iterable, Mapping, Sequence

from reelwise.core.errors import DataError
from reelwise.core.records import SPLITS

FILE_NAMES = (
    "file", "file_name", "filename", "path", "file_path", "filepath", "video", "video_path", "video_name", "video_file",
    "clip", "clip_path", "clip_name", "clip_file",
)  # fmt: skip
ID_NAMES = (
    "video_id", "clip_id", "id", "vid", "clip_uid", "video_uid", "uid", "uuid", "vid_name", "vid_id", "file_id",
    "fname", "youtube_id", "ytid", "name", "stem", "sample", "key",
)  # fmt: skip
"""Columns that name the file where no column of ``FILE_NAMES`` does, often without its suffix."""

LABEL_NAMES = ("label", "class", "category", "action", "class_name", "label_name", "activity", "gesture", "sign")
SPLIT_NAMES = (
    "split", "subset", "partition", "set", "phase", "usage", "data_split", "dataset_split", "train_test",
    "train_test_split", "train_val_test", "fold",
)  # fmt: skip
START_NAMES = (
    "start_seconds", "start_second", "start_sec", "start_secs", "start_s", "start_time", "start_time_seconds",
    "time_start", "t_start", "start", "begin_seconds", "begin_sec", "begin_s", "begin_time", "time_begin", "t_begin",
    "begin", "onset", "onset_seconds", "segment_start", "clip_start", "seg_start", "start_in_seconds",
    "start_timestamp", "from_seconds", "starttime",
)  # fmt: skip
END_NAMES = (
    "end_seconds", "end_second", "end_sec", "end_secs", "end_s", "end_time", "end_time_seconds",
    "time_end", "t_end", "end", "stop_seconds", "stop_sec", "stop_s", "stop_time", "time_stop", "t_stop",
    "stop", "offset", "offset_seconds", "segment_end", "clip_end", "seg_end", "end_in_seconds", "end_timestamp",
    "stop_timestamp", "to_seconds", "endtime", "stoptime", "finish", "finish_seconds",
)  # fmt: skip
START_MS_NAMES = ("start_ms", "start_milliseconds", "start_time_ms", "begin_ms", "t_start_ms", "onset_ms")
END_MS_NAMES = ("end_ms", "end_milliseconds", "end_time_ms", "stop_ms", "t_end_ms", "offset_ms")
START_FRAME_NAMES = (
    "start_frame", "frame_start", "start_frames", "begin_frame", "frame_begin", "first_frame", "startframe",
    "start_frame_index", "start_frame_idx", "start_idx", "start_index", "frame_from", "from_frame", "onset_frame",
    "start_frame_number", "start_f", "f_start",
)  # fmt: skip
END_FRAME_NAMES = (
    "end_frame", "frame_end", "end_frames", "stop_frame", "frame_stop", "last_frame", "endframe", "stopframe",
    "end_frame_index", "end_frame_idx", "end_idx", "end_index", "frame_to", "to_frame", "offset_frame",
    "end_frame_number", "end_f", "f_end", "stop_idx", "stop_index",
)  # fmt: skip
_MEANINGFUL = frozenset((
    *FILE_NAMES, *ID_NAMES, *LABEL_NAMES, *SPLIT_NAMES, *START_NAMES, *END_NAMES, *START_MS_NAMES, *END_MS_NAMES,
    *START_FRAME_NAMES, *END_FRAME_NAMES, "group",
))  # fmt: skip
_SPLIT_WORDS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val", "validate": "val", "dev": "val",
    "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN_WORDS = re.compile(r"[-\s()\[\]/]+")


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
    """A column name for comparison: lower case, words joined by underscores, ``StartTime`` and ``start(s)`` too.

    Example:
        >>> canonical(" Start-Frame"), canonical("videoID"), canonical("start (s)"), canonical("tags.title")
        ('start_frame', 'video_id', 'start_s', 'tags.title')
    """
    words = _HUMP.sub("_", column.strip()).lower()
    return _BETWEEN_WORDS.sub("_", words).strip("_") or words


def is_meaningful(column: str) -> bool:
    """Whether a column has one of the names by which a list says what it holds."""
    return canonical(column) in _MEANINGFUL


def split_column(header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str | None:
    """The column that says to which split each row belongs: by its name, if its cells are words for splits.

    In a column ``split`` one such word is enough: the other cells are then named, row by row.

    Args:
        header: Column names as written.
        rows: Cells by column.

    Raises:
        DataError: Two columns could both be the split.
    """

    def holds_splits(column: str) -> bool:
        texts = [cells[column] for cells in rows if column in cells]
        return is_split_column(texts) or (canonical(column) == SPLIT_NAMES[0] and any(map(split_word, texts)))

    usual = [column for column in header if canonical(column) in SPLIT_NAMES]
    return column_for([column for column in usual if holds_splits(column)], SPLIT_NAMES, "split")


def is_split_column(values: Iterable[str]) -> bool:
    """Whether every filled cell is a spelling of train, val or test."""
    filled_cells = [value for value in values if value.strip()]
    return bool(filled_cells) and all(split_word(value) in SPLITS for value in filled_cells)
