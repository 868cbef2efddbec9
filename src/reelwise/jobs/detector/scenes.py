"""Scenes to shoot takes of: films, photographs and made-up pictures, all as thumbnails."""

from abc import ABC, abstractmethod

import cv2
import numpy as np

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW

FILM_HW = (2 * THUMBNAIL_HW[0], 2 * THUMBNAIL_HW[1])
"""Films are kept twice as large as thumbnails, so that a crop of half the width is still sharp."""


WHIP_SHARE = 0.2
"""Takes of films in which the camera swings to and fro."""


class Scene(ABC):
    """Something that a camera can be pointed at."""

    @abstractmethod
    def take(self, num_frames: int, rng: np.random.Generator) -> np.ndarray:
        """One uninterrupted recording: (T, 28, 48, 3) float32, 0 to 255."""


class FilmScene(Scene):
    """A recorded video without cuts, of which each take shows a crop and a stretch, at some speed, in some direction.

    Args:
        frames: (T, 56, 96, 3) uint8 RGB.
    """

    def __init__(self, frames: np.ndarray) -> None:
        self._frames = frames

    def take(self, num_frames: int, rng: np.random.Generator) -> np.ndarray:
        """A stretch of the film, forwards and backwards where it is short."""
        speed = rng.choice([0.5, 1, 1, 1, 1, 1.5, 2])
        length = len(self._frames)
        steps = np.floor(rng.integers(2 * length) + np.arange(num_frames) * speed).astype(int) % max(2 * length - 2, 1)
        places = np.minimum(steps, 2 * length - 2 - steps) % length
        height, width = self._frames.shape[1:3]
        is_whip = rng.random() < WHIP_SHARE
        scale = rng.uniform(0.5, 1.0) if rng.random() < 0.7 else 1.0
        scale = rng.uniform(0.4, 0.6) if is_whip else scale  # so that the camera can swing by a whole view
        rows, columns = round(height * scale), round(width * scale * rng.uniform(0.85, 1.0))
        top = rng.integers(height - rows + 1)
        lefts = np.full(num_frames, rng.integers(width - columns + 1))
        lefts = _whips(num_frames, width - columns, rng) if is_whip else lefts
        flip = -1 if rng.random() < 0.5 else 1
        views = []
        for place, left, before in zip(places, lefts, [lefts[0], *lefts[:-1]], strict=True):
            view = self._frames[place, top : top + rows, left : left + columns, :][:, ::flip]
            blur = int(abs(left - before))
            views.append(_shrink(cv2.blur(view, (blur, 1)) if blur > 1 else np.ascontiguousarray(view)))
        return np.stack(views)


class RunningScene(Scene):
    """A scene that goes on while the editor shows another one, so that a shot can return to it.

    Args:
        frames: (T, 28, 48, 3) float32, 0 to 255: one long take.
    """

    def __init__(self, frames: np.ndarray) -> None:
        self._frames = frames
        self._place = 0

    def take(self, num_frames: int, rng: np.random.Generator) -> np.ndarray:
        """The next frames, sometimes with some left out before them; backwards from the end."""
        self._place += int(rng.integers(0, 30)) if rng.random() < 0.3 else 0
        period = 2 * len(self._frames) - 2
        steps = (self._place + np.arange(num_frames)) % period
        self._place += num_frames
        return self._frames[np.minimum(steps, period - steps)]


class PictureScene(Scene):
    """A picture over which the camera moves.

    Args:
        picture: (H, W, 3) uint8 RGB.
    """

    def __init__(self, picture: np.ndarray) -> None:
        self._levels = [picture]
        while min(self._levels[-1].shape[:2]) > 64:
            height, width = self._levels[-1].shape[:2]
            self._levels.append(cv2.resize(self._levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))

    def take(self, num_frames: int, rng: np.random.Generator) -> np.ndarray:
        """A pan, zoom, turn, hand-held or fixed recording, sometimes with a whip pan in it."""
        height, width = self._levels[0].shape[:2]
        path = camera_path(num_frames, rng)
        span = width * rng.uniform(0.25, 0.75) * np.exp(path[:, 2])  # pixels that the picture's width shows
        level = int(np.clip(np.floor(np.log2(span.mean() / FILM_HW[1])), 0, len(self._levels) - 1))
        center = np.array([rng.uniform(0.3, 0.7) * width, rng.uniform(0.3, 0.7) * height])
        return np.stack(
            [self._view(level, center + path[t, :2] * span[t], span[t], path[t, 3]) for t in range(num_frames)]
        )

    def _view(self, level: int, center: np.ndarray, span: float, angle: float) -> np.ndarray:
        scale = span / FILM_HW[1] / 2**level
        cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
        x, y = center / 2**level
        half_height, half_width = FILM_HW[0] / 2, FILM_HW[1] / 2
        matrix = np.array(
            [
                [cosine, -sine, x - cosine * half_width + sine * half_height],
                [sine, cosine, y - sine * half_width - cosine * half_height],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        view = cv2.warpAffine(
            self._levels[level], matrix, (FILM_HW[1], FILM_HW[0]), flags=flags, borderMode=cv2.BORDER_REFLECT
        )
        return _shrink(view)


def camera_path(num_frames: int, rng: np.random.Generator) -> np.ndarray:
    """(T, 4): where the camera looks (right and down, in widths of the view), log zoom and angle in radians."""
    time = np.arange(num_frames)[:, None]
    path = np.zeros((num_frames, 4))
    if rng.random() < 0.6:  # a steady move: up to a width in 60 frames
        path += time * rng.normal(0, [0.006, 0.003, 0.002, 0.0006], 4)
    if rng.random() < 0.4:  # a slow swing
        path += rng.normal(0, [0.06, 0.03, 0.04, 0.01], 4) * np.sin(time / rng.uniform(8, 60) + rng.uniform(0, 6))
    if rng.random() < 0.5:  # a hand, from calm to running
        strength = 10 ** rng.uniform(-3, -1.2)
        steps = rng.normal(0, [strength, strength, strength / 4, strength / 6], (num_frames, 4))
        path += _smooth(steps, int(rng.integers(1, 6)))
    if rng.random() < 0.12:  # a whip pan: up to three widths within a few frames
        start, length = rng.integers(num_frames), rng.integers(3, 16)
        progress = np.clip((time[:, 0] - start) / length, 0, 1)
        path[:, 0] += rng.choice([-1, 1]) * rng.uniform(0.4, 3) * (3 * progress**2 - 2 * progress**3)
    if rng.random() < 0.05:  # a quick zoom
        start, length = rng.integers(num_frames), rng.integers(3, 20)
        path[:, 2] += rng.uniform(-0.9, 0.9) * np.clip((time[:, 0] - start) / length, 0, 1)
    return path


def _whips(num_frames: int, reach: int, rng: np.random.Generator) -> np.ndarray:
    """(T,) int: where a camera looks that swings from one place to another up to four times, within 3 to 15 frames."""
    time = np.arange(num_frames)
    path = np.full(num_frames, rng.uniform(0, reach))
    for _ in range(int(rng.integers(1, 5))):
        start, length = rng.integers(num_frames), rng.integers(3, 16)
        progress = np.clip((time - start) / length, 0, 1)
        # From wherever it looks to another place: half of a cosine, as an arm swings.
        path += (rng.uniform(0, reach) - path) * (1 - np.cos(np.pi * progress)) / 2
    return np.round(path).astype(int)


def made_up_picture(rng: np.random.Generator) -> np.ndarray:
    """A picture of clouds, stripes and shapes in a few colours: (120, 192, 3) uint8."""
    height, width = 120, 192
    palette = rng.uniform(0, 255, (rng.integers(2, 5), 3)) * rng.uniform(0.4, 1)
    field = np.zeros((height, width))
    for octave in range(2, 8):
        grid = rng.normal(0, 1, (1 + 2**octave * height // width, 1 + 2**octave)).astype(np.float32)
        field += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * 2.0 ** (
            -octave * rng.uniform(0.4, 1.2)
        )
    field = (field - field.min()) / (np.ptp(field) + 1e-6) * (len(palette) - 1)
    low = np.minimum(field.astype(int), len(palette) - 2)
    part = (field - low)[..., None]
    picture = (palette[low] * (1 - part) + palette[low + 1] * part).astype(np.float32)
    for _ in range(rng.integers(0, 12)):
        color = [float(level) for level in rng.uniform(0, 255, 3)]
        corner = (int(rng.integers(-20, width)), int(rng.integers(-20, height)))
        if rng.random() < 0.5:
            other = (corner[0] + int(rng.integers(4, 120)), corner[1] + int(rng.integers(4, 90)))
            cv2.rectangle(picture, corner, other, color, -1)
        else:
            axes = (int(rng.integers(3, 50)), int(rng.integers(3, 50)))
            cv2.ellipse(picture, corner, axes, float(rng.uniform(0, 180)), 0, 360, color, -1)
    if rng.random() < 0.3:  # a wall, a yard, a stage: what moves in front of it is all that changes
        mean = picture.mean(axis=(0, 1))
        picture = mean + rng.uniform(0.03, 0.3) * (picture - mean)
    return np.clip(picture, 0, 255).astype(np.uint8)


def _smooth(steps: np.ndarray, width: int) -> np.ndarray:
    kernel = np.ones(width) / width
    return np.stack([np.convolve(column, kernel, mode="same")[: len(steps)] for column in steps.T], axis=1)


def _shrink(frame: np.ndarray) -> np.ndarray:
    return cv2.resize(frame, THUMBNAIL_HW[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
