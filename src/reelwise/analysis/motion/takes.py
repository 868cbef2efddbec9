"""Steps of the camera become a speed for every frame, smoothed within one take."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from reelwise.analysis.motion.camera import CameraStep

SMOOTH_SECONDS = 0.1
"""To either side: speeds are means over this."""

SHAKE_SECONDS = 0.4
"""To either side: hands shake 2 to 8 times a second, so 0.8 s hold more than one of it."""

MAX_WAIT = 100
"""Frames that a speed is late at most, so that the picture of a segment still waits, at any rate."""


@dataclass
class FrameMotion:
    """How the camera moves at one frame.

    Args:
        frame: Its number.
        seconds: From the first frame.
        take: Number of the take: frames of different takes have nothing in common.
        energy: Mean change from the frame before, in grey levels.
        speeds: Right and down in % of the width per second, zoom in % per second; None where unknown.
        share: Part of the picture that follows.
        is_cut: Whether another scene begins here, as far as the flow can tell.
    """

    frame: int
    seconds: float
    take: int
    energy: float
    speeds: tuple[float, float, float] | None = None
    share: float = 0.0
    is_cut: bool = False


@dataclass(frozen=True)
class SmoothMotion:
    """A frame with the speeds around it.

    Args:
        motion: Of the frame itself.
        pan: % of the width per second; to the right is positive.
        tilt: % of the width per second; down is positive.
        zoom: % per second; nearer is positive.
        shake: Root mean square of what is left of pan and tilt without a straight line, % of the width per second.
    """

    motion: FrameMotion
    pan: float
    tilt: float
    zoom: float
    shake: float


def speeds_of(step: CameraStep, seconds: float) -> tuple[float, float, float]:
    """Of a step that took so long, in % per second."""
    return 100 * step.right / seconds, 100 * step.down / seconds, 100 * step.zoom / seconds


class Smoother:
    """Gives every frame with the speeds around it, as soon as those are known."""

    def __init__(self) -> None:
        self._rows: deque[FrameMotion] = deque()
        self._place = 0

    def push(self, motion: FrameMotion) -> Iterator[SmoothMotion]:
        """Add the next frame; gives those whose surroundings are complete now."""
        self._rows.append(motion)
        while self._is_complete(self._rows[self._place], motion):
            yield self._next()

    def finish(self) -> Iterator[SmoothMotion]:
        """The frames that are left."""
        while self._place < len(self._rows):
            yield self._next()

    def _is_complete(self, row: FrameMotion, newest: FrameMotion) -> bool:
        is_over = newest.take != row.take and newest.frame > row.frame
        return is_over or newest.seconds - row.seconds > SHAKE_SECONDS or newest.frame - row.frame >= MAX_WAIT

    def _next(self) -> SmoothMotion:
        row = self._rows[self._place]
        self._place += 1
        while row.seconds - self._rows[0].seconds > SHAKE_SECONDS + 1e-6:
            self._rows.popleft()
            self._place -= 1
        around = [one for one in self._rows if one.take == row.take and one.speeds]
        near = [one for one in around if abs(one.seconds - row.seconds) <= SMOOTH_SECONDS + 1e-6]
        if row.speeds is None or not near:
            return SmoothMotion(row, math.nan, math.nan, math.nan, math.nan)
        pan, tilt, zoom = (sum(one.speeds[axis] for one in near if one.speeds) / len(near) for axis in range(3))
        around = [one for one in around if abs(one.seconds - row.seconds) <= SHAKE_SECONDS + 1e-6]
        return SmoothMotion(row, pan, tilt, zoom, _shake(around))


def _shake(rows: list[FrameMotion]) -> float:
    """Root mean square of pan and tilt around a straight line."""
    if len(rows) < 4:
        return 0.0
    times = [row.seconds for row in rows]
    mean_time = sum(times) / len(times)
    spread = sum((time - mean_time) ** 2 for time in times)
    total = 0.0
    for axis in (0, 1):
        speeds = [row.speeds[axis] for row in rows if row.speeds]
        mean = sum(speeds) / len(speeds)
        variance = sum((speed - mean) ** 2 for speed in speeds)
        slope = sum((time - mean_time) * (speed - mean) for time, speed in zip(times, speeds, strict=True))
        total += max(0.0, variance - slope * slope / spread) / len(rows)
    return math.sqrt(total)
