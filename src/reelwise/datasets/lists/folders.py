"""Folders of class folders, and train|val|test folders of them with metadata files."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from reelwise.datasets.lists.columns import split_in_name
from reelwise.datasets.lists.rows import Layout, Row

_IGNORED = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN", "System Volume Information"})


def walk(root: Path) -> Iterator[Path]:
    """Every file under ``root``, sorted; hidden and system files are left out, links are followed, loops are not."""
    visited_folders: set[tuple[int, int]] = set()
    stack = [root]
    while stack:
        folder = stack.pop()
        try:
            status = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        if (status.st_dev, status.st_ino) in visited_folders and status.st_ino:
            continue
        visited_folders.add((status.st_dev, status.st_ino))
        folders = []
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _IGNORED:
                continue
            if _is_folder(entry):
                folders.append(Path(entry.path))
            else:
                yield Path(entry.path)
        stack.extend(reversed(folders))


def class_rows(root: Path, videos: Sequence[Path]) -> tuple[list[Row], Layout]:
    """Rows of videos found under ``root``, labelled by their class folder.

    The label is the first folder below the data (or below ``train|val|test``); deeper folders only sort the clips. A
    single outer folder, as zip files have, does not count as a class.

    Args:
        root: The data folder.
        videos: Files under it.

    Returns:
        The rows and the layout.
    """
    parts = [path.relative_to(root).parts for path in videos]
    skip = _wrappers(parts)
    tops = {names[skip] for names in parts if len(names) > skip + 1}
    splits = {name: split_in_name(name) or "" for name in tops}
    by_split = bool(tops) and all(splits.values())
    first = skip + (1 if by_split else 0)
    by_name = {} if by_split else _splits_by_name(parts)
    rows = []
    for names in parts:
        label = names[first] if len(names) > first + 1 else ""
        split = splits[names[skip]] if by_split and len(names) > skip + 1 else by_name.get(names, "")
        rows.append(Row("/".join(names), root, label, split=split))
    has_classes = any(row.label for row in rows)
    if by_split:
        return rows, Layout(f"split folders of {'class folders' if has_classes else 'videos'}", has_classes)
    inside = "class folders" if has_classes else "a folder of videos"
    return rows, Layout(f"{inside}, split by file name" if by_name else inside, has_classes)


def _splits_by_name(parts: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Splits that every file name holds (``train_01.mp4``, ``test_02.mp4``), as Hugging Face reads them; else none."""
    splits = {names: split_in_name(PurePath(names[-1]).stem) or "" for names in parts}
    return splits if all(splits.values()) and {"train", "test"} <= set(splits.values()) else {}


def _wrappers(parts: Sequence[tuple[str, ...]]) -> int:
    """How many outer folders hold everything and are followed by two or more folders."""
    depth = 0
    while parts and all(len(names) > depth + 2 for names in parts) and len({names[depth] for names in parts}) == 1:
        depth += 1
    if len({names[depth] for names in parts if len(names) > depth + 1}) < 2:
        return 0
    return depth


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
