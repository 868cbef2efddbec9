"""Labels from the tags of files, for which each file is opened first."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reelwise.cache.fill import PoolFactory
from reelwise.core.errors import VideoError
from reelwise.core.records import SkippedFile
from reelwise.core.video_metadata import facts_metadata
from reelwise.datasets.lists.records_from_rows import Rules, path_of
from reelwise.datasets.lists.rows import Row
from reelwise.media.decode_many import decode_many
from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.pool import WorkerPool

_ONE_FRAME = 0.0
"""Seconds of decoding: one frame shows that a file can be used, its tags are known before."""


def is_tag(column: str | None) -> bool:
    """Whether a column is one of the files' tags, such as ``tags.title``."""
    return bool(column) and str(column).startswith("tags.")


def add_tags(
    rows: Sequence[Row], rules: Rules, make_pool: PoolFactory = WorkerPool
) -> tuple[list[Row], list[SkippedFile]]:
    """Rows with the tags of their files; values of a list win.

    One frame of each file is decoded, in the worker processes that decode everything.

    Args:
        rows: As read.
        rules: Where paths may lead; a file that may not be used is not opened, and is refused later.
        make_pool: Makes the pool of decoding processes.

    Returns:
        The rows of readable files and of those that are refused later, and the files that cannot be read.
    """
    paths = [path_of(row, rules) for row in rows]
    tags: dict[Path, dict[str, str]] = {}
    failures: dict[Path, VideoError] = {}
    with make_pool(None) as pool:
        # In the order of the paths, so that neighbours on a disk are read one after the other.
        unique = sorted({path for path in paths if path})
        for file in decode_many(unique, lambda path, _: (ScanTask(path, _ONE_FRAME),), pool):
            path, facts = file.item, file.results[ScanTask]
            if isinstance(facts, VideoError):
                failures[path] = facts
            else:
                tags[path] = facts_metadata(facts)
    readable_rows, unreadable_files = [], []
    for row, path in zip(rows, paths, strict=True):
        if path in failures:
            error = failures[path]
            unreadable_files.append(SkippedFile(row.file, error.reason_for(path, row.file), error.hint))
        else:
            readable_rows.append(replace(row, values={**tags.get(path, {}), **row.values}) if path else row)
    return readable_rows, unreadable_files
