"""Metadata of videos for predict: from JSON files beside them, and from a list."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.datasets.lists.columns import FILE_NAMES, column_for
from reelwise.datasets.lists.names import NameIndex
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.sidecars import add_sidecars
from reelwise.datasets.lists.tables import read_table


def given_metadata(paths: Sequence[Path], listing: Path | None = None) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Columns by path, as for ``inference.Model.predict_many``; values of the list win.

    Args:
        paths: Videos as they were named.
        listing: A CSV, JSON or Parquet list with a column for the file; files are relative to it, or named by their
            last part where that is enough to tell them apart.

    Returns:
        Metadata by path of the video, and sentences for a person on what was read.

    Raises:
        DataError: The list cannot be read, has no column for the file, or names none of the videos.
    """
    rows, notes = add_sidecars([Row(path.name, path.parent) for path in paths], Path(), is_confined=False)
    values_by_path = {str(path): dict(row.values) for path, row in zip(paths, rows, strict=True)}
    if listing is None:
        return values_by_path, notes
    from_list = _read_list(listing, paths)
    for path, values in from_list.items():
        values_by_path[str(path)] |= values
    return values_by_path, [*notes, f"metadata of {len(from_list)} of {len(paths)} videos comes from {listing}"]


def _read_list(listing: Path, paths: Sequence[Path]) -> dict[Path, dict[str, str]]:
    table = read_table(listing)
    column = column_for(table.header, FILE_NAMES, "file")
    if column is None:
        raise DataError(f"{listing}: has no column for the file.", hint="Name a column file; paths start at the list.")
    by_path = {_place(path): path for path in paths}
    by_name = _unique_names(paths)
    by_text = {path.as_posix(): path for path in paths}
    index = NameIndex(by_text)
    values_by_path: dict[Path, dict[str, str]] = {}
    for cells in table.cells:
        text = cells[column].strip()
        path = by_path.get(_place(listing.parent / text)) or by_name.get(Path(text).name)
        if path is None and text:
            path = by_text.get(index.find(text).name or "")
        if path is not None and text:
            values_by_path[path] = {name: value for name, value in cells.items() if name and name != column}
    if not values_by_path:
        raise DataError(f"{listing}: names none of the videos.", hint="Its paths start at the folder of the list.")
    return values_by_path


def _place(path: Path) -> str:
    return os.path.normpath(path.absolute())


def _unique_names(paths: Sequence[Path]) -> Mapping[str, Path]:
    counts = Counter(path.name for path in paths)
    return {path.name: path for path in paths if counts[path.name] == 1}
