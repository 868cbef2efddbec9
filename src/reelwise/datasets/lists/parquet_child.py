"""The process that reads a Parquet file for another one: limited like a decoder, it prints rows of text as JSON lines.

First ``{"columns": [...], "left_out": {name: why}}``, then one list of texts per row, then ``{"rows": n}``; or
``{"error": reason}`` at any time. Nothing of a file is executed, and no other file is opened.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from reelwise.datasets.lists.cells import cell_text
from reelwise.media.limits import WorkerLimits
from reelwise.media.workers import sandbox

BATCH_ROWS = 4096
MAX_TEXT = 128 << 10
MAX_THRIFT_BYTES = 32 << 20


class Refused(Exception):
    """The file is not read, for the reason given."""


def main(path: str, parent: int, max_rows: int, max_columns: int) -> None:
    """Print the rows of one file."""
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        _print({"error": f"pyarrow cannot be loaded, and Parquet is read with it ({error})"})
        return
    pyarrow.set_cpu_count(1)
    limits = WorkerLimits(task_seconds=120.0)
    sandbox.enter(limits, parent)
    sandbox.limit_task(limits, may_write=False)
    try:
        # The thrift limits bound what a header may claim before anything is believed.
        file = parquet.ParquetFile(
            path,
            pre_buffer=False,
            thrift_string_size_limit=MAX_THRIFT_BYTES,
            thrift_container_size_limit=MAX_THRIFT_BYTES // 16,
        )
        _tell_rows(file, max_rows, max_columns)
    except Refused as refused:
        _print({"error": str(refused)})
    except (MemoryError, pyarrow.ArrowMemoryError):
        _print({"error": "reading it takes more memory than a list may have"})
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:
        _print({"error": f"not readable as Parquet ({' '.join(str(error).split())[:200]})"})


def _tell_rows(file: Any, max_rows: int, max_columns: int) -> None:
    if file.metadata.num_rows > max_rows:
        raise Refused(f"more than {max_rows} rows")
    names = list(file.schema_arrow.names)
    if len(names) > max_columns or file.metadata.num_columns > 4 * max_columns:
        raise Refused(f"more than {max_columns} columns")
    if len(set(names)) < len(names):
        raise Refused("two columns have one name")
    left_out = {field.name: why for field in file.schema_arrow if (why := refusal(field.type))}
    columns = [name for name in names if name not in left_out and "." not in name]
    left_out |= {
        name: "has a dot in its name, which Parquet takes for a path"
        for name in names
        if name not in left_out and "." in name
    }
    _print({"columns": columns, "left_out": left_out})
    count = 0
    for row in _rows(file, columns) if columns else ():
        count += 1
        if count > max_rows:
            raise Refused(f"more than {max_rows} rows")
        _print(row)
    _print({"rows": count})


def refusal(kind: Any) -> str:
    """Why a column of this type is no metadata; empty when it is."""
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        kind = kind.value_type
    plain = (types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating)
    timed = (types.is_decimal, types.is_date, types.is_timestamp, types.is_time, types.is_null)
    if any(fits(kind) for fits in plain + timed):
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
        found = [
            cell_text([_plain(item) for item in value] if value is not None else None) for value in values.to_pylist()
        ]
    elif types.is_floating(kind) or types.is_boolean(kind) or types.is_integer(kind):
        found = [cell_text(value) for value in values.to_pylist()]
    elif types.is_string(kind) or types.is_large_string(kind):
        # Bytes that are no UTF-8 are refused by Arrow's own conversion, so they come as bytes.
        binary = values.cast(pyarrow.large_binary())
        found = [(value or b"").decode("utf-8", "replace") for value in binary.to_pylist()]
    else:
        found = [value or "" for value in values.cast(pyarrow.string()).to_pylist()]
    return [text if len(text) <= MAX_TEXT else "" for text in found]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _print(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(1)  # the parent has heard enough
