"""Lists in Parquet: read in a process of its own, because a damaged or crafted one may crash or grow its reader."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from reelwise.core.errors import DataError

MAX_PARQUET_BYTES = 256 << 20
MAX_TEXT_BYTES = 512 << 20
MAX_SECONDS = 180.0
_MAX_LINE_BYTES = 64 << 20
_MAGIC = b"PAR1"
_HINT = "Write the list as CSV, or leave out columns of pictures, videos and arrays."
_KEPT_ENVIRONMENT = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "SYSTEMDRIVE"),
    *("USERPROFILE", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV", "COVERAGE_PROCESS_START"),
)


def read_parquet_rows(
    path: Path, max_rows: int, max_columns: int, seconds: float = MAX_SECONDS
) -> tuple[list[str], list[list[str]], list[str]]:
    """The rows of a Parquet file as text.

    Args:
        path: The file.
        max_rows: Refused with more.
        max_columns: Refused with more.
        seconds: The reader is ended after so long.

    Returns:
        Names of columns, one list of texts per row, and a sentence on each column that is no text and no numbers.

    Raises:
        DataError: It is no Parquet file, too large, or reading it fails.
    """
    _check(path)
    process = _start(path, max_rows, max_columns)
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        if process.stdout is None:
            raise DataError(f"{path}: its reader cannot be heard.")
        return _collect(path, _messages(path, process.stdout))
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


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
        raise DataError(f"{path}: cannot be read ({error.strerror}).", hint="Check its name and rights.") from error
    if first != _MAGIC or last != _MAGIC:
        raise DataError(f"{path}: not a Parquet file, or one that was cut off.", hint="Copy or write it again.")
    if size > MAX_PARQUET_BYTES:
        raise DataError(f"{path}: over {MAX_PARQUET_BYTES >> 20} MB, too large for a list.", hint=_HINT)


def _start(path: Path, max_rows: int, max_columns: int) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    # One plain allocator: the usual one reserves more address space than the process may have.
    environment |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    package, rest = str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH")
    environment["PYTHONPATH"] = package + (os.pathsep + rest if rest else "")
    told = (str(path.absolute()), str(os.getpid()), str(max_rows), str(max_columns))
    # -P keeps the current folder, which may hold a stranger's pyarrow.py, off the module path.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "reelwise.datasets.lists.parquet_child", *told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )


def _messages(path: Path, pipe: IO[bytes]) -> Iterator[Any]:
    left = MAX_TEXT_BYTES
    while line := pipe.readline(min(_MAX_LINE_BYTES, left) + 1):
        left -= len(line)
        if left < 0 or not line.endswith(b"\n"):
            break
        with suppress(ValueError):
            yield json.loads(line)
    if left < 0:
        raise DataError(f"{path}: over {MAX_TEXT_BYTES >> 20} MB of text, too large for a list.", hint=_HINT)
    raise DataError(f"{path}: its reader was ended or crashed; the file is damaged, or too much.", hint=_HINT)


def _collect(path: Path, messages: Iterator[Any]) -> tuple[list[str], list[list[str]], list[str]]:
    columns: list[str] = []
    left_out: list[str] = []
    rows: list[list[str]] = []
    for message in messages:
        if isinstance(message, list) and len(message) == len(columns):
            rows.append([str(text) for text in message])
        elif not isinstance(message, dict):
            raise DataError(f"{path}: its reader answered nonsense.", hint=_HINT)
        elif "error" in message:
            raise DataError(f"{path}: {message['error']}.", hint=_HINT)
        elif "columns" in message:
            columns = [str(name) for name in message["columns"]]
            left_out = [f"the column {name!r} {why}" for name, why in message["left_out"].items()]
        else:
            break
    return columns, rows, left_out
