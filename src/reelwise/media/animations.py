"""Whether a GIF or PNG file holds several pictures, from its structure; nothing is decoded."""

import os
from typing import BinaryIO

_GIF = (b"GIF87a", b"GIF89a")
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BLOCKS = 100_000
"""Blocks that are walked over: 25 MB of one GIF picture."""


def is_picture_format(head: bytes) -> bool:
    """Whether a file begins as a GIF or PNG does, which hold one picture or several."""
    return head.startswith((*_GIF, _PNG))


def has_several_pictures(stream: BinaryIO, head: bytes) -> bool:
    """Whether a GIF has a second picture, or a PNG the chunk that announces several.

    Args:
        stream: The file; its place changes.
        head: Its first bytes.

    Raises:
        OSError: It cannot be read.
    """
    if head.startswith(_PNG):
        return _is_animated_png(stream)
    return _num_gif_pictures(stream) >= 2


def _is_animated_png(stream: BinaryIO) -> bool:
    """Whether ``acTL`` comes before the first picture. Source: PNG, third edition, section 11.3.6."""
    stream.seek(len(_PNG))
    for _ in range(_MOST_BLOCKS):
        header = stream.read(8)
        if len(header) < 8 or header[4:] == b"IDAT":
            return False
        if header[4:] == b"acTL":
            return int.from_bytes(stream.read(4)) > 1
        stream.seek(int.from_bytes(header[:4]) + 4, os.SEEK_CUR)
    return False


def _num_gif_pictures(stream: BinaryIO) -> int:
    """How many pictures there are, counted up to two. Source: the GIF89a specification, sections 18 to 27."""
    stream.seek(6)
    _skip_colours(stream, stream.read(7)[4:5])
    num_pictures = 0
    for _ in range(_MOST_BLOCKS):
        mark = stream.read(1)
        if mark == b",":
            num_pictures += 1
            if num_pictures == 2:
                break
            _skip_colours(stream, stream.read(9)[8:9])
            stream.seek(1, os.SEEK_CUR)  # the size of the first code
        elif mark == b"!":
            stream.seek(1, os.SEEK_CUR)  # which extension
        else:
            break
        _skip_blocks(stream)
    return num_pictures


def _skip_colours(stream: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        stream.seek(3 << (flags[0] & 7) + 1, os.SEEK_CUR)


def _skip_blocks(stream: BinaryIO) -> None:
    for _ in range(_MOST_BLOCKS):
        size = stream.read(1)
        if size in (b"", b"\0"):
            return
        stream.seek(size[0], os.SEEK_CUR)
