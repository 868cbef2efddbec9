"""64 numbers for a frame: a coarse, slightly blurred grey picture without brightness and contrast."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

GRID = 8
"""Cells along each side: what scaling, blur and a codec leave alone, and still enough to see motion."""

NUM_VALUES = GRID * GRID

THUMB = 32
"""Pixels along each side of the picture that the cells are means of."""

_BLUR = 2.0
"""Standard deviation in pixels of the 32, half a cell: a picture that is moved by a little stays alike."""

_CEILING = 2.5
"""Standard deviations beyond which a cell counts no more, so that a white logo does not outweigh the picture."""

MIN_CONTRAST = 2.0
"""Grey levels of standard deviation between the cells; a frame with less is plain, and its descriptor is zero."""


@dataclass(frozen=True)
class Geometry:
    """How the picture of a clip may lie in that of a film.

    Args:
        scale: Which part of the picture is taken, along each side; above 1 it is surrounded by its own edge.
        is_mirrored: Whether left and right are exchanged.
        has_border: Whether plain bars at its edges stay.
    """

    scale: float = 1.0
    is_mirrored: bool = False
    has_border: bool = False

    @property
    def cell_weights(self) -> np.ndarray:
        """(64,) float32: 0 at the edge of a picture that was cropped, where it shows nothing; a mean square of 1."""
        rim = int(self.scale > 1)
        weights = np.zeros((GRID, GRID), np.float32)
        weights[rim : GRID - rim, rim : GRID - rim] = GRID / (GRID - 2 * rim)
        return weights.ravel()


PLAIN = Geometry()

GEOMETRIES = tuple(
    Geometry(scale, is_mirrored, has_border)
    for scale, has_border in ((1.0, False), (0.9, False), (1 / 0.9, False), (0.8, False), (1 / 0.8, False), (1.0, True))
    for is_mirrored in (False, True)
)
"""What is tried of a clip; the films are stored as they are. A crop by a tenth is one by 0.9, or 0.8 of both sides."""


def describe(thumbs: np.ndarray, geometry: Geometry = PLAIN) -> tuple[np.ndarray, np.ndarray]:
    """Descriptors of small pictures.

    Args:
        thumbs: (N, 32, 32) float32 grey.
        geometry: Which part of the pictures, and whether mirrored.

    Returns:
        (N, 64) float32 of length 1, or zero where the picture is plain; (N,) float32 contrast in grey levels.

    Example:
        >>> thumbs = np.random.default_rng(0).uniform(0, 255, (1, 32, 32)).astype(np.float32)
        >>> first, second = describe(thumbs)[0], describe(thumbs / 2 + 20)[0]
        >>> bool(np.allclose(first, second, atol=1e-5))
        True
    """
    cells = thumbs.reshape(len(thumbs), -1) @ _cell_weights(geometry.scale)
    cells = cells - cells.mean(1, keepdims=True)
    contrast = cells.std(1)
    values = np.clip(cells / np.maximum(contrast, 1e-3)[:, None], -_CEILING, _CEILING)
    values -= values.mean(1, keepdims=True)
    values /= np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-6)
    values[contrast < MIN_CONTRAST] = 0
    return mirror(values) if geometry.is_mirrored else values, contrast


def mirror(values: np.ndarray) -> np.ndarray:
    """(N, 64): descriptors of the mirrored pictures."""
    return values.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(-1, NUM_VALUES)


@cache
def _cell_weights(scale: float) -> np.ndarray:
    """(1024, 64) float32: how much each pixel counts for each cell, made from what happens to single pixels."""
    pixels = np.eye(THUMB * THUMB, dtype=np.float32).reshape(-1, THUMB, THUMB)
    centre = (THUMB - 1) / 2
    matrix = np.array([[scale, 0, centre - scale * centre], [0, scale, centre - scale * centre]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    rows = []
    for pixel in pixels:
        scaled_pixel = pixel if scale == 1 else cv2.warpAffine(
            pixel, matrix, (THUMB, THUMB), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )  # fmt: skip
        soft = cv2.GaussianBlur(scaled_pixel, (0, 0), _BLUR, borderType=cv2.BORDER_REPLICATE)
        side = THUMB // GRID
        rows.append(soft.reshape(GRID, side, GRID, side).mean((1, 3)).ravel())
    return np.stack(rows)
