"""True boundaries of shots from a list: ``file,cut_frame`` or ``file,start_frame,end_frame,type``."""

import itertools
from collections.abc import Mapping
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.datasets.lists.columns import FILE_NAMES, canonical
from reelwise.datasets.lists.tables import Table, read_table
from reelwise.metrics.boundaries import CUT, TRANSITION_TYPES, Boundary

MAX_FRAME = 10_000_000
"""Largest frame number: four days at 30 frames a second. A larger one is a slip, such as a time in milliseconds."""
_HINT = "Expected the columns file,cut_frame or file,start_frame,end_frame,type; frames count from 0."


def read_shot_truth(path: Path) -> dict[str, tuple[Boundary, ...]]:
    """The true boundaries of each video, by file name as written, in order of their frames.

    A file without any boundary has one row whose frames are empty.

    Args:
        path: CSV, TSV, JSON, JSON lines or Parquet. ``cut_frame`` is the first frame of the new shot;
            ``start_frame`` is the first frame that both shots share and ``end_frame`` the first that is wholly of the
            new shot, equal for a cut. A row without a type is a cut.

    Raises:
        DataError: It names the row, what was got and what is expected.
    """
    table = read_table(path, ("cut_frame", "start_frame"))
    columns = _columns(path, table)
    truths: dict[str, list[Boundary]] = {}
    if table.bad_rows:
        raise DataError(f"{table.bad_rows[0].file}: {table.bad_rows[0].reason}", hint=_HINT)
    for line, cells in zip(table.lines, table.cells, strict=True):
        where = f"{path.name} line {line}"
        row = {name: cells[column].strip() for name, column in columns.items()}
        if not row["file"]:
            raise DataError(f"{where}: the file is missing.", hint=_HINT)
        boundary = _boundary(where, row)
        boundaries = truths.setdefault(row["file"], [])
        if boundary is not None:
            boundaries.append(boundary)
    if not truths:
        raise DataError(f"{path}: has no rows.", hint=_HINT)
    return {file: _in_order(path, file, boundaries) for file, boundaries in truths.items()}


def _columns(path: Path, table: Table) -> dict[str, str]:
    """Column of the list by what it means."""
    names = {canonical(column): column for column in table.header}
    file = next((names[name] for name in FILE_NAMES if name in names), None)
    frames = [name for name in ("cut_frame", "start_frame", "end_frame", "type") if name in names]
    has_frames = "cut_frame" in frames or {"start_frame", "end_frame"} <= set(frames)
    if file is None or not has_frames:
        raise DataError(f"{path}: its columns are {', '.join(table.header)}.", hint=_HINT)
    if {"cut_frame", "start_frame"} <= set(frames):
        raise DataError(f"{path}: has both cut_frame and start_frame.", hint="Leave one of them out.")
    return {"file": file} | {name: names[name] for name in frames}


def _boundary(where: str, row: Mapping[str, str]) -> Boundary | None:
    """The boundary of a row; None where its frames are empty."""
    texts = [row["cut_frame"]] * 2 if "cut_frame" in row else [row["start_frame"], row["end_frame"]]
    if not any(texts):
        return None
    start, end = (_frame(where, text) for text in texts)
    kind = row.get("type") or CUT
    if kind not in TRANSITION_TYPES:
        raise DataError(f"{where}: the type is '{kind}'.", hint=f"Expected one of {', '.join(TRANSITION_TYPES)}.")
    if start > end:
        raise DataError(f"{where}: it goes from frame {start} back to frame {end}.", hint=_HINT)
    if (kind == CUT) != (start == end):
        got = f"a cut from frame {start} to frame {end}" if kind == CUT else f"a {kind} without any frame"
        hint = "A cut has equal frames; dissolve, fade_black, fade_white and wipe have at least one."
        raise DataError(f"{where}: {got}.", hint=hint)
    return Boundary(start, end, kind)


def _frame(where: str, text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_FRAME))
    if not is_number or int(text) > MAX_FRAME:
        raise DataError(f"{where}: '{text[:40]}' is no frame number.", hint=f"Expected 0 to {MAX_FRAME:,}.")
    return int(text)


def _in_order(path: Path, file: str, boundaries: list[Boundary]) -> tuple[Boundary, ...]:
    in_order = sorted(boundaries, key=lambda boundary: (boundary.start_frame, boundary.end_frame))
    for first, second in itertools.pairwise(in_order):
        if second.start_frame < first.end_frame or second.start_frame == first.start_frame:
            raise DataError(
                f"{path.name}: {file}: the boundary at frame {second.start_frame} lies inside the one from"
                f" {first.start_frame} to {first.end_frame}.",
                hint="List each boundary once; transitions do not overlap.",
            )
    return tuple(in_order)
