"""Files that are given as a list of videos and are none, named by what they are."""

from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.core.file_kinds import HEAD_BYTES, Family, FileKind, file_kind
from reelwise.media.find import is_video

PARQUET_SUFFIXES = (".parquet", ".pq")

_HINTS = {
    Family.ARCHIVE: "Unpack it, and give the folder that comes out.",
    Family.SPREADSHEET: "Save it as CSV, with a column for the file and one for the label.",
    Family.TABLE: f"Give it the suffix {PARQUET_SUFFIXES[0]}.",
}
_EXPECTED = "Give a folder of class folders, or a CSV, JSON, Parquet or text list of videos."


def refuse_other_kinds(path: Path) -> None:
    """Raise where a file is an archive, a spreadsheet, a video or anything else that cannot be a list.

    Args:
        path: A file.

    Raises:
        DataError: It is one, with what to do about it.
    """
    if is_video(path):
        raise DataError(
            f"{path}: is one video, expected a folder or a list of them.", hint="Give the folder that it is in."
        )
    kind = _kind_of(path)
    if kind is None or kind.family is Family.TEXT:
        return
    if kind.family is Family.TABLE and path.suffix.lower() in PARQUET_SUFFIXES:
        return
    raise DataError(f"{path}: is {kind.name}, not a list of videos.", hint=_HINTS.get(kind.family, _EXPECTED))


def _kind_of(path: Path) -> FileKind | None:
    try:
        with path.open("rb") as stream:
            return file_kind(stream.read(HEAD_BYTES))
    except OSError:
        return None  # reading the list says why
