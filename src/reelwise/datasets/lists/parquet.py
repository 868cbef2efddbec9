"""Lists in Parquet: read in a worker process, because a damaged or crafted one may crash or grow its reader."""

import os
from pathlib import Path

from reelwise.core.errors import DataError, VideoError
from reelwise.datasets.lists import parquet_request
from reelwise.datasets.lists.parquet_request import ParquetRows, ParquetTask
from reelwise.media.decode_many import perform_one
from reelwise.media.limits import WorkerLimits

MAX_PARQUET_BYTES = 256 << 20
"""Size of the file: a million rows of usual metadata take about 50 MB."""

MAX_TEXT_BYTES = 512 << 20
"""Text of all cells: what the parent holds in memory."""

MAX_SECONDS = 180.0
"""Wall clock of one file; the largest that is allowed takes about a minute."""

MAX_PROCESSOR_SECONDS = 120.0
"""Processor time of one file: less than the wall clock, which also counts waiting for a busy disk."""

_MAGIC = b"PAR1"
_HINT = "Write the list as CSV, or leave out columns of pictures, videos and arrays."


def read_parquet_rows(
    path: Path, max_rows: int, max_columns: int, seconds: float = MAX_SECONDS
) -> tuple[list[str], list[list[str]], list[str]]:
    """The rows of a Parquet file as text.

    Args:
        path: The file.
        max_rows: A file with more rows is refused.
        max_columns: A file with more columns is refused.
        seconds: The process is stopped after so long.

    Returns:
        Names of columns, one list of texts per row, and a sentence on each column that holds neither text nor numbers.

    Raises:
        DataError: It is no Parquet file, too large, or reading it fails.
    """
    _check(path)
    # A crash is the file's fault, so that it is not tried twice.
    limits = WorkerLimits(
        task_seconds=seconds, processor_seconds=MAX_PROCESSOR_SECONDS, stall_seconds=seconds, max_tries=1
    )
    task = ParquetTask(path.absolute(), max_rows, max_columns, MAX_TEXT_BYTES)
    try:
        read: ParquetRows = perform_one(task, limits=limits, table=parquet_request.__name__)
    except VideoError:
        message = f"{path}: the process that reads it crashed or was stopped: the file is damaged or too large."
        raise DataError(message, hint=_HINT) from None
    if read.refusal:
        raise DataError(f"{path}: {read.refusal}.", hint=_HINT)
    return read.columns, read.rows, [f"the column {name!r} {why}" for name, why in read.left_out.items()]


def _check(path: Path) -> None:
    try:
        if not path.is_file():
            raise DataError(f"{path}: not a file.", hint="Give a CSV, JSON or Parquet list.")
        size = path.stat().st_size
        with path.open("rb") as stream:
            first = stream.read(4)
            stream.seek(-min(size, 4), os.SEEK_END)
            last = stream.read(4)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}).", hint="Check its name and permissions."
        ) from error
    if first != _MAGIC or last != _MAGIC:
        raise DataError(f"{path}: not a Parquet file, or one that was cut off.", hint="Copy or write it again.")
    if size > MAX_PARQUET_BYTES:
        raise DataError(f"{path}: over {MAX_PARQUET_BYTES >> 20} MB, too large for a list.", hint=_HINT)
