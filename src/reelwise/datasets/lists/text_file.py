"""Reading text files of unknown origin: size limit, byte order mark, and bytes that are not UTF-8."""

from pathlib import Path

from reelwise.core.errors import DataError

MAX_LIST_BYTES = 256 << 20


def read_list_text(path: Path, max_bytes: int = MAX_LIST_BYTES) -> str:
    """The text of a list file; bytes that are not UTF-8 become lone surrogates, so odd file names survive.

    Args:
        path: The list.
        max_bytes: Refused when larger; a list of a million clips has about 50 MB.

    Raises:
        DataError: The file is not there, not a plain file, or larger than ``max_bytes``.
    """
    try:
        if not path.is_file():
            raise DataError(f"{path}: not a file.", hint="Give a CSV, JSON or text list.")
        with path.open("rb") as stream:
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise DataError(
            f"{path}: cannot be read ({error.strerror}).", hint="Check its name and permissions."
        ) from error
    if len(data) > max_bytes:
        raise DataError(f"{path}: over {max_bytes >> 20} MB, too large for a list.", hint="Split the list into parts.")
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16", "replace") if utf16 else data.decode("utf-8", "surrogateescape")
    return _with_newlines(text.removeprefix("\ufeff"))


def _with_newlines(text: str) -> str:
    """The text with newlines where it has none but carriage returns, as old spreadsheets end their lines."""
    return text if "\n" in text else text.replace("\r", "\n")


def clean_text(text: str) -> str:
    """The text with lone surrogates read as Windows-1252, which is what such lists were usually written in."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return text
