"""Rows of a list or folder before they are checked, and the layout they were read from."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class FolderGroups:
    """Folders that name the group of each video.

    Args:
        level: Which folder of a path, from 0.
        place: Those folders for a person; no code reads it.
        is_sure: Whether they come before what file names say.
    """

    level: int
    place: str
    is_sure: bool = True

    def group_of(self, file: str) -> str | None:
        """The group of a file by its path; None where it lies higher.

        Example:
            >>> FolderGroups(1, "people").group_of("train/Ann/walk/1.mp4")
            'Ann'
        """
        folders = PurePosixPath(file).parts[:-1]
        return folders[self.level] if len(folders) > self.level else None


class TimeUnit(StrEnum):
    """What the times of a row count."""

    SECONDS = "seconds"
    FRAMES = "frames"


@dataclass(frozen=True)
class Layout:
    """The recognized form of a folder or a list.

    Args:
        text: In words, such as ``"class folders"`` or ``"list labels.csv"``; no code reads it.
        has_class_folders: Whether folders are named after the classes of the videos in them.
        groups: The level of folders that name the group of each video; None where none does.
        is_in_doubt: Whether two levels of folders may be the classes.
        note: What was decided between levels of folders, for a person; no code reads it.
        doubt: Why it cannot be told which folders are the classes, for a person; no code reads it.
        doubt_hint: The flags that say it.
    """

    text: str
    has_class_folders: bool = False
    groups: FolderGroups | None = None
    is_in_doubt: bool = False
    note: str = ""
    doubt: str = ""
    doubt_hint: str = ""


@dataclass(frozen=True)
class Row:
    """One video in a list or a folder, with its text as written.

    Args:
        file: The path as it was written.
        base: The folder that a relative path starts from.
        label: The class as it was written; empty when unknown.
        where: The place of the row, such as ``"labels.csv line 3"``; empty for a file found in a folder.
        split: The split as it was written.
        start: Where a segment starts, as it was written.
        end: Where it ends, as it was written.
        values: All other columns.
        label_column: The column that the label comes from; empty for folders, patterns and lists without names.
        unit: What ``start`` and ``end`` count.
        near: Files with similar names, where the named one is not there.
    """

    file: str
    base: Path
    label: str = ""
    where: str = ""
    split: str = ""
    start: str = ""
    end: str = ""
    values: dict[str, str] = field(default_factory=dict)
    label_column: str = ""
    unit: TimeUnit = TimeUnit.SECONDS
    near: tuple[str, ...] = ()
