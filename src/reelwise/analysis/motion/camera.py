"""How the camera moved from one frame to another: optical flow, and the one motion that explains most of it."""

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
class _Cells:
    """The flow in cells.

    Args:
        places: (K, 2) float32, x and y of the middles, in pixels.
        flow: (K, 2) float32.
        has_texture: (K,) bool.
    """

    places: np.ndarray
    flow: np.ndarray
    has_texture: np.ndarray

    @classmethod
    def of(cls, picture: np.ndarray, flow: np.ndarray) -> "_Cells":
        height, width = picture.shape
        cells_wh = max(1, width // _CELL), max(1, height // _CELL)
        inner = picture[:-1, :-1]
        steps = cv2.addWeighted(
            cv2.absdiff(picture[:-1, 1:], inner), 0.5, cv2.absdiff(picture[1:, :-1], inner), 0.5, 0.0
        )
        gradient = cv2.resize(steps, cells_wh, interpolation=cv2.INTER_AREA).reshape(-1)
        small_flow = cv2.resize(flow, cells_wh, interpolation=cv2.INTER_AREA).reshape(-1, 2)
        x = (np.arange(cells_wh[0], dtype=np.float32) + 0.5) * (width / cells_wh[0])
        y = (np.arange(cells_wh[1], dtype=np.float32) + 0.5) * (height / cells_wh[1])
        places = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        return cls(places, small_flow, gradient >= _LEAST_GRADIENT)

    def explains(self, before: np.ndarray, after: np.ndarray) -> bool:
        """Whether what the flow points at looks as what it comes from, but for brightness."""
        height, width = before.shape
        source = self.places.astype(np.int32)
        target = source + self.flow
        is_inside = ((target >= 0) & (target <= (width - 1, height - 1))).all(axis=1)
        if is_inside.mean() < 0.5:
            return False
        old = before[source[is_inside, 1], source[is_inside, 0]].astype(np.float32)
        targets = target[is_inside].astype(np.float32)[None]
        new = cv2.remap(after, targets, None, cv2.INTER_LINEAR)[0].astype(np.float32)  # pyright: ignore[reportCallIssue, reportArgumentType]
        residual = np.abs(new - old - (new.mean() - old.mean())).mean()
        contrast = max(np.abs(old - old.mean()).mean(), np.abs(new - new.mean()).mean(), 4.0)
        return bool(residual < _UNEXPLAINED_SHARE * contrast)

    def fit(self, width: int) -> CameraStep | None:
        """Shift, zoom and roll of most cells; None where there is too little to follow."""
        places, flow = self.places[self.has_texture], self.flow[self.has_texture]
        if len(flow) < _LEAST_CELLS:
            return None
        middle = self.places.mean(axis=0)
        x, y = (places - middle).T.astype(np.float64)
        shift = np.median(flow, axis=0).astype(np.float64)
        zoom = roll = 0.0
        for _ in range(_ROUNDS):
            is_inlier, _ = _follow(x, y, flow, shift, zoom, roll)
            u, v, px, py = flow[is_inlier, 0], flow[is_inlier, 1], x[is_inlier], y[is_inlier]
            mean_u, mean_v, mean_x, mean_y = u.mean(), v.mean(), px.mean(), py.mean()
            dx, dy, du, dv = px - mean_x, py - mean_y, u - mean_u, v - mean_v
            spread = float((dx * dx + dy * dy).sum()) or 1.0
            zoom = float((dx * du + dy * dv).sum()) / spread
            roll = float((dx * dv - dy * du).sum()) / spread
            shift = np.array([mean_u - zoom * mean_x + roll * mean_y, mean_v - zoom * mean_y - roll * mean_x])
        _, share = _follow(x, y, flow, shift, zoom, roll)
        motion = np.hypot(shift[0] + zoom * x - roll * y, shift[1] + zoom * y + roll * x)
        should_move = motion > _MOVED_PIXELS
        is_still = np.hypot(flow[:, 0], flow[:, 1]) < _STILL_PIXELS
        if (is_still & should_move).sum() > _STILL_SHARE * len(flow):
            return CameraStep(0.0, 0.0, 0.0, float(is_still.mean()))
        return CameraStep(-float(shift[0]) / width, -float(shift[1]) / width, zoom, share)


def _follow(
    x: np.ndarray, y: np.ndarray, flow: np.ndarray, shift: np.ndarray, zoom: float, roll: float
) -> tuple[np.ndarray, float]:
    """Which half of the cells at least follows a motion best, and the share of all that follow it."""
    off_x = flow[:, 0] - (shift[0] + zoom * x - roll * y)
    off_y = flow[:, 1] - (shift[1] + zoom * y + roll * x)
    distances = np.hypot(off_x, off_y)
    reach = max(_INLIER_PIXELS, float(np.hypot(*shift)) / 6)
    return distances <= max(reach, float(np.median(distances))), float((distances <= reach).mean())


def _at_least_24(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    if min(height, width) >= _LEAST_SIDE:
        return picture
    return cv2.resize(picture, (max(width, _LEAST_SIDE), max(height, _LEAST_SIDE)), interpolation=cv2.INTER_LINEAR)
