"""Transitions as editors make them: from two frames and a progress in (0, 1) to the frame that is shown."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

GAMMA = 2.2
"""Exponent between stored brightness and light; close enough to BT.709's curve for a look."""
BORDER_COLOURS = (0, 255)
"""Grey levels of the line along the edge of a bordered wipe."""


class Blend(ABC):
    """How two shots are mixed. ``type`` is the name in the truth."""

    type: str

    @abstractmethod
    def mix(self, before: np.ndarray, after: np.ndarray, progress: float) -> np.ndarray:
        """(H, W, 3) uint8 of two (H, W, 3) uint8 frames; ``progress`` lies strictly between 0 and 1."""


@dataclass(frozen=True)
class Dissolve(Blend):
    """One shot shows more and more through the other.

    Args:
        is_smooth: Whether it begins and ends slowly.
        in_light: Whether light is mixed, not stored brightness.
    """

    is_smooth: bool
    in_light: bool
    type = "dissolve"

    def mix(self, before: np.ndarray, after: np.ndarray, progress: float) -> np.ndarray:
        share = _smooth(progress) if self.is_smooth else progress
        return _mix_light(before, after, share) if self.in_light else _mix(before, after, share)


@dataclass(frozen=True)
class Fade(Blend):
    """One shot goes to black or white, the other comes from there.

    Args:
        type: ``fade_black`` or ``fade_white``.
        out_until: Progress at which the picture is all of one colour.
        in_from: Progress from which the next shot comes; ``out_until`` or later.
        is_smooth: Whether it begins and ends slowly.
    """

    type: str
    out_until: float
    in_from: float
    is_smooth: bool

    def mix(self, before: np.ndarray, after: np.ndarray, progress: float) -> np.ndarray:
        colour = np.full_like(before, 0 if self.type == "fade_black" else 255)
        if progress < self.out_until:
            shot, share = before, progress / self.out_until
        else:
            shot, share = after, min(1.0, (1 - progress) / (1 - self.in_from))
        return _mix(shot, colour, _smooth(share) if self.is_smooth else share)


@dataclass(frozen=True, eq=False)
class Wipe(Blend):
    """An edge crosses the picture; behind it lies the other shot.

    Args:
        arrival: (H, W) float32 in [0, 1]: the progress at which the edge reaches a pixel.
        softness: Width of the edge as a share of its way; 0 for a hard edge.
        border: Width of a line along the edge as a share of its way; 0 for none.
        border_level: Its grey level.
    """

    arrival: np.ndarray
    softness: float
    border: float
    border_level: int
    type = "wipe"

    def mix(self, before: np.ndarray, after: np.ndarray, progress: float) -> np.ndarray:
        behind = progress * (1 + self.softness + self.border) - self.arrival  # Above 0 where the edge has been.
        if self.border:
            picture = np.where((behind > self.border)[..., None], after, before)
            picture[(behind > 0) & (behind <= self.border)] = self.border_level
            return picture
        if self.softness:
            return _mix(before, after, np.clip(behind / self.softness, 0, 1)[..., None])
        return np.where((behind > 0)[..., None], after, before)


def random_blend(kind: str, rng: np.random.Generator, size_hw: tuple[int, int]) -> Blend:
    """A transition of one type, its details by chance."""
    if kind == "dissolve":
        return Dissolve(is_smooth=rng.random() < 0.5, in_light=rng.random() < 0.2)
    if kind.startswith("fade"):
        out_until = rng.uniform(0.3, 0.5)
        return Fade(kind, out_until, rng.uniform(out_until, 0.7), rng.random() < 0.5)
    edge = rng.choice(["hard", "soft", "border"], p=[0.45, 0.35, 0.2])
    return Wipe(
        random_arrival(rng, size_hw),
        rng.uniform(0.02, 0.25) if edge == "soft" else 0.0,
        rng.uniform(0.01, 0.03) if edge == "border" else 0.0,
        int(rng.choice(BORDER_COLOURS)),
    )


def random_arrival(rng: np.random.Generator, size_hw: tuple[int, int]) -> np.ndarray:
    """(H, W) float32 in [0, 1] of a wipe: straight at any angle, an iris, barn doors or a clock hand."""
    y, x = np.meshgrid(np.linspace(-1, 1, size_hw[0]), np.linspace(-1, 1, size_hw[1]), indexing="ij")
    shape = rng.choice(["straight", "slanted", "iris", "doors", "clock"], p=[0.5, 0.2, 0.12, 0.12, 0.06])
    if shape == "straight":
        way = [x, -x, y, -y][rng.integers(4)]
    elif shape == "slanted":
        angle = rng.uniform(0, 2 * np.pi)
        way = np.cos(angle) * x + np.sin(angle) * y
    elif shape == "iris":
        way = np.hypot(x * size_hw[1] / size_hw[0], y) * rng.choice([-1, 1])
    elif shape == "doors":
        way = np.abs([x, y][rng.integers(2)]) * rng.choice([-1, 1])
    else:
        way = np.arctan2(y, x) * rng.choice([-1, 1])
    return ((way - way.min()) / (way.max() - way.min())).astype(np.float32)


def _smooth(share: float) -> float:
    return 0.5 - 0.5 * float(np.cos(np.pi * share))


def _mix(first: np.ndarray, second: np.ndarray, share: float | np.ndarray) -> np.ndarray:
    return np.rint(first + (second.astype(np.float32) - first) * np.float32(share)).astype(np.uint8)


_LIGHT = (np.arange(256) / 255.0).astype(np.float32) ** np.float32(GAMMA)


def _mix_light(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    light = _LIGHT[first] * np.float32(1 - share) + _LIGHT[second] * np.float32(share)
    return np.rint(255 * light ** np.float32(1 / GAMMA)).astype(np.uint8)
