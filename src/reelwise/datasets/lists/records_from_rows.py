"""Rows to records: finds the files, parses the times, and drops repeated and contradicting rows."""

import os
import shlex
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath

from reelwise.core.label_sets import NO_LABEL
from reelwise.core.records import Record, SkippedFile
from reelwise.datasets.lists.columns import split_word
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.text_file import clean_text
from reelwise.datasets.lists.times import parse_seconds
from reelwise.media.frame_folders import read_frame_folder
from reelwise.tasks import CLASSIFICATION, find_task


class RowError(Exception):
    """A row that cannot become a record, with reason and hint."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class NoSuchFileError(RowError):
    """A row that names a file which is not there."""


@dataclass(frozen=True)
class Rules:
    """What every row must fulfil.

    Args:
        root: The folder that names are made relative to.
        is_confined: Whether a path must stay inside ``root``. True where the list was found inside a folder that the
            person named: such a folder may come from anywhere, and its list must not reach other files of that person.
            False for a list that was named itself: its owner may keep the videos where they like.
        require_labels: Whether an unlabelled row is skipped.
        task: What labels must be, the name of one of ``tasks.TASKS``.
    """

    root: Path
    is_confined: bool
    require_labels: bool = True
    task: str = CLASSIFICATION.name


def make_records(rows: Iterable[Row], rules: Rules) -> tuple[list[Record], list[SkippedFile]]:
    """Check every row.

    Args:
        rows: As read, in any order.
        rules: Where paths may lead and whether labels are needed.

    Returns:
        Records in natural order of their names, each name once; and the rows that cannot be used.
    """
    records: list[tuple[Record, str]] = []
    skipped: list[SkippedFile] = []
    for row in rows:
        try:
            records.append((_record(row, rules), row.where))
        except RowError as error:
            reason = f"{row.where}: {error.reason}" if row.where else error.reason
            skipped.append(SkippedFile(row.file or row.where, reason, error.hint))
    return _merge(records, skipped), skipped


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A sort key under which ``clip2`` comes before ``clip10``."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for char in name + "\0":
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((0, int(digits[:300]), digits))
            digits = ""
        parts.append((1, ord(char), ""))
    return parts, name


def _record(row: Row, rules: Rules) -> Record:
    if not row.file.strip():
        raise RowError("no file is named", "Fill in the file column.")
    start, end = _span(row)
    split = split_word(row.split) if row.split.strip() else None
    if row.split.strip() and split is None:
        raise RowError(f"the split is {row.split.strip()!r}", "Use train, val or test.")
    try:
        path = find_path(row.file, row.base)
    except NoSuchFileError as error:
        near = ", ".join(map(repr, row.near))
        raise RowError(error.reason, f"Files with similar names: {near}." if near else error.hint) from None
    file = name_in(path, rules)
    label = clean_text(row.label)
    if rules.require_labels and not label.strip():
        raise RowError("no label", _label_hint(row))
    if label.strip() and (problem := find_task(rules.task).label_problem(label)):
        hint = "Correct it, or use --task classification."
        raise RowError(f"the label {label.strip()[:40]!r} {problem}", hint)
    values = {clean_text(name): clean_text(value) if value != NO_LABEL else "" for name, value in row.values.items()}
    return Record(file, path, label if label.strip() else "", None, split, start, end, values)


def _label_hint(row: Row) -> str:
    if row.label_column or not row.values:
        return "Fill in the label, or move the clip into a class folder."
    names = list(row.values)
    flag = f"--label-from {shlex.quote(names[0])}"
    return f"Fill in the label, or name its column, such as {flag} (columns: {', '.join(names[:8])})."


def _span(row: Row) -> tuple[Fraction | None, Fraction | None]:
    try:
        start, end = parse_seconds(row.start), parse_seconds(row.end)
    except ValueError as error:
        raise RowError(str(error), "Write seconds, such as 12.5, or h:m:s.") from None
    if end is not None and end <= (start or 0):
        raise RowError(f"the segment ends at {row.end.strip()} s, not after its start", "Make end later than start.")
    return start, end


def find_path(file: str, base: Path) -> Path:
    r"""The plain file, or folder of numbered pictures, that a row names; ``a\b.mp4`` is tried as ``a/b.mp4`` too.

    Raises:
        NoSuchFileError: There is none.
        RowError: It is empty, or a folder, a device or a pipe.
    """
    tries = [base / file]
    if "\\" in file and os.sep == "/":
        tries.append(base / file.replace("\\", "/"))
    if file != file.strip():
        tries.append(base / file.strip())
    for path in tries:
        try:
            status = path.stat()
        except (OSError, ValueError):
            continue
        if stat.S_ISDIR(status.st_mode) and read_frame_folder(path) is not None:
            return path
        if not stat.S_ISREG(status.st_mode):
            raise RowError("not a plain file", "Name a video file, or a folder of numbered JPEG, PNG or TIFF pictures.")
        if status.st_size == 0:
            raise RowError("the file is empty (0 bytes)", "Copy or download it again.")
        return path
    raise NoSuchFileError("there is no such file", f"Paths are relative to {base}.")


def name_in(path: Path, rules: Rules) -> str:
    """The name of ``path`` in every output: relative to the root with ``/``, absolute where it lies elsewhere.

    Raises:
        RowError: It lies outside of a folder whose own list may not point out of it. A link inside the folder is
            followed: whoever made the link chose its target, and sets are often folders of links.
    """
    whole = os.path.normpath(path.absolute())
    root = os.path.normpath(rules.root.absolute())
    if whole.startswith(root.rstrip(os.sep) + os.sep):
        return PurePosixPath(*Path(whole).relative_to(root).parts).as_posix()
    if rules.is_confined:
        raise RowError("leaves the data folder", "Give the list file itself as DATA if you trust where it points.")
    return Path(whole).as_posix()


def path_of(row: Row, rules: Rules) -> Path | None:
    """The file of a row; None where it may not be used, which is said when the row becomes a record."""
    try:
        path = find_path(row.file, row.base)
        name_in(path, rules)
    except RowError:
        return None
    return path


def _merge(records_and_places: Sequence[tuple[Record, str]], skipped: list[SkippedFile]) -> list[Record]:
    """One record per name: repeats are dropped, contradictions are skipped altogether."""
    by_name: dict[str, list[tuple[Record, str]]] = {}
    for record, where in records_and_places:
        by_name.setdefault(record.name, []).append((record, where))
    records: list[Record] = []
    for name, rows in by_name.items():
        labels = sorted({record.label for record, _ in rows})
        if len(labels) > 1:
            places = " and ".join(filter(None, (where for _, where in rows[:3])))
            reason = f"listed with different labels: {', '.join(map(repr, labels[:4]))} ({places})"
            skipped.append(SkippedFile(name, reason, "Keep the right row."))
            continue
        records.append(rows[0][0])
    return sorted(records, key=lambda record: natural_key(record.name))
