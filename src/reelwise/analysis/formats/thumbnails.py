"""WebVTT with small pictures on sprite sheets, which players show above their seek bar."""

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from reelwise.analysis.formats.cues import player_clock
from reelwise.analysis.formats.format import ExportFormat, Files, FormatError
from reelwise.analysis.formats.pictures import SizeWH, picture_path, read_thumbnail
from reelwise.analysis.formats.tracks import segment_tracks, video_edges
from reelwise.analysis.results import Analysis, Moment

_TILE_WIDTH = 160
"""Pixels: what players show, and 10 of them beside each other are decoded by every phone."""

_MAX_TILE_HEIGHT = 4 * _TILE_WIDTH
"""Pixels: of a picture that is more upright than any screen."""

_COLUMNS, _ROWS = 10, 10
_TILES = _COLUMNS * _ROWS
"""Tiles of a sheet: 1600 by 900 pixels, about 200 kB."""

_MAX_TILES = 2000
"""Pictures at most, evenly chosen from more: 20 sheets."""

_JPEG_QUALITY = 75
"""Of Pillow: no blocks that a small picture shows."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``thumbnails.vtt`` and its sheets ``thumbnails.jpg``, ``thumbnails-2.jpg`` and so on.

    Each picture is shown from its frame to that of the next one; the first from the beginning. They are those of even
    steps through the video; an analysis from before they were kept has its keyframes or shots instead.

    Raises:
        FormatError: There are no pictures, or frames are too short for milliseconds.
    """
    size = _tile_size(analysis)
    sheets = _Sheets(size)
    moments = [moment for moment, picture in _pictures(analysis) if sheets.add(picture_path(folder, picture))]
    if not moments:
        raise FormatError("it is made of pictures, and there are none.", hint="Analyze with keyframes in --do.")
    first, last = video_edges(analysis)
    clock = player_clock(analysis)
    edges = [clock.units(moment) for moment in (first, *moments[1:], last)]
    lines = ["WEBVTT", ""]
    for number, (start, end) in enumerate(itertools.pairwise(edges)):
        lines += [f"{clock.text(start)} --> {clock.text(end)}", sheets.address(number), ""]
    return {"thumbnails.vtt": "\n".join(lines), **sheets.files()}


def _pictures(analysis: Analysis) -> list[tuple[Moment, str]]:
    """One per frame, in order of time, not too many."""
    num_frames = analysis.media.num_frames
    candidates = (
        {moment.frame: (moment, picture) for moment, picture in source if picture and 0 <= moment.frame < num_frames}
        for source in _picture_sources(analysis)
    )
    by_frame = next((pictures for pictures in candidates if pictures), {})
    pictures = [by_frame[frame] for frame in sorted(by_frame)]
    return pictures[:: -(-len(pictures) // _MAX_TILES) or 1]


def _picture_sources(analysis: Analysis) -> Iterator[list[tuple[Moment, str | None]]]:
    """The strip, else keyframes, else shots."""
    yield [(each.moment, each.picture) for each in analysis.strip]
    for track in sorted(segment_tracks(analysis), key=lambda track: track.id != "keyframes"):
        if track.id in ("keyframes", "shots"):
            yield [(item.start, item.picture) for item in track.items]


def _tile_size(analysis: Analysis) -> SizeWH:
    height = round(_TILE_WIDTH * analysis.media.height / max(1, analysis.media.width))
    return _TILE_WIDTH, min(max(1, height), _MAX_TILE_HEIGHT)


class _Sheets:
    """Sprite sheets, filled row by row; a full one is compressed at once."""

    def __init__(self, size: SizeWH) -> None:
        self._size = size
        self._num_tiles = 0
        self._sheet = self._new_sheet()
        self._full_sheets: list[bytes] = []

    def add(self, path: Path | None) -> bool:
        """Put a picture on the next tile; False where it cannot be read."""
        picture = read_thumbnail(path, self._size) if path else None
        if picture is None:
            return False
        if self._num_tiles and self._num_tiles % _TILES == 0:
            self._full_sheets.append(self._compress())
            self._sheet = self._new_sheet()
        self._sheet.paste(picture, self._corner(self._num_tiles))
        self._num_tiles += 1
        return True

    def address(self, tile: int) -> str:
        """Where a tile is, as a media fragment of its sheet."""
        x, y = self._corner(tile)
        return f"{self._name(tile // _TILES)}#xywh={x},{y},{self._size[0]},{self._size[1]}"

    def files(self) -> Files:
        """All sheets."""
        return {self._name(number): sheet for number, sheet in enumerate([*self._full_sheets, self._compress()])}

    def _corner(self, tile: int) -> tuple[int, int]:
        row, column = divmod(tile % _TILES, _COLUMNS)
        return column * self._size[0], row * self._size[1]

    def _name(self, sheet: int) -> str:
        return f"thumbnails-{sheet + 1}.jpg" if sheet else "thumbnails.jpg"

    def _new_sheet(self) -> Image.Image:
        return Image.new("RGB", (_COLUMNS * self._size[0], _ROWS * self._size[1]))

    def _compress(self) -> bytes:
        num_tiles = (self._num_tiles - 1) % _TILES + 1
        num_rows = -(-num_tiles // _COLUMNS)
        buffer = io.BytesIO()
        box = (0, 0, min(num_tiles, _COLUMNS) * self._size[0], num_rows * self._size[1])
        self._sheet.crop(box).save(buffer, "JPEG", quality=_JPEG_QUALITY)
        return buffer.getvalue()


FORMAT = ExportFormat(
    "webvtt_thumbnails",
    ("thumbnails.vtt", "thumbnails.jpg", "thumbnails-*.jpg"),
    "small pictures above a player's seek bar",
    write,
)
