"""The files that the rows of a list name, also where a name is written otherwise than that of the file."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from reelwise.datasets.lists.folders import walk
from reelwise.datasets.lists.names import Difference, Match, NameIndex
from reelwise.datasets.lists.records_from_rows import NoSuchFileError, RowError, Rules, find_path
from reelwise.datasets.lists.rows import Row

MAX_FILES = 2_000_000
"""Files below a list that are compared with the names in it."""

_MAX_FILES_ABOVE = 50_000
"""Files below the folder above a list: more are not what stands beside the list."""


def find_named_files(rows: Sequence[Row], rules: Rules) -> tuple[list[Row], list[str]]:
    """Rows with the names of files that are there, where the list has them in another spelling.

    A name that is there is left alone. For another one the only file that can be meant is taken, and a note says so:
    one that differs in case, in the form of its accents, in its suffix or in its outer folders. Where none or several
    can be meant, the row keeps its name and gets the nearest ones for the message. A file that another row names
    exactly is meant by no other name.

    Args:
        rows: As read from a list.
        rules: Where paths may lead.

    Returns:
        Rows in the same order, and sentences for a person.
    """
    there: set[str] = set()
    missing: dict[Path, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if not row.where or not row.file.strip():
            continue  # found in a folder
        try:
            path = find_path(row.file, row.base)
        except NoSuchFileError:
            missing[row.base].append(place)
        except RowError:
            continue
        else:
            there.add(_place(path))
    if not missing:
        return list(rows), []
    rows_with_files = list(rows)
    matches: dict[tuple[Path, str], Match] = {}
    for base, places in missing.items():
        for folder in _folders_to_search(base, rules, is_all_missing=not there):
            most = MAX_FILES if folder == base else _MAX_FILES_ABOVE
            paths = [path for path in islice(walk(folder), most) if _place(path) not in there]
            index = NameIndex(path.relative_to(folder).as_posix() for path in paths)
            if _resolve(rows_with_files, places, (base, folder), index, matches):
                break
    return rows_with_files, _notes(matches)


def _folders_to_search(base: Path, rules: Rules, *, is_all_missing: bool) -> Iterable[Path]:
    """The folder of a list; where nothing of it is there, the folder above too, if the list may point there."""
    yield base
    if is_all_missing and not rules.is_confined and base.absolute().parent != base.absolute():
        yield base.absolute().parent


def _place(path: Path) -> str:
    return os.path.normpath(path.absolute())


def _resolve(
    rows: list[Row],
    places: Sequence[int],
    folders: tuple[Path, Path],
    index: NameIndex,
    matches: dict[tuple[Path, str], Match],
) -> bool:
    base, folder = folders
    found_any = False
    for place in places:
        row = rows[place]
        list_name = Path(row.where.rpartition(" line ")[0]).stem
        match = index.find(row.file, (row.split, list_name, *list_name.split("_")))
        matches[base, row.file] = match
        if match.name is not None:
            found_any = True
            file = match.name if folder == base else str(folder / match.name)
            rows[place] = replace(row, file=file, near=())
        else:
            rows[place] = replace(row, near=match.near)
    return found_any


def _notes(matches: dict[tuple[Path, str], Match]) -> list[str]:
    by_difference: dict[Difference, list[str]] = defaultdict(list)
    for (_, file), match in matches.items():
        if match.difference is not None:
            by_difference[match.difference].append(f"{file.strip()!r} is {match.name!r}")
    notes = []
    for difference, pairs in by_difference.items():
        files = "1 file is" if len(pairs) == 1 else f"{len(pairs)} files are"
        more = f", and {len(pairs) - 2} more" if len(pairs) > 2 else ""
        notes.append(f"{files} written otherwise in the list ({difference.value}): {', '.join(pairs[:2])}{more}")
    return notes
