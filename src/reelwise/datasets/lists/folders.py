"""Folders of class folders, and train|val|test folders of them with metadata files."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from reelwise.datasets.lists.folder_words import FolderRole, split_in_name
from reelwise.datasets.lists.levels import Level, Levels, in_words, label_pattern, read_levels
from reelwise.datasets.lists.rows import FolderGroups, Layout, Row

_IGNORED = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "@eaDir", "$RECYCLE.BIN", "System Volume Information"})


def walk(root: Path, on_error: Callable[[Path, OSError], None] | None = None) -> Iterator[Path]:
    """Every file under ``root``, sorted; hidden and system files are left out, links are followed, loops are not.

    Args:
        root: A folder.
        on_error: Called with each folder that cannot be listed, and why; what it holds is left out.
    """
    visited_folders: set[tuple[int, int]] = set()
    stack = [root]
    while stack:
        folder = stack.pop()
        try:
            status = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if on_error is not None:
                on_error(folder, error)
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

    The label is the first folder that can be a class: below outer folders that hold everything, ``train|val|test`` and
    folders of people, cameras and the like. Folders below the classes only sort the clips.

    Args:
        root: The data folder.
        videos: Files under it.

    Returns:
        The rows and the layout.
    """
    parts = [path.relative_to(root).parts for path in videos]
    levels = read_levels(parts)
    by_name = {} if levels.split else _splits_by_name(parts)
    rows = []
    for names in parts:
        split = split_in_name(_folder(names, levels.split)) or by_name.get(names, "")
        rows.append(Row("/".join(names), root, _folder(names, levels.label), split=split))
    return rows, _layout(levels, any(row.label for row in rows), bool(by_name))


def _folder(names: tuple[str, ...], level: Level | None) -> str:
    """The folder of a file on a level; empty where it lies higher."""
    return names[level.index] if level is not None and len(names) > level.index + 1 else ""


def _layout(levels: Levels, has_classes: bool, is_split_by_name: bool) -> Layout:
    text = "class folders" if has_classes else "videos" if levels.split else "a folder of videos"
    group, label = levels.group, levels.label
    if group is not None and group.role is not None and label is not None:
        text = f"{group.role} folders of {text}" if group.index < label.index else f"{text} of {group.role} folders"
    if levels.split is not None:
        text = f"split folders of {text}"
    if is_split_by_name:
        text = f"{text}, split by file name"
    doubt, hint = _doubt(levels)
    layout, is_in_doubt = Layout(text, has_classes), levels.other_label is not None
    return replace(
        layout, groups=_groups(levels), note=_note(levels), is_in_doubt=is_in_doubt, doubt=doubt, doubt_hint=hint
    )


def _groups(levels: Levels) -> FolderGroups | None:
    group, label = levels.group, levels.label
    if group is None or group.role is None or label is None:
        return None
    where = "above" if group.index < label.index else "below"
    place = f"the folders {where} the classes ({in_words(group.names)}), which name {group.role.plural}"
    return FolderGroups(group.index, place, is_sure=group.role not in (FolderRole.SERIES, FolderRole.CAMERA))


def _note(levels: Levels) -> str:
    """What was decided where the classes are not the outer folders."""
    label, group, split = levels.label, levels.group, levels.split
    sentences = []
    if label is not None and group is not None and group.role is not None and group.index < label.index:
        flag = label_pattern(group.index)
        sentences.append(
            f"the classes are the folders {in_words(label.names)}; the folders {in_words(group.names)} above them name"
            f' {group.role.plural} (if those are the classes, add --label-from "{flag}")'
        )
    if split is not None and (others := [name for name in split.names if not split_in_name(name)]):
        sentences.append(
            f"the folders {in_words(split.names)} are parts of a split; {in_words(others)} names no part: its"
            " videos go where their group is, else to training"
        )
    return "; ".join(sentences)


def _doubt(levels: Levels) -> tuple[str, str]:
    label, other = levels.label, levels.other_label
    if label is None or other is None:
        return "", ""
    upper, lower = in_words(label.names), in_words(other.names)
    reason = "the same names return in several of the first"
    if not levels.crosses and label.role is not None:
        reason = f"the first seem to name {label.role.plural}, and what they hold has other names in each"
    message = f"the classes may be the folders {upper} or the folders {lower} in them: {reason}."
    hint = (
        f'Add --label-from "{label_pattern(label.index)}" if the classes are {upper}, or --label-from'
        f' "{label_pattern(other.index, group=label.index)}" if they are {lower}.'
    )
    return message, hint


def _splits_by_name(parts: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Splits that every file name holds (``train_01.mp4``, ``test_02.mp4``), as Hugging Face reads them; else none."""
    splits = {names: split_in_name(PurePath(names[-1]).stem) or "" for names in parts}
    return splits if all(splits.values()) and {"train", "test"} <= set(splits.values()) else {}


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
