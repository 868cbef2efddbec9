"""Lines of text in a dark box in the upper left corner of a picture."""

import functools
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import ImageFont

_BRIGHTNESS = 0.4
"""Of the picture behind the text: dark enough that white text is legible on white, and the picture is still seen."""

_SMALLEST_TEXT, _PIXELS_PER_STEP = 8, 45
"""Pixels of the font in a picture without height, and pixels of the picture for one more: 12 at 180, 32 at 1080."""


@dataclass(frozen=True, eq=False)
class TextBox:
    """A box with text, as it will stand in a picture.

    Args:
        top_left: Row and column of its corner.
        dim: (h, w, 1) float32 in [0, 1]: how much of the picture's brightness is left.
        light: (h, w, 1) float32 in [0, 255]: what the text adds.
    """

    top_left: tuple[int, int]
    dim: np.ndarray
    light: np.ndarray

    def paint(self, picture: np.ndarray) -> None:
        """Put it into a picture.

        Args:
            picture: (H, W, 3) uint8 RGB, changed in place; of the size that the box was made for.
        """
        (top, left), (height, width) = self.top_left, self.dim.shape[:2]
        place = picture[top : top + height, left : left + width]
        place[:] = place * self.dim + self.light


def make_text_box(lines: Sequence[str], size_hw: tuple[int, int]) -> TextBox:
    """The box for a picture, no larger than its text; what does not fit into the picture is cut.

    Args:
        lines: Text; not empty.
        size_hw: Height and width of the picture.
    """
    from PIL import Image, ImageDraw

    text_size = round(_SMALLEST_TEXT + min(size_hw) / _PIXELS_PER_STEP)
    font, row, padding = _font(text_size), round(text_size * 1.4), round(text_size * 0.5)
    margin = min(padding, (min(size_hw) - 1) // 2)
    max_height, max_width = (side - 2 * margin for side in size_hw)
    texts = [_shorten(_printable(line), font, max_width - 2 * padding) for line in lines]
    width = min(max_width, round(max(font.getlength(text) for text in texts)) + 2 * padding)
    height = min(max_height, row * len(texts) + padding)
    box, ink = Image.new("L", (width, height)), Image.new("L", (width, height))
    ImageDraw.Draw(box).rounded_rectangle((0, 0, width - 1, height - 1), radius=padding // 2, fill=255)
    draw = ImageDraw.Draw(ink)
    for number, text in enumerate(texts):
        draw.text((padding, padding // 2 + number * row + row // 2), text, fill=255, font=font, anchor="lm")
    shade = 1 - (1 - _BRIGHTNESS) * _share(box)
    return TextBox((margin, margin), shade * (1 - _share(ink)), 255 * _share(ink))


def _share(mask: object) -> np.ndarray:
    return np.asarray(mask, np.float32)[..., None] / 255


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else " " for c in line.encode("utf-8", "replace").decode())


def _shorten(text: str, font: "ImageFont.FreeTypeFont | ImageFont.ImageFont", max_width: int) -> str:
    """The text, or as much of its start as fits, with an ellipsis."""
    if font.getlength(text) <= max_width:
        return text
    while text and font.getlength(f"{text}…") > max_width:
        text = text[:-1]
    return f"{text.rstrip()}…"


@functools.cache
def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    from PIL import ImageFont

    path = _font_file()
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


def _font_file() -> Path | None:
    """The font that matplotlib brings, found without importing it."""
    spec = importlib.util.find_spec("matplotlib")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf" if folders else None
    return path if path and path.is_file() else None
