"""Segments that a list counts in frames, as seconds: for this the packets of each video are read once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from reelwise.cache.fill import PoolFactory
from reelwise.core.errors import VideoError
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.records_from_rows import RowError, Rules, path_of
from reelwise.datasets.lists.rows import Row, TimeUnit
from reelwise.media.decode_many import decode_many
from reelwise.media.requests.frame_times import FrameTimesTask
from reelwise.media.workers.pool import WorkerPool

_MOST_DIGITS = 9
"""Of the number of a frame: a year at 30 frames a second."""

_Moments = dict[int, Fraction | None]


def frames_to_seconds(
    rows: Sequence[Row], rules: Rules, make_pool: PoolFactory = WorkerPool
) -> tuple[list[Row], list[SkippedFile], list[str]]:
    """Rows whose segments are in seconds.

    Frames are counted from 0 in display order, and the last one named is the first that no longer belongs, as with
    seconds. A frame behind the end of the video stands for its end.

    Args:
        rows: As read.
        rules: Where paths may lead; a file that may not be used is not opened, and is refused later.
        make_pool: Makes the pool of worker processes.

    Returns:
        Rows, those that cannot be used, and sentences for a person.
    """
    rows_in_frames = [row for row in rows if _is_counted(row)]
    if not rows_in_frames:
        return list(rows), [], []
    moments, failures = _moments(rows_in_frames, rules, make_pool)
    usable: list[Row] = []
    skipped: list[SkippedFile] = []
    for row in rows:
        path = path_of(row, rules) if _is_counted(row) else None
        if path is None:
            usable.append(row)
        elif path in failures:
            error = failures[path]
            skipped.append(SkippedFile(row.file, error.reason_for(path, row.file), error.hint))
        else:
            try:
                usable.append(_in_seconds(row, moments[path]))
            except RowError as error:
                skipped.append(SkippedFile(row.file, f"{row.where}: {error.reason}", error.hint))
    note = "segments are counted in frames, from 0, and end before the frame that the list names as their end"
    return usable, skipped, [note]


def _is_counted(row: Row) -> bool:
    return row.unit is TimeUnit.FRAMES and bool(row.start.strip() or row.end.strip())


def _moments(
    rows: Sequence[Row], rules: Rules, make_pool: PoolFactory
) -> tuple[dict[Path, _Moments], dict[Path, VideoError]]:
    frames: dict[Path, set[int]] = defaultdict(set)
    for row in rows:
        path = path_of(row, rules)
        if path is not None:
            frames[path].update(int(text) for text in (row.start.strip(), row.end.strip()) if _is_number(text))
    moments: dict[Path, _Moments] = {}
    failures: dict[Path, VideoError] = {}
    with make_pool(None) as pool:
        # In the order of the paths, so that neighbours on a disk are read one after the other.
        tasks = {path: FrameTimesTask(path, tuple(sorted(frames[path]))) for path in sorted(frames)}
        for file in decode_many(tasks, lambda path, _: (tasks[path],), pool):
            result = file.results[FrameTimesTask]
            if isinstance(result, VideoError):
                failures[file.item] = result
            else:
                moments[file.item] = dict(zip(tasks[file.item].frames, result, strict=False))
    return moments, failures


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _in_seconds(row: Row, moments: _Moments) -> Row:
    start, end = row.start.strip(), row.end.strip()
    for text in (start, end):
        if text and not _is_number(text):
            raise RowError(f"{text[:40]!r} is not the number of a frame", "Write whole numbers, counted from 0.")
    if start and moments.get(int(start)) is None:
        raise RowError(f"the segment starts at frame {start}, behind the end of the video", "Correct it.")
    if start and end and int(end) <= int(start):
        raise RowError(f"the segment ends at frame {end}, not after its start", "Make the end greater than the start.")
    first = moments[int(start)] if start else None
    behind = moments.get(int(end)) if end else None
    return replace(row, start=_text(first), end=_text(behind), unit=TimeUnit.SECONDS)


def _text(moment: Fraction | None) -> str:
    """Exact to a billionth of a second: rounded down, so that the frame that starts there is inside."""
    if moment is None:
        return ""
    billionths = moment * 10**9 // 1
    return f"{billionths // 10**9}.{billionths % 10**9:09d}"
