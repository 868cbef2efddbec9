"""Plain text lists: UCF's ``trainlist01.txt`` with ``classInd.txt``, and ``path label`` lines as mmaction2 has them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reelwise.core.errors import DataError
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.tables import MAX_ROWS
from reelwise.datasets.lists.text_file import clean_text, read_list_text

_CLASS_FILES = ("classInd.txt", "classind.txt", "class_ind.txt", "classes.txt", "label_map.txt", "labels.txt")


def is_text_list(path: Path) -> bool:
    """Whether the first line of a file is ``path label`` or ``path``, with a path that has a suffix."""
    first = next((line for line in read_list_text(path)[: 1 << 16].split("\n") if line.strip()), "")
    return bool(PurePosixPath(_cells(first)[0]).suffix[1:].isalnum()) and "\0" not in first


def find_text_list(folder: Path) -> Path | None:
    """``trainlist01.txt`` or ``train.txt`` of a folder that holds such lists."""
    for pattern in ("trainlist*.txt", "train.txt", "*_train_list*.txt", "*train*.txt"):
        lists = sorted(path for path in folder.glob(pattern) if path.is_file())
        if lists:
            return lists[0]
    return None


def text_list_rows(path: Path, within: Path | None = None) -> tuple[list[Row], list[str]]:
    """Rows of a text list, with those of the ``test`` and ``val`` lists beside it.

    Args:
        path: The list. Where its name holds ``train``, lists of the same name with ``test`` or ``val`` are read too.
        within: The folder of the videos; None also searches the folder above the list.

    Returns:
        Rows and notes.

    Raises:
        DataError: It is no such list.
    """
    lists = [(path, "")]
    if "train" in path.stem.lower():
        lists = [(path, "train"), *_sisters(path)]
    rows = [row for source, split in lists for row in _rows(source, split)]
    if not rows:
        raise DataError(f"{path}: the list is empty.", hint="Expected lines such as `walk/clip_01.avi 3`.")
    base = _find_base(rows, path.parent, within)
    names = _class_names(path.parent)
    rows = _with_names([replace(row, base=base) for row in rows], names)
    notes = [f"read {', '.join(source.name for source, _ in lists)}; videos are looked for in {base}"]
    return rows, notes


def _sisters(path: Path) -> list[tuple[Path, str]]:
    sisters = []
    for split in ("val", "validation", "test"):
        name = re.sub("train", split, path.name, count=1, flags=re.I)
        sister = path.with_name(name)
        if sister.is_file():
            sisters.append((sister, split))
    return sisters


def _rows(path: Path, split: str) -> list[Row]:
    rows = []
    for number, line in enumerate(read_list_text(path).split("\n"), 1):
        line = line.strip("\r\n \t")
        if not line:
            continue
        file, label = _cells(line)
        rows.append(Row(file, path.parent, clean_text(label), f"{path.name} line {number}", split))
        if len(rows) > MAX_ROWS:
            raise DataError(f"{path}: more than {MAX_ROWS} rows.", hint="Split the list into parts.")
    return rows


def _cells(line: str) -> tuple[str, str]:
    for delimiter in ("\t", ",", ";", " "):
        file, mark, label = line.strip().rpartition(delimiter)
        if mark and file.strip() and "/" not in label and not re.fullmatch(r"\S+\.\w{2,4}", label):
            return file.strip().strip('"'), label.strip().strip('"')
    return line.strip(), ""


def _find_base(rows: Sequence[Row], folder: Path, within: Path | None) -> Path:
    """The folder under which most of the first files are."""
    starts = [folder] if within is not None else [folder, folder.parent]
    bases = [base for start in starts for base in (start, *_subfolders(start))]

    def num_found(base: Path) -> int:
        return sum(_is_there(base / row.file) for row in rows[:20])

    return max(bases, key=num_found)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _subfolders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))[:100]
    except OSError:
        return []


def _class_names(folder: Path) -> dict[str, str]:
    """Names by number: ``1 Surfing`` (UCF, from 1) or one name per line (mmaction2, from 0)."""
    path = next((folder / name for name in _CLASS_FILES if (folder / name).is_file()), None)
    if path is None:
        return {}
    lines = [clean_text(line.strip()) for line in read_list_text(path).split("\n") if line.strip()]
    cells_by_line = [line.split(None, 1) for line in lines]
    if all(len(parts) == 2 and parts[0].isdigit() for parts in cells_by_line):
        return {parts[0]: parts[1] for parts in cells_by_line}
    return {str(number): line for number, line in enumerate(lines)}


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
        if row.label.isdigit() and row.label in names:
            return names[row.label]
        if not row.label or (row.label.isdigit() and agree):
            return folder
        return row.label

    return [replace(row, label=label(row, folder)) for row, folder in zip(rows, folders, strict=True)]
