"""JSON files beside videos: ``a.json``, ``a.mp4.json`` and yt-dlp's ``a.info.json`` hold metadata of ``a.mp4``."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reelwise.core.errors import DataError
from reelwise.datasets.lists.cells import MAX_CELL_CHARACTERS, cell_text, parse_json
from reelwise.datasets.lists.columns import FILE_NAMES, canonical, split_word
from reelwise.datasets.lists.names import name_key
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.text_file import clean_text, read_list_text
from reelwise.datasets.lists.tidy_cells import is_missing

MAX_SIDECAR_BYTES = 4 << 20
MAX_KEYS = 200
_MAX_KEY_CHARACTERS = 100
_LISTS = frozenset({"labels.json", "metadata.json", "annotations.json", "dataset.json"})


@dataclass(frozen=True)
class _Place:
    """Where sidecars may be: anywhere, or inside the data folder if the list was found in that folder."""

    root: Path
    is_confined: bool

    def allows(self, path: Path) -> bool:
        if not self.is_confined:
            return True
        root = os.path.normpath(self.root.absolute()).rstrip(os.sep) + os.sep
        if not os.path.normpath(path.absolute()).startswith(root):
            return False
        return not path.is_symlink() or path.resolve().is_relative_to(self.root.resolve())


def add_sidecars(rows: Sequence[Row], root: Path, *, is_confined: bool) -> tuple[list[Row], list[str]]:
    """Rows with the values of the JSON files beside their videos; values of a list win.

    Only text, numbers and truth values of the outermost object are taken, and lists of them, joined by ``|``. A key
    ``label`` wins over the class folder; a key ``split`` counts only where nothing else names a split.

    Args:
        rows: As read.
        root: The data folder.
        is_confined: Whether only files inside ``root`` may be opened.

    Returns:
        The rows, and sentences for a person on the files that were read and those that could not be.
    """
    place = _Place(root, is_confined)
    listings: dict[Path, dict[str, str]] = {}
    values_by_file: dict[Path, dict[str, str]] = {}
    bad: list[str] = []
    rows_with_values = []
    for row in rows:
        values: dict[str, str] = {}
        for path in _beside(Path(row.base, row.file), listings):
            if path not in values_by_file:
                values_by_file[path] = _read(path, bad) if place.allows(path) else {}
            values |= values_by_file[path]
        rows_with_values.append(_with(row, values) if values else row)
    notes = []
    num_used = sum(bool(values) for values in values_by_file.values())
    if num_used:
        notes.append(f"metadata comes from {num_used} JSON file{'s' * (num_used > 1)} beside the videos")
    if bad:
        rest = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
        notes.append(f"not every JSON file beside a video can be read: {bad[0]}{rest}")
    return rows_with_values, notes


def _beside(video: Path, listings: dict[Path, dict[str, str]]) -> Iterable[Path]:
    """The sidecars of a video, the closest name last."""
    folder = video.parent
    if folder not in listings:
        listings[folder] = _json_names(folder)
    names = listings[folder]
    if not names:
        return ()
    usual_names = (f"{video.stem}.info.json", f"{video.stem}.json", f"{video.name}.json")
    beside = (names.get(name_key(name), "") for name in usual_names)
    return [folder / name for name in beside if name and name not in _LISTS]


def _json_names(folder: Path) -> dict[str, str]:
    """Names of JSON files by what they are compared with."""
    try:
        with os.scandir(folder) as entries:
            return {name_key(entry.name): entry.name for entry in entries if entry.name.lower().endswith(".json")}
    except (OSError, ValueError):
        return {}


def _read(path: Path, bad: list[str]) -> dict[str, str]:
    try:
        value = parse_json(read_list_text(path, MAX_SIDECAR_BYTES), path.name)
    except DataError as error:
        bad.append(error.message.replace(str(path), path.name).rstrip("."))
        return {}
    if not isinstance(value, dict):
        bad.append(f"{path.name} holds {type(value).__name__}, not an object with named values")
        return {}
    return _flat(value)


def _flat(value: dict[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, item in value.items():
        name = clean_text(key).strip()
        text = "" if isinstance(item, dict) or is_missing(item) else clean_text(cell_text(item))
        if text.strip() and 0 < len(name) <= _MAX_KEY_CHARACTERS and len(text) <= MAX_CELL_CHARACTERS:
            values[name] = text
        if len(values) >= MAX_KEYS:
            break
    return values


def _with(row: Row, values: dict[str, str]) -> Row:
    label = values.get("label", "")
    split = next((text for name, text in values.items() if canonical(name) == "split" and split_word(text)), "")
    takes_label = label and not row.label_column and not (row.where and row.label)  # a list wins, a folder does not
    others = {
        name: text
        for name, text in values.items()
        if canonical(name) not in FILE_NAMES and canonical(name) != "split" and not (takes_label and name == "label")
    }
    row = replace(row, split=row.split or split, values={**others, **row.values})
    return replace(row, label=label, label_column="label") if takes_label else row
