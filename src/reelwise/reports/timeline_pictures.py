"""Small pictures inside timeline.html; the larger ones are linked."""

import base64
import io
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from reelwise.analysis.formats.pictures import SizeWH, picture_path, read_thumbnail
from reelwise.analysis.formats.text import markdown_address

_MAX_BYTES = 3_300_000
"""Of all tiles: base64 makes 4.4 MB of it, which leaves 3.6 of the page's 8 MB for curves and items."""

_TILE_WIDTHS = (200, 160, 128, 96, 72, 48)
"""Pixels, largest first; the first one at which all pictures fit is taken."""

_QUALITY = 60
"""Of WebP, 0 to 100: a tile of 160x90 takes about 2 kB."""

_NUM_THREADS = 2
"""As many as the smallest machine has cores."""

_SAMPLE = 16
"""Pictures that tell how large the tiles of a width will be."""

_FRAME_IN_NAME = re.compile(r"frame_(\d{1,9})_")


def picture_tiles(folder: Path, pictures: Iterable[tuple[str | None, int]], frame_wh: SizeWH) -> dict[str, Any]:
    """The pictures that an analysis names, each once, in order of time.

    Args:
        folder: Of analysis.json.
        pictures: Name relative to the folder, and the first frame of the item that it belongs to.
        frame_wh: Width and height of the video.

    Returns:
        ``names``, their ``links``, ``frames`` which they show, ``tiles`` as base64 of WebP (None for some where they
        do not all fit), and ``size`` of a tile.
    """
    frame_of = {name: _frame_of(name, start) for name, start in reversed(list(pictures)) if name}
    names = sorted((name for name in frame_of if picture_path(folder, name)), key=lambda name: (frame_of[name], name))
    size, tiles = _fitting_tiles(folder, names, frame_wh)
    return {
        "names": names,
        "links": [markdown_address(name) for name in names],
        "frames": [frame_of[name] for name in names],
        "tiles": tiles,
        "size": list(size),
    }


def _frame_of(name: str, start: int) -> int:
    match = _FRAME_IN_NAME.search(name)
    return int(match[1]) if match else start


def _fitting_tiles(folder: Path, names: Sequence[str], frame_wh: SizeWH) -> tuple[SizeWH, list[str | None]]:
    """The largest tiles that fit; if even the smallest do not, evenly chosen ones of them."""
    size = tile_size(_TILE_WIDTHS[0], frame_wh)
    for width in _TILE_WIDTHS:
        size = tile_size(width, frame_wh)
        sample = [_tile(folder, name, size) for name in names[:: max(1, len(names) // _SAMPLE)]]
        if sum(map(len, sample)) / max(1, len(sample)) * len(names) > _MAX_BYTES:
            continue
        with ThreadPoolExecutor(_NUM_THREADS) as threads:  # Pillow and libwebp hold no lock while they work
            tiles = list(threads.map(partial(_tile, folder, size=size), names))
        if sum(map(len, tiles)) <= _MAX_BYTES:
            return size, [_text(tile) for tile in tiles]
    return size, _some_tiles(folder, names, size)


def _some_tiles(folder: Path, names: Sequence[str], size: SizeWH) -> list[str | None]:
    sample = [len(_tile(folder, name, size)) for name in names[:: max(1, len(names) // _SAMPLE)]]
    # One and a half: the sample may be of the smaller ones.
    every = -(-int(1.5 * sum(sample) / len(sample) * len(names)) // _MAX_BYTES)
    left = _MAX_BYTES
    tiles: list[str | None] = []
    for index, name in enumerate(names):
        tile = _tile(folder, name, size) if index % every == 0 else b""
        left -= len(tile)
        tiles.append(_text(tile) if left >= 0 else None)
    return tiles


def tile_size(width: int, frame_wh: SizeWH) -> SizeWH:
    """Width and height of a tile: the shape of the frame, its longer side at most ``width``.

    Example:
        >>> tile_size(160, (1920, 1080)), tile_size(160, (1080, 1920))
        ((160, 90), (90, 160))
    """
    longest = max(1, *frame_wh)
    return max(1, round(width * frame_wh[0] / longest)), max(1, round(width * frame_wh[1] / longest))


def _tile(folder: Path, name: str, size: SizeWH) -> bytes:
    """A picture as WebP; empty where it cannot be read."""
    path = picture_path(folder, name)
    picture = read_thumbnail(path, size) if path else None
    if picture is None:
        return b""
    content = io.BytesIO()
    picture.save(content, "WEBP", quality=_QUALITY, method=2)
    return content.getvalue()


def _text(tile: bytes) -> str | None:
    return base64.b64encode(tile).decode("ascii") if tile else None
