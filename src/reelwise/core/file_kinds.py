"""What a file is by its first bytes, so that a refusal can name it whatever its suffix says."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 512
"""Bytes from which :func:`file_kind` tells what a file is; the mark that stands farthest behind is that of tar."""


class Family(StrEnum):
    """What can be done with a file that is no video, model or list."""

    ARCHIVE = "archive"
    SPREADSHEET = "spreadsheet"
    TABLE = "table"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True)
class FileKind:
    """A kind of files.

    Args:
        name: With its article, such as ``a zip archive``.
        family: What can be done with it.
    """

    name: str
    family: Family = Family.OTHER


_ZIP_KINDS = (
    (b"[Content_Types].xml", FileKind("an Office document (.xlsx, .docx)", Family.SPREADSHEET)),
    (b"mimetypeapplication/vnd.oasis", FileKind("an OpenDocument file (.ods, .odt)", Family.SPREADSHEET)),
    (b"metadata.json", FileKind("a model file of Keras (.keras)")),
    (b"data.pkl", FileKind("a file of PyTorch (.pt, .pth)")),
    (b".npy", FileKind("a file of numpy arrays (.npz)")),
)
"""By what stands in the first entry of a zip archive, whose name begins at byte 30."""

_STARTS = (
    (b"#EXTM3U", FileKind("a playlist (HLS)", Family.TEXT)),
    (b"ffconcat", FileKind("an ffconcat script", Family.TEXT)),
    (b"v=0", FileKind("a session description (SDP)", Family.TEXT)),
    (b"<?xml", FileKind("an XML text", Family.TEXT)),
    (b"<mpd", FileKind("a DASH manifest", Family.TEXT)),
    (b"<!doctype", FileKind("a web page", Family.TEXT)),
    (b"<html", FileKind("a web page", Family.TEXT)),
    (b"%PDF", FileKind("a PDF document")),
    (b"GIF8", FileKind("a GIF picture")),
    (b"\x89PNG", FileKind("a PNG picture")),
    (b"\xff\xd8\xff", FileKind("a JPEG picture")),
    (b"II*\x00", FileKind("a TIFF picture")),
    (b"MM\x00*", FileKind("a TIFF picture")),
    (b"8BPS", FileKind("a Photoshop picture")),
    (b"ID3", FileKind("an MP3 sound file")),
    (b"\xff\xfb", FileKind("an MP3 sound file")),
    (b"fLaC", FileKind("a FLAC sound file")),
    (b"PK\x05\x06", FileKind("an empty zip archive", Family.ARCHIVE)),
    (b"\x1f\x8b", FileKind("a gzip archive", Family.ARCHIVE)),
    (b"BZh", FileKind("a bzip2 archive", Family.ARCHIVE)),
    (b"\xfd7zXZ\x00", FileKind("an xz archive", Family.ARCHIVE)),
    (b"\x28\xb5\x2f\xfd", FileKind("a Zstandard archive", Family.ARCHIVE)),
    (b"7z\xbc\xaf\x27\x1c", FileKind("a 7z archive", Family.ARCHIVE)),
    (b"Rar!\x1a\x07", FileKind("a RAR archive", Family.ARCHIVE)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind("an old Office document (.xls, .doc)", Family.SPREADSHEET)),
    (b"SQLite format 3\x00", FileKind("an SQLite database", Family.SPREADSHEET)),
    (b"PAR1\x15", FileKind("a Parquet table", Family.TABLE)),
    (b"\x89HDF\r\n\x1a\n", FileKind("an HDF5 file (.h5)")),
    (b"CDF\x01", FileKind("a NetCDF file")),
    (b"\x93NUMPY", FileKind("a numpy array (.npy)")),
    (b"\x7fELF", FileKind("a program")),
    (b"MZ", FileKind("a program of Windows")),
    (b".RMF", FileKind("a RealMedia file")),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01", FileKind("an MXF file")),
    (b"YUV4MPEG2", FileKind("a file of raw pictures (.y4m)")),
)
"""Marks at the beginning; those of texts in any case of their letters. Source: the specifications of the formats."""

_SURE_BYTES = 4
"""A shorter mark may also begin a text, such as a list whose first column is called ID3."""


def file_kind(head: bytes) -> FileKind | None:
    r"""What a file is that begins so; None for a video, for a text without a mark, and for what is not known.

    Args:
        head: The first ``HEAD_BYTES`` of the file, or all of a shorter one.

    Example:
        >>> file_kind(b"PK\x03\x04" + bytes(26) + b"clips/a.mp4")
        FileKind(name='a zip archive', family=<Family.ARCHIVE: 'archive'>)
        >>> file_kind(b"file,label")
    """
    for is_such, kind in _BY_FORM:
        if is_such(head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        first_entry = head[30:]
        kinds = (kind for mark, kind in _ZIP_KINDS if mark in first_entry)
        return next(kinds, FileKind("a zip archive", Family.ARCHIVE))
    return next((kind for mark, kind in _STARTS if _begins(head, mark, kind.family)), None)


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is a text, in whatever encoding of a byte per letter or more of UTF-8."""
    return bool(head) and all(byte in b"\t\n\r\f" or 32 <= byte < 127 or byte >= 128 for byte in head)


def _begins(head: bytes, mark: bytes, family: Family) -> bool:
    if family is Family.TEXT:
        return head.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(mark)].lower() == mark.lower()
    return head.startswith(mark) and (len(mark) >= _SURE_BYTES or not is_text(head))


def _is_pickle(head: bytes) -> bool:
    return head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")


def _is_safetensors(head: bytes) -> bool:
    """A JSON object behind its length in eight bytes."""
    return len(head) > 8 and head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 1 << 27


_BY_FORM: tuple[tuple[Callable[[bytes], bool], FileKind], ...] = (
    (lambda head: head[257:262] == b"ustar", FileKind("a tar archive", Family.ARCHIVE)),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", FileKind("a WAV sound file")),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", FileKind("a WebP picture")),
    (lambda head: head[:2] == b"BM" and head[6:10] == bytes(4), FileKind("a BMP picture")),
    (_is_pickle, FileKind("a Python pickle")),
    (_is_safetensors, FileKind("a safetensors file")),
)
"""What takes more than a mark at the beginning."""
