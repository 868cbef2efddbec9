"""Plain text lists: UCF's ``trainlist01.txt`` with ``classInd.txt``, and ``path label`` lines as mmaction2 has them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath

from reelwise.core.errors import DataError
from reelwise.core.label_sets import SEPARATOR, join_labels
from reelwise.datasets.lists.folders import walk
from reelwise.datasets.lists.frame_counts import without_frame_counts
from reelwise.datasets.lists.names import NameIndex
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.tables import MAX_ROWS
from reelwise.datasets.lists.text_cells import fill_cells
from reelwise.datasets.lists.text_file import clean_text, read_list_text
from reelwise.datasets.lists.text_lines import choose_delimiter, split_lines
from reelwise.datasets.lists.tidy_cells import is_missing
from reelwise.media.suffixes import has_video_suffix

_CLASS_FILES = ("classInd.txt", "classind.txt", "class_ind.txt", "classes.txt", "label_map.txt", "labels.txt")

_NUM_LOOKED_AT = 20
"""Lines by which a list and the folder of its videos are known."""

_MOST_NEAR_FILES = 20_000
"""Files near a list among which the names in it are looked for, to know whether it is one."""


def is_text_list(path: Path) -> bool:
    """Whether the lines of a file are ``path label`` or ``path``: paths with a suffix, or of what is there."""
    lines = [line for _, line in _list_lines(path)[:_NUM_LOOKED_AT]]
    if not lines or any("\0" in line for line in lines):
        return False
    is_there = _finder(path.parent)
    delimiter, _ = choose_delimiter(lines, is_there)
    first, *others = [line.file for line in split_lines(list(enumerate(lines)), delimiter, is_there)]
    if PurePosixPath(first).suffix[1:].isalnum() or any(map(is_there, (first, *others))):
        return True
    names = (file.relative_to(path.parent).as_posix() for file in islice(walk(path.parent), _MOST_NEAR_FILES))
    index = NameIndex(name for name in names if has_video_suffix(name))
    return index.find(first).name is not None


def find_text_list(folder: Path) -> Path | None:
    """``trainlist01.txt`` or ``train.txt`` of a folder that holds such lists."""
    for pattern in ("trainlist*.txt", "train.txt", "*_train_list*.txt", "*train*.txt"):
        lists = sorted(path for path in folder.glob(pattern) if path.is_file())
        if lists:
            return lists[0]
    return None


def text_list_rows(path: Path, within: Path | None = None) -> tuple[list[Row], list[str], list[Path]]:
    """Rows of a text list, with those of the ``test`` and ``val`` lists beside it.

    Args:
        path: The list. Where its name holds ``train``, lists of the same name with ``test`` or ``val`` are read too.
        within: The folder of the videos; None also searches the folder above the list.

    Returns:
        Rows, notes, and the files that were read.

    Raises:
        DataError: It is no such list.
    """
    lists = [(path, "")]
    if "train" in path.stem.lower():
        lists = [(path, "train"), *_sisters(path)]
    base = _find_base(_list_lines(path), path.parent, within)
    rows: list[Row] = []
    notes = [f"read {', '.join(source.name for source, _ in lists)}; videos are looked for in {base}"]
    for source, split in lists:
        of_list, on_list = _rows(source, split, base)
        rows += of_list
        notes += on_list
    if not rows:
        raise DataError(f"{path}: the list is empty.", hint="Expected lines such as `walk/clip_01.avi 3`.")
    class_file, names = _class_names(path.parent)
    return _with_names(rows, names), notes, [*(source for source, _ in lists), *class_file]


def _sisters(path: Path) -> list[tuple[Path, str]]:
    sisters = []
    for split in ("val", "validation", "test"):
        name = re.sub("train", split, path.name, count=1, flags=re.I)
        sister = path.with_name(name)
        if sister.is_file():
            sisters.append((sister, split))
    return sisters


def _list_lines(path: Path) -> list[tuple[int, str]]:
    """Numbers and texts of the lines that are neither blank nor comments."""
    lines = ((number, line.strip("\r\n \t")) for number, line in enumerate(read_list_text(path).split("\n"), 1))
    return [(number, line) for number, line in lines if line and not line.startswith(("# ", "#\t"))]


def _rows(path: Path, split: str, base: Path) -> tuple[list[Row], list[str]]:
    lines = _list_lines(path)
    if len(lines) > MAX_ROWS:
        raise DataError(f"{path}: more than {MAX_ROWS} rows.", hint="Split the list into parts.")
    is_there = _finder(base)
    delimiter, _ = choose_delimiter([line for _, line in lines], is_there)
    short_lines, on_counts = without_frame_counts(split_lines(lines, delimiter, is_there), base)
    full_lines, note = fill_cells(path, short_lines, delimiter)
    rows = [
        Row(line.file, base, clean_text(line.label), f"{path.name} line {line.number}", split, line.start, line.end)
        for line in full_lines
    ]
    rows = [replace(row, label="", label_column="label") if is_missing(row.label) else row for row in rows]
    # Where some lines have several labels, each label stands for itself: a set, as a column of a table has it.
    return [replace(row, label_column="label") for row in rows] if note.has_sets else rows, [
        *([f"{path.name}: {on_counts}"] if on_counts else []),
        *note.texts,
    ]


def _find_base(lines: Sequence[tuple[int, str]], folder: Path, within: Path | None) -> Path:
    """The folder under which most of the first files are."""
    first_lines = [line for _, line in lines[:_NUM_LOOKED_AT]]
    starts = [folder] if within is not None else [folder, folder.parent]
    bases = [base for start in starts for base in (start, *_subfolders(start))]
    best, most = folder, 0
    for base in bases:
        _, num_there = choose_delimiter(first_lines, _finder(base))
        if num_there > most:
            best, most = base, num_there
        if most == len(first_lines):
            break
    return best


def _finder(base: Path) -> Callable[[str], bool]:
    """Says whether a path leads to a file or folder from ``base``."""
    is_there_by_file: dict[str, bool] = {}

    def is_there(file: str) -> bool:
        if file not in is_there_by_file:
            is_there_by_file[file] = bool(file) and _exists(base / file)
        return is_there_by_file[file]

    return is_there


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))[:100]
    except OSError:
        return []


def _class_names(folder: Path) -> tuple[list[Path], dict[str, str]]:
    """Names by number: ``1 Surfing`` (UCF, from 1) or one name per line (mmaction2, from 0)."""
    path = next((folder / name for name in _CLASS_FILES if (folder / name).is_file()), None)
    if path is None:
        return [], {}
    lines = [clean_text(line.strip()) for line in read_list_text(path).split("\n") if line.strip()]
    cells_by_line = [line.split(None, 1) for line in lines]
    if all(len(parts) == 2 and parts[0].isdigit() for parts in cells_by_line):
        return [path], {parts[0]: parts[1] for parts in cells_by_line}
    return [path], {str(number): line for number, line in enumerate(lines)}


def _with_names(rows: Sequence[Row], names: dict[str, str]) -> list[Row]:
    """Numbers become names: by the class file, else by the folder of the file where the two agree."""
    folders = [PurePosixPath(row.file.replace("\\", "/")).parent.name for row in rows]
    by_number: dict[str, set[str]] = {}
    for row, folder in zip(rows, folders, strict=True):
        if row.label:
            by_number.setdefault(row.label, set()).add(folder)
    agree = all(len(folder_names) == 1 and "" not in folder_names for folder_names in by_number.values())
    agree = agree and len({next(iter(folder_names)) for folder_names in by_number.values()}) == len(by_number)

    def label(row: Row, folder: str) -> str:
        if row.label_column:
            return join_labels(names.get(part, part) for part in row.label.split(SEPARATOR))
        if row.label.isdigit() and row.label in names:
            return names[row.label]
        if not row.label or (row.label.isdigit() and agree):
            return folder
        return row.label

    return [replace(row, label=label(row, folder)) for row, folder in zip(rows, folders, strict=True)]
