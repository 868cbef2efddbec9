"""The pictures beside an analysis.json, which a stranger may have written."""

from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

_MAX_PIXELS = 1 << 24
"""Of a picture beside an analysis: those that Reelwise makes have 320x320 at most."""

SizeWH = tuple[int, int]
"""Width and height in pixels, as Pillow orders them."""


def picture_path(folder: Path, picture: str | None) -> Path | None:
    """Where a picture lies; None where the name leads out of the folder or nothing is there."""
    if not picture:
        return None
    try:
        path = (folder / picture).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that is too long, or with a NUL
        return None


def read_thumbnail(path: Path, size: SizeWH) -> Image.Image | None:
    """A JPEG in a small size; None where it cannot be read."""
    try:
        with JpegImageFile(path) as picture:  # `Image.open` prints a warning of its own where a picture is large
            if picture.width * picture.height > _MAX_PIXELS:
                return None
            picture.draft("RGB", size)
            return picture.convert("RGB").resize(size, Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError):  # SyntaxError: Pillow's for what is no JPEG
        return None
