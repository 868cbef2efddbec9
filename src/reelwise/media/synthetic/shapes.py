"""Shapes and backgrounds of made-up videos."""

import numpy as np

SHAPES: tuple[tuple[tuple[float, float], ...], ...] = (
    ((-0.5, -1), (1, 0), (-0.5, 1), (-0.2, 0)),  # an arrow head
    ((-1, -1), (-0.3, -1), (-0.3, 0.4), (1, 0.4), (1, 1), (-1, 1)),  # an L
    ((-1, -0.4), (0.2, -0.4), (0.2, -1), (1, 0), (0.2, 1), (0.2, 0.4), (-1, 0.4)),  # an arrow
    ((-1, -1), (1, -0.6), (0.4, 1)),  # a crooked triangle
)
"""Corners (x, y) in [-1, 1]; none looks the same after a part of a turn, so that every rotation is visible."""


def shape_mask(
    size_hw: tuple[int, int], corners: np.ndarray, centre_xy: tuple[float, float], radius: float, angle: float
) -> np.ndarray:
    """Where a shape covers a frame whose opposite edges are joined: what leaves at one side comes in at the other.

    Args:
        size_hw: Height and width of the frame.
        corners: (K, 2) x, y of the shape's corners in [-1, 1].
        centre_xy: Its middle in pixels, anywhere.
        radius: Half of its size in pixels.
        angle: Radians, clockwise on the screen.

    Returns:
        (H, W) float32 in [0, 1]; edges are smooth over a pixel.
    """
    height, width = size_hw
    x = (np.arange(width) - centre_xy[0] + width / 2) % width - width / 2
    y = (np.arange(height) - centre_xy[1] + height / 2) % height - height / 2
    cosine, sine = np.cos(angle), np.sin(angle)
    rotated_corners = corners @ np.array([[cosine, sine], [-sine, cosine]]) * radius  # (K, 2)
    near_x, near_y = np.flatnonzero(np.abs(x) < 1.5 * radius + 1), np.flatnonzero(np.abs(y) < 1.5 * radius + 1)
    mask = np.zeros(size_hw, np.float32)
    distance = _signed_distance(x[None, near_x], y[near_y, None], rotated_corners)
    mask[np.ix_(near_y, near_x)] = np.clip(0.5 - distance, 0, 1)
    return mask


def _signed_distance(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Distance in pixels to a polygon, negative inside (Inigo Quilez, "2D distance functions", polygon)."""
    nearest = np.full(np.broadcast_shapes(x.shape, y.shape), np.inf)
    inside = np.zeros(nearest.shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, 1, axis=0), strict=True):
        edge_x, edge_y = x1 - x0, y1 - y0
        along = np.clip(((x - x0) * edge_x + (y - y0) * edge_y) / (edge_x**2 + edge_y**2), 0, 1)
        nearest = np.minimum(nearest, (x - x0 - along * edge_x) ** 2 + (y - y0 - along * edge_y) ** 2)
        if y1 != y0:
            crosses = ((y0 > y) != (y1 > y)) & (x < edge_x * (y - y0) / edge_y + x0)
            inside ^= crosses
    return np.where(inside, -1.0, 1.0) * np.sqrt(nearest)


def textured_background(rng: np.random.Generator, size_hw: tuple[int, int]) -> np.ndarray:
    """A static background of soft coloured patches and fine grain.

    Returns:
        (H, W, 3) float32 in [0, 255].
    """
    height, width = size_hw
    patches = rng.uniform(0, 1, (5, 5, 3))
    rows, columns = np.linspace(0, 3.999, height), np.linspace(0, 3.999, width)
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = patches[top][:, left] * (1 - right) + patches[top][:, left + 1] * right
    lower = patches[top + 1][:, left] * (1 - right) + patches[top + 1][:, left + 1] * right
    background = upper * (1 - down) + lower * down  # (H, W, 3)
    contrast, light = rng.uniform(40, 140), rng.uniform(60, 150)
    grain = rng.normal(0, rng.uniform(1, 8), (height, width, 1))
    return np.clip((background - 0.5) * contrast + light + grain, 0, 255).astype(np.float32)
