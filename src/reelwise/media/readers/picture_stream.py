"""The pictures of a folder as one stream for FFmpeg: each is a packet of an AVI that nobody writes."""

import errno
import os
import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import VideoError
from reelwise.media.file_access import open_input
from reelwise.media.frame_folders import FrameFolder, frame_folder_from_json

_CODECS = (
    (b"\x89PNG\r\n\x1a\n", "png", b"MPNG"),
    (b"\xff\xd8\xff", "mjpeg", b"MJPG"),
    (b"II*\0", "tiff", b"tiff"),
    (b"MM\0*", "tiff", b"tiff"),
)
"""First bytes of a picture, the one decoder that may run, and its name in an AVI."""

_MOST_BYTES = 1 << 29
"""Of one picture: the largest that is decoded has 283 MB, as 16 bit PNG that does not compress."""

_NUM_NAMED = 3


class PictureStream(ClosesOnExit):
    """What FFmpeg reads in place of a file: the header of an AVI, and a packet for each picture.

    The times are those of the packets' places, exact at any rate. A picture is opened when its turn comes, and only one
    is in memory. One that cannot be opened is a packet that does not decode, so that those behind it keep their times.

    Args:
        frames: The pictures.
        size_bytes: Of all of them.

    Raises:
        VideoError: None of them is of a kind that is read.
    """

    def __init__(self, frames: FrameFolder, size_bytes: int) -> None:
        self.name = "pictures.avi"
        self.frames = frames
        self.size_bytes = size_bytes
        self.codec, tag = self._codec_of_first()
        self._refusals: dict[int, str] = {}
        self._at_decoder: dict[int, None] = {}
        self._pieces = self._make_pieces(tag)
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        part, self._rest = bytes(self._rest[:size]), self._rest[size:]
        return part

    def close(self) -> None:
        """Let go of the picture in memory."""
        self._rest = memoryview(b"")

    def path_at(self, number: int) -> Path:
        """The picture with a number from 0, which is the time of its packet."""
        return self.frames.folder / self.frames.names[number]

    def note_packet(self, number: int | None) -> None:
        """Note that a picture goes to the decoder."""
        if number is not None:
            self._at_decoder[number] = None

    def note_frame(self, number: int | None, *, is_whole: bool) -> None:
        """Note that a picture came from the decoder; one that is partly made up counts as damaged."""
        if is_whole and number is not None:
            self._at_decoder.pop(number, None)

    def damaged_names(self) -> str:
        """The pictures that were opened and did not decode so far; empty where there are none."""
        names = [self.frames.names[number] for number in self._at_decoder if number not in self._refusals]
        return _list_some(names)

    def notes(self) -> list[str]:
        """Sentences for a person, with the pictures that could not be opened or decoded so far."""
        notes = self.frames.notes()
        if self._refusals:
            notes.append(f"not opened: {_list_some(list(self._refusals.values()))}.")
        if names := self.damaged_names():
            notes.append(f"not decoded: {names}.")
        return notes

    def _codec_of_first(self) -> tuple[str, bytes]:
        for path in self.frames.paths[:100]:
            try:
                with open_input(path) as stream:
                    head = stream.read(8)
            except OSError:
                continue
            for mark, codec, tag in _CODECS:
                if head.startswith(mark):
                    return codec, tag
        reason = "its numbered pictures are no JPEG, PNG or TIFF files, or may not be read"
        raise VideoError(f"{self.frames.folder.name}: {reason}.", hint="Save them as PNG or JPEG.")

    def _make_pieces(self, tag: bytes) -> Iterator[bytes]:
        yield _header(tag, self.frames.frame_rate)
        for number, path in enumerate(self.frames.paths):
            yield _chunk(b"00dc", self._content(number, path))

    def _content(self, number: int, path: Path) -> bytes:
        try:
            with open_input(path) as stream:
                if os.fstat(stream.fileno()).st_size > _MOST_BYTES:
                    raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
                content = stream.read()
        except OSError as error:
            self._refusals[number] = f"{path.name} ({(error.strerror or str(error)).lower()})"
            return b"\0"
        return content or b"\0"  # a packet of no bytes would be passed over, and with it its time


def open_pictures(path: Path) -> PictureStream | None:
    """The pictures of a folder that is read as a video; None for anything else.

    Raises:
        VideoError: None of the pictures is of a kind that is read.
    """
    try:
        if not os.path.isdir(path):  # noqa: PTH112
            return None
        with open_input(path) as stream:
            content = stream.read()
    except (OSError, ValueError):
        return None
    return PictureStream(*frame_folder_from_json(path, content))


def _header(tag: bytes, rate: Fraction) -> bytes:
    """The beginning of an AVI of unknown length with one video stream. Source: Microsoft's RIFF documentation."""
    main = struct.pack("<14I", *(0,) * 6, 1, *(0,) * 7)
    stream = b"vids" + tag + struct.pack("<8I", 0, 0, 0, rate.denominator, rate.numerator, 0, 0, 0)
    stream += struct.pack("<iI4H", -1, 0, 0, 0, 0, 0)
    bitmap = struct.pack("<IiiHH4sIiiII", 40, 0, 0, 1, 24, tag, 0, 0, 0, 0, 0)
    streams = _chunk(b"LIST", b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", bitmap))
    head = _chunk(b"LIST", b"hdrl" + _chunk(b"avih", main) + streams)
    return b"RIFF\0\0\0\0AVI " + head + b"LIST\0\0\0\0movi"


def _list_some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NUM_NAMED} more" if len(names) > _NUM_NAMED else ""
    return ", ".join(names[:_NUM_NAMED]) + more


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
