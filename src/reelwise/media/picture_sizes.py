"""Width and height of a JPEG or PNG file, from its header; nothing is decoded."""

import stat
from pathlib import Path
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_SEGMENTS = 200
"""Segments before the picture that are walked over: Exif and colour profiles take a few dozen at most."""

_NO_FRAME_HEADERS = (0xC4, 0xC8, 0xCC)
"""Markers among those of frame headers that stand for tables. Source: ITU-T T.81, table B.1."""


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height; None where it is no ordinary file of one of the two formats or is damaged."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as stream:
            head = stream.read(24)
            if head.startswith(_PNG):
                return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])
            return _jpeg_size(stream) if head.startswith(b"\xff\xd8\xff") else None
    except OSError:
        return None


def _jpeg_size(stream: BinaryIO) -> tuple[int, int] | None:
    stream.seek(2)
    for _ in range(_MOST_SEGMENTS):
        start = stream.read(4)
        if len(start) < 4 or start[0] != 0xFF:
            return None
        if 0xC0 <= start[1] <= 0xCF and start[1] not in _NO_FRAME_HEADERS:
            facts = stream.read(5)
            return int.from_bytes(facts[3:5]), int.from_bytes(facts[1:3])
        stream.seek(max(0, int.from_bytes(start[2:4]) - 2), 1)
    return None
