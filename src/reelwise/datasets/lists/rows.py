"""Rows of a list or folder before they are checked, and the layout they were read from."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The recognized form of a folder or a list.

    Args:
        text: In words, such as ``"class folders"`` or ``"list labels.csv"``; no code reads it.
        has_class_folders: Whether folders are named after the classes of the videos in them.
    """

    text: str
    has_class_folders: bool = False


@dataclass(frozen=True)
class Row:
    """One video in a list or a folder, with its text as written.

    Args:
        file: The path as it was written.
        base: The folder that a relative path starts from.
        label: The class as it was written; empty when unknown.
        where: The place of the row, such as ``"labels.csv line 3"``; empty for a file found in a folder.
        split: The split as it was written.
        start: First second of a segment as it was written.
        end: Last second of a segment as it was written.
        values: All other columns.
        label_column: The column that the label comes from; empty for folders, patterns and lists without names.
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
