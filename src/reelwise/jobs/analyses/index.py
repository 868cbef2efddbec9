"""index.json: what came of each video of an analysis."""

import json
from pathlib import Path

from reelwise.core.errors import CacheError, UsageError
from reelwise.core.files import write_hint, write_json
from reelwise.jobs.documents import Analyses

INDEX = "index.json"

RESUME_WHEN_FULL = "Free some space; the same command with --resume goes on."


def write_index(out: Path, index: Analyses) -> None:
    """Write the index.json of a folder.

    Raises:
        CacheError: It cannot be written.
    """
    try:
        write_json(out / INDEX, index)
    except OSError as error:
        raise unwritable(out / INDEX, error) from None


def unwritable(path: Path, error: OSError) -> CacheError:
    """The error for a result that cannot be written, with what to do about it."""
    reason = error.strerror or str(error)
    return CacheError(f"{path}: cannot be written: {reason}.", hint=write_hint(error, RESUME_WHEN_FULL))


def read_index(out: Path) -> Analyses:
    """The index.json of a folder.

    Raises:
        UsageError: There is none, or it is not what analyze writes.
    """
    try:
        index = json.loads((out / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        index = None
    if not isinstance(index, dict) or index.get("schema") != "reelwise/analyses/1":
        raise UsageError(f"{out / INDEX}: is no document of reelwise/analyses/1.", hint="Choose another folder.")
    return index  # pyright: ignore[reportReturnType]


def safe_name(folder: str) -> str:
    """The name of a folder in an index.json, which a stranger may have written.

    Raises:
        UsageError: It leads out of the folder that index.json lies in.
    """
    if Path(folder).name != folder or folder in ("", ".", ".."):
        raise UsageError(f"index.json names the folder {folder[:60]!r}, which is not beside it.", hint="Analyze again.")
    return folder
