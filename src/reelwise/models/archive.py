"""The outer shell of a model file: a zip of five named members, stored, checked before anything is read from it."""

import hashlib
import os
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reelwise.core.errors import ModelFileError
from reelwise.core.file_kinds import HEAD_BYTES, file_kind, is_text
from reelwise.core.files import atomic_write
from reelwise.media.find import is_video

DOCUMENT = "reelwise.json"
TENSORS = "reelwise.safetensors"
MEMBERS = ("metadata.json", "config.json", "model.weights.h5", DOCUMENT, TENSORS)
"""The first three are Keras' own, so that Keras opens the file too."""

MAX_FILE_BYTES = (1 << 31) - 1
"""2 GiB, which every zip reader handles without the 64-bit extension."""

MAX_DOCUMENT_BYTES = 1_000_000
"""Of reelwise.json; bounds what is parsed before a file is trusted."""

MAX_KERAS_JSON_BYTES = 16_000_000
"""Of config.json, which is hashed and never parsed here."""

_MAX_BYTES = {DOCUMENT: MAX_DOCUMENT_BYTES, "metadata.json": 4096, "config.json": MAX_KERAS_JSON_BYTES}
"""Of each member; metadata.json holds a version and a date. The others may have ``MAX_FILE_BYTES``."""

_END = struct.Struct("<4s4H2LH")
"""The end record of a zip; see section 4.3.16 of PKWARE's APPNOTE."""

_MAX_DIRECTORY_BYTES = 65_536
"""Of the table of contents; five members take less than 400."""

_PIECE_BYTES = 1 << 20
"""Read at a time: 1 MiB, so that a hash needs little memory."""

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest date of a zip, so that equal content gives equal bytes."""

_RETRAIN = "Train it again, or copy it again from where it came from."


def write_archive(path: Path, parts: Mapping[str, bytes]) -> None:
    """Write the parts so that equal parts give equal bytes; whole or not at all.

    Args:
        path: The model file.
        parts: Content of every name in ``MEMBERS``.
    """
    with atomic_write(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            item = zipfile.ZipInfo(name, _FIXED_TIME)
            item.create_system = 3  # the same byte on every system
            archive.writestr(item, parts[name])


class Archive:
    """A model file whose outer shell has been checked; reads its members.

    Args:
        path: For messages.
        zip_file: The open zip.
    """

    def __init__(self, path: Path, zip_file: zipfile.ZipFile) -> None:
        self._path = path
        self._zip = zip_file

    def size(self, name: str) -> int:
        """Bytes of a member."""
        return self._zip.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """A member whole.

        Raises:
            ModelFileError: It does not match its checksum, or is not as long as declared.
        """
        return b"".join(self._pieces(name))

    def sha256(self, name: str) -> str:
        """SHA-256 of a member, read piece by piece."""
        digest = hashlib.sha256()
        for piece in self._pieces(name):
            digest.update(piece)
        return digest.hexdigest()

    def _pieces(self, name: str) -> Iterator[bytes]:
        bytes_left = self.size(name)
        try:  # RuntimeError: a compression or an encryption that zipfile cannot read
            with self._zip.open(name) as stream:
                while piece := stream.read(_PIECE_BYTES):
                    bytes_left -= len(piece)
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as problem:
            raise damage_error(self._path, f"{name} cannot be read ({problem})") from None
        if bytes_left != 0:
            raise damage_error(self._path, f"{name} does not have its declared length")


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Check kind, size, names and sizes, in this order, then give access to the members.

    Raises:
        ModelFileError: Not there, not a model file, or not laid out as Reelwise writes it.
    """
    with _open_regular(path) as stream:
        _check_kind(path, stream)
        _check_end(path, stream)
        try:  # RuntimeError: it needs a later version of zip
            zip_file = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as problem:
            raise damage_error(path, f"its table of contents cannot be read ({problem})") from None
        _check_members(path, zip_file.infolist(), os.fstat(stream.fileno()).st_size)
        yield Archive(path, zip_file)


def damage_error(path: Path, what: str) -> ModelFileError:
    """The error for a file that is not as Reelwise wrote it."""
    return ModelFileError(f"{path}: {what}: the file is damaged or was changed.", hint=_RETRAIN)


def _open_regular(path: Path) -> IO[bytes]:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise ModelFileError(f"{path}: is a folder, expected a model file.", hint="Name the model.keras in it.")
        if not stat.S_ISREG(kind):
            raise ModelFileError(f"{path}: is not an ordinary file.", hint="Copy it to disk first.")
        return path.open("rb")
    except FileNotFoundError:
        raise ModelFileError(f"{path}: there is no such file.", hint="Check the spelling of the path.") from None
    except (OSError, ValueError) as problem:
        raise ModelFileError(f"{path}: cannot be opened ({problem}).", hint="Check its permissions.") from None


def _name_of(path: Path, head: bytes) -> str:
    kind = file_kind(head)
    if kind is not None:
        return kind.name
    return "a text" if is_text(head) else "a video" if is_video(path) else "something else"


def _check_kind(path: Path, stream: IO[bytes]) -> None:
    size = os.fstat(stream.fileno()).st_size
    if size > MAX_FILE_BYTES:
        raise ModelFileError(f"{path}: {size:,} bytes, a model file has at most {MAX_FILE_BYTES:,}.")
    head = stream.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return
    name = _name_of(path, head) if size else "an empty file"
    hint = "Name a model.keras that `reelwise train` wrote; `reelwise info` tells what a file is."
    raise ModelFileError(f"{path}: this is {name}, not a model file of Reelwise.", hint=hint)


def _check_end(path: Path, stream: IO[bytes]) -> None:
    """The last 22 bytes hold the length of the table of contents; it is limited before the table is read."""
    size = stream.seek(0, os.SEEK_END)
    if size < _END.size:
        raise damage_error(path, "it is too short")
    stream.seek(size - _END.size)
    magic, disk, first_disk, here, total, length, offset, comment = _END.unpack(stream.read(_END.size))
    if magic != b"PK\x05\x06" or comment:
        raise damage_error(path, "its end is missing")
    if (disk, first_disk) != (0, 0) or here != total or offset + length + _END.size != size:
        raise damage_error(path, "its table of contents is not where it should be")
    if length > _MAX_DIRECTORY_BYTES:
        raise _foreign(path, f"holds {total} files")
    stream.seek(0)


def _check_members(path: Path, members: list[zipfile.ZipInfo], size: int) -> None:
    names = [item.filename for item in members]
    if DOCUMENT not in names:
        what = "was saved by Keras itself" if "config.json" in names else "is a zip without reelwise.json"
        raise _foreign(path, what)
    if sorted(names) != sorted(MEMBERS):
        odd = sorted(set(names) ^ set(MEMBERS)) or ["one of them twice"]
        raise damage_error(
            path, f"it does not hold exactly the {len(MEMBERS)} members of a model file ({odd[0][:60]!r})"
        )
    for item in members:
        if item.compress_type != zipfile.ZIP_STORED or item.file_size != item.compress_size:
            raise damage_error(path, f"{item.filename} was packed again by another program")
        if item.flag_bits or item.extra or item.comment or item.is_dir():
            raise damage_error(path, f"{item.filename} is marked in a way that Reelwise does not write")
        if item.file_size > _MAX_BYTES.get(item.filename, MAX_FILE_BYTES):
            raise damage_error(path, f"{item.filename} has {item.file_size:,} bytes, more than is allowed")
    if sum(item.file_size for item in members) > size:
        raise damage_error(path, "its members are larger than the file")


def _foreign(path: Path, what: str) -> ModelFileError:
    hint = "Name a model.keras that `reelwise train` wrote. Files of other tools are never loaded: they can run code."
    return ModelFileError(f"{path}: {what}; it is not a model file of Reelwise.", hint=hint)
