"""The request to read a Parquet file: rows of text, read where a crafted file can do no harm.

Nothing of a file is executed, and no other file is opened. pyarrow is imported by the worker alone.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.datasets.lists.cells import cell_text
from reelwise.media.file_access import open_input
from reelwise.media.requests.kind import Message, RequestKind, Workplace

BATCH_ROWS = 4096
"""Rows that pyarrow decodes at a time: large enough to be fast, some MB of usual metadata."""

MAX_TEXT = 128 << 10
"""Characters of one cell; longer text is no metadata and is left empty."""

MAX_THRIFT_BYTES = 32 << 20
"""Bytes that a header may claim: the footers of real files with thousands of columns have a few MB."""

PART_BYTES = 1 << 20
"""Rows are sent in pieces of about this size, so that neither side holds a list twice."""

_MAX_ERROR = 200
"""Characters of pyarrow's own reason."""


@dataclass(frozen=True)
class ParquetTask:
    """Read all rows of a Parquet file as text.

    Args:
        path: The file.
        max_rows: A file with more rows is refused.
        max_columns: A file with more columns is refused.
        max_bytes: A file with more text, counted as JSON, is refused.
    """

    path: Path
    max_rows: int
    max_columns: int
    max_bytes: int


@dataclass(frozen=True)
class ParquetRows:
    """The rows of a file, or why it cannot be used.

    Args:
        columns: Names of the columns.
        rows: One list of texts per row, as long as ``columns``.
        left_out: Why, by the name of each column that is neither text nor numbers.
        refusal: Why the file was not read; empty when it was.
    """

    columns: list[str]
    rows: list[list[str]]
    left_out: dict[str, str]
    refusal: str = ""


class UnreadableFileError(Exception):
    """The file is not read, for the reason given."""


class ReadParquet(RequestKind[ParquetTask, ParquetRows]):
    """A ParquetTask. Its rows travel in parts."""

    name = "parquet"
    task_type = ParquetTask
    max_part_bytes = 600 << 20
    """Somewhat more than the text that ``parquet.py`` allows: a worker that obeys refuses the file before."""

    def load(self) -> None:
        """Import pyarrow; without it ``perform`` says so."""
        # One plain allocator: the usual one reserves more address space than the worker may have.
        os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
        # No thread of another one either: the sandbox closes around the thread that enters it.
        os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            return
        pyarrow.set_cpu_count(1)

    def pack(self, task: ParquetTask) -> Message:
        """A task as a message."""
        return {
            "path": str(task.path),
            "max_rows": task.max_rows,
            "max_columns": task.max_columns,
            "max_bytes": task.max_bytes,
        }

    def unpack(self, message: Message) -> ParquetTask:
        """A message as a task."""
        return ParquetTask(Path(message["path"]), message["max_rows"], message["max_columns"], message["max_bytes"])

    def perform(self, task: ParquetTask, workplace: Workplace) -> ParquetRows:
        """Read the file in this process and send its rows; the result has all but them."""
        try:
            import pyarrow
        except ImportError as error:
            return _no_rows(f"pyarrow cannot be loaded, and Parquet is read with it ({error})")
        try:
            return _read(task, workplace)
        except UnreadableFileError as error:
            return _no_rows(str(error))
        except (MemoryError, pyarrow.ArrowMemoryError):
            return _no_rows("reading it takes more memory than a list may have")
        except BrokenPipeError:
            raise
        except (pyarrow.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
            return _no_rows(f"not readable as Parquet ({' '.join(str(error).split())[:_MAX_ERROR]})")

    def pack_result(self, result: ParquetRows) -> Message:
        """All but the rows as a message."""
        return {"columns": result.columns, "left_out": result.left_out, "refusal": result.refusal}

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> ParquetRows:
        """A message and the rows before it as text."""
        if message["refusal"]:
            return _no_rows(str(message["refusal"]))
        columns = [str(name) for name in message["columns"]]
        rows = [[str(text) for text in row] for part in parts for row in part["rows"]]
        if any(len(row) != len(columns) for row in rows):
            raise ValueError("rows of another length than the columns")
        left_out = {str(name): str(why) for name, why in message["left_out"].items()}
        return ParquetRows(columns, rows, left_out)


KINDS = (ReadParquet(),)


def _no_rows(reason: str) -> ParquetRows:
    return ParquetRows([], [], {}, reason)


def _read(task: ParquetTask, workplace: Workplace) -> ParquetRows:
    import pyarrow.parquet as parquet

    with open_input(task.path) as stream:
        # The thrift limits bound what a header may claim before anything is believed.
        file = parquet.ParquetFile(
            stream,
            pre_buffer=False,
            thrift_string_size_limit=MAX_THRIFT_BYTES,
            thrift_container_size_limit=MAX_THRIFT_BYTES // 16,
        )
        columns, left_out = _columns(file, task)
        if columns:
            _send_rows(file, columns, task, workplace)
    return ParquetRows(columns, [], left_out)


def _columns(file: Any, task: ParquetTask) -> tuple[list[str], dict[str, str]]:
    if file.metadata.num_rows > task.max_rows:
        raise UnreadableFileError(f"more than {task.max_rows} rows")
    names = list(file.schema_arrow.names)
    if len(names) > task.max_columns or file.metadata.num_columns > 4 * task.max_columns:
        raise UnreadableFileError(f"more than {task.max_columns} columns")
    if len(set(names)) < len(names):
        raise UnreadableFileError("two columns have one name")
    left_out = {field.name: why for field in file.schema_arrow if (why := refusal(field.type))}
    columns = [name for name in names if name not in left_out and "." not in name]
    left_out |= {
        name: "has a dot in its name, which Parquet takes for a path"
        for name in names
        if name not in left_out and "." in name
    }
    return columns, left_out


def _send_rows(file: Any, columns: list[str], task: ParquetTask, workplace: Workplace) -> None:
    num_bytes = part_bytes = 0
    part: list[list[str]] = []
    for num_rows, row in enumerate(_rows(file, columns), 1):
        size = len(json.dumps(row))
        num_bytes += size
        part_bytes += size
        if num_rows > task.max_rows:
            raise UnreadableFileError(f"more than {task.max_rows} rows")
        if num_bytes > task.max_bytes:
            raise UnreadableFileError(f"over {task.max_bytes >> 20} MB of text, too large for a list")
        part.append(row)
        if part_bytes >= PART_BYTES:
            workplace.send_part({"rows": part})
            workplace.progress(num_rows, num_bytes)
            part, part_bytes = [], 0
    workplace.send_part({"rows": part})


def refusal(kind: Any) -> str:
    """Why a column of this type is no metadata; empty when it is."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        kind = kind.value_type
    plain = (types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating)
    exact_and_time = (types.is_decimal, types.is_date, types.is_timestamp, types.is_time, types.is_null)
    if any(fits(kind) for fits in plain + exact_and_time):
        return ""
    return f"holds {str(kind)[:60]}, neither text nor a number"


def _rows(file: Any, columns: list[str]) -> Iterator[list[str]]:
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=columns, use_threads=False):
        yield from (list(row) for row in zip(*(_texts(batch.column(name)) for name in columns), strict=True))


def _texts(values: Any) -> list[str]:
    import pyarrow
    from pyarrow import types

    if types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        texts = [
            cell_text([_plain(item) for item in value] if value is not None else None) for value in values.to_pylist()
        ]
    elif types.is_floating(kind) or types.is_boolean(kind) or types.is_integer(kind):
        texts = [cell_text(value) for value in values.to_pylist()]
    elif types.is_string(kind) or types.is_large_string(kind):
        # Bytes that are no UTF-8 are refused by Arrow's own conversion, so they come as bytes.
        binary = values.cast(pyarrow.large_binary())
        texts = [(value or b"").decode("utf-8", "replace") for value in binary.to_pylist()]
    else:
        texts = [value or "" for value in values.cast(pyarrow.string()).to_pylist()]
    return [text if len(text) <= MAX_TEXT else "" for text in texts]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
