"""How the camera moved from one frame to another: optical flow, and the one motion that explains most of it."""

import functools
from dataclasses import dataclass

import cv2
import numpy as np

_CELL = 4
"""Pixels along each side of the cells over which flow is averaged: 900 of them in 160x90."""

_LEAST_SIDE = 24
"""Pixels of the shorter side, to which smaller pictures are enlarged: the flow's patches do not fit into less."""

_LEAST_GRADIENT = 1.5
"""Mean difference of neighbouring pixels in grey levels from which on a cell has something to follow."""

_LEAST_CELLS = 24
"""Cells with something to follow, from which on the motion of a camera is known."""

_FINEST_SCALE = 1
"""Flow at half the pixels of the picture: pans and zooms come out within 1 to 5 %, with a quarter of them 3 to 30 %."""

_ROUNDS = 3
"""Of fitting, each without the outliers of the one before."""

_INLIER_PIXELS = 0.35
"""A cell that is further off than this, and than a sixth of the motion, moves by itself."""

_STILL_PIXELS, _MOVED_PIXELS = 0.1, 0.25
"""A cell that moves less than the first, where the camera would move it by more than the second, stands still."""

_STILL_SHARE = 0.3
"""Of the cells: with so many that stand still, the camera stands, and something large moves before it."""

_UNEXPLAINED_SHARE = 0.55
"""Of the contrast: a picture that the flow leaves so different is another scene."""


@dataclass(frozen=True)
class CameraStep:
    """What happened between two frames.

    Args:
        right: How far the camera turned to the right, in widths of the picture: what is seen moves to the left.
        down: How far it turned down, in widths.
        zoom: By which part it came nearer: 0.01 where everything is 1 % larger.
        share: Part of the cells that follow it, in [0, 1].
    """

    right: float
    down: float
    zoom: float
    share: float


STANDSTILL = CameraStep(0.0, 0.0, 0.0, 1.0)


class CameraMeter:
    """Measures the camera between frames.

    Dense inverse search gives the flow; a shift, zoom and roll are fitted to the cells that have texture, by least
    squares without outliers, beginning at the median.

    Source: Kroeger et al. 2016, "Fast optical flow using dense inverse search", arXiv:1603.03590 (OpenCV's, ultrafast).
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._flow.setFinestScale(_FINEST_SCALE)

    def measure(self, before: np.ndarray, after: np.ndarray) -> CameraStep | None:
        """The motion of the camera; None where the flow does not explain the picture, as at a cut.

        Args:
            before: (H, W) uint8.
            after: (H, W) uint8.
        """
        before, after = _at_least_24(before), _at_least_24(after)
        flow = self._flow.calc(before, after, None)  # pyright: ignore[reportArgumentType, reportCallIssue]
        if not np.isfinite(flow).all():
            return None
        cells = _Cells.of(before, flow)
        if not cells.explains(before, after):
            return None
        return cells.fit(before.shape[1])


@dataclass(frozen=True, eq=False)
class _Grid:
    """Where the cells of a picture are; the same for all of a video.

    Args:
        size_wh: Cells across and down.
        x: (K,) float64 pixels from the middle of the picture.
        y: (K,) float64.
        sources: (2, K) float32: the pixel in the middle of each cell, x and y.
        indices: (K,) int64: the same in the flattened picture.
    """

    size_wh: tuple[int, int]
    x: np.ndarray
    y: np.ndarray
    sources: np.ndarray
    indices: np.ndarray


@functools.lru_cache(maxsize=8)
def _grid(height: int, width: int) -> _Grid:
    size_wh = max(1, width // _CELL), max(1, height // _CELL)
    across = (np.arange(size_wh[0], dtype=np.float32) + 0.5) * (width / size_wh[0])
    down = (np.arange(size_wh[1], dtype=np.float32) + 0.5) * (height / size_wh[1])
    x, y = (axis.ravel() for axis in np.meshgrid(across, down))
    sources = np.stack([x, y]).astype(np.int64)
    indices = sources[1] * width + sources[0]
    return _Grid(size_wh, _around_mean(x), _around_mean(y), sources.astype(np.float32), indices)


def _around_mean(places: np.ndarray) -> np.ndarray:
    return (places - places.mean()).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Cells:
    """The flow in cells.

    Args:
        grid: Where the cells are.
        flow: (2, K) float32, x and y.
        has_texture: (K,) bool.
    """

    grid: _Grid
    flow: np.ndarray
    has_texture: np.ndarray

    @classmethod
    def of(cls, picture: np.ndarray, flow: np.ndarray) -> "_Cells":
        grid = _grid(*picture.shape)
        inner = picture[:-1, :-1]
        steps = cv2.addWeighted(
            cv2.absdiff(picture[:-1, 1:], inner), 0.5, cv2.absdiff(picture[1:, :-1], inner), 0.5, 0.0
        )
        gradient = cv2.resize(steps, grid.size_wh, interpolation=cv2.INTER_AREA).reshape(-1)
        small_flow = cv2.resize(flow, grid.size_wh, interpolation=cv2.INTER_AREA).reshape(-1, 2)
        return cls(grid, np.ascontiguousarray(small_flow.T), gradient >= _LEAST_GRADIENT)

    def explains(self, before: np.ndarray, after: np.ndarray) -> bool:
        """Whether what the flow points at looks as what it comes from, but for brightness."""
        height, width = before.shape
        targets = self.grid.sources + self.flow
        x, y = targets
        is_inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
        num_inside = np.count_nonzero(is_inside)
        if num_inside < 0.5 * len(is_inside):
            return False
        old = before.reshape(-1)[self.grid.indices].astype(np.float32)
        new = cv2.remap(after, x[None], y[None], cv2.INTER_LINEAR)[0].astype(np.float32)
        if num_inside < len(is_inside):
            old, new = old[is_inside], new[is_inside]
        contrast = max(_mean_deviation(old), _mean_deviation(new), 4.0)
        return bool(_mean_deviation(new - old) < _UNEXPLAINED_SHARE * contrast)

    def fit(self, width: int) -> CameraStep | None:
        """Shift, zoom and roll of most cells; None where there is too little to follow."""
        num_cells = np.count_nonzero(self.has_texture)
        if num_cells < _LEAST_CELLS:
            return None
        x, y, (u, v) = self.grid.x[self.has_texture], self.grid.y[self.has_texture], self.flow[:, self.has_texture]
        table = np.stack([np.ones(num_cells), x, y, u, v])  # (5, K) float64
        motion = _Motion(_median(u), _median(v), 0.0, 0.0)
        for _ in range(_ROUNDS):
            squares = motion.squared_errors(table)
            middle = np.partition(squares, (num_cells - 1) // 2)[(num_cells - 1) // 2]
            motion = _fit_motion(table[:, squares <= max(motion.squared_reach, middle)])
        share = np.count_nonzero(motion.squared_errors(table) <= motion.squared_reach) / num_cells
        is_still = u * u + v * v < _STILL_PIXELS**2
        should_move = motion.squared_lengths(table) > _MOVED_PIXELS**2
        if np.count_nonzero(is_still & should_move) > _STILL_SHARE * num_cells:
            return CameraStep(0.0, 0.0, 0.0, np.count_nonzero(is_still) / num_cells)
        return CameraStep(-motion.right / width, -motion.down / width, motion.zoom, share)


@dataclass(frozen=True)
class _Motion:
    """What happens to a picture: a shift in pixels, growth and roll around its middle."""

    right: float
    down: float
    zoom: float
    roll: float

    @property
    def squared_reach(self) -> float:
        """How far a cell may be off that follows, squared."""
        return max(_INLIER_PIXELS**2, (self.right**2 + self.down**2) / 36)

    def squared_errors(self, table: np.ndarray) -> np.ndarray:
        """(K,) how far each cell is from where this moves it, squared."""
        off_x = table[3] - self._across(table)
        off_y = table[4] - self._down(table)
        return off_x * off_x + off_y * off_y

    def squared_lengths(self, table: np.ndarray) -> np.ndarray:
        """(K,) how far this moves each cell, squared."""
        across, down = self._across(table), self._down(table)
        return across * across + down * down

    def _across(self, table: np.ndarray) -> np.ndarray:
        return self.right + self.zoom * table[1] - self.roll * table[2]

    def _down(self, table: np.ndarray) -> np.ndarray:
        return self.down + self.zoom * table[2] + self.roll * table[1]


def _fit_motion(table: np.ndarray) -> _Motion:
    """Least squares over all cells of a table: (5, K) ones, x, y, and flow along both."""
    products = (table @ table.T).tolist()  # sums of products of any two rows
    count, x, y, u, v = products[0]
    spread = products[1][1] + products[2][2] - (x * x + y * y) / count
    spread = spread if spread > 0 else 1.0
    zoom = (products[1][3] + products[2][4] - (x * u + y * v) / count) / spread
    roll = (products[1][4] - products[2][3] - (x * v - y * u) / count) / spread
    return _Motion((u - zoom * x + roll * y) / count, (v - zoom * y - roll * x) / count, zoom, roll)


def _median(values: np.ndarray) -> float:
    """As numpy's, which spends ten times as long on a thousand numbers."""
    low, high = (len(values) - 1) // 2, len(values) // 2
    parts = np.partition(values, (low, high))
    return (float(parts[low]) + float(parts[high])) / 2


def _mean_deviation(values: np.ndarray) -> float:
    """Mean absolute distance from the mean."""
    return float(np.abs(values - values.sum() / len(values)).sum()) / len(values)


def _at_least_24(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    if min(height, width) >= _LEAST_SIDE:
        return picture
    return cv2.resize(picture, (max(width, _LEAST_SIDE), max(height, _LEAST_SIDE)), interpolation=cv2.INTER_LINEAR)
