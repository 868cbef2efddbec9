"""Clips whose class can only be told from motion: every single frame looks the same for all classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.media.synthetic.numbers import paint_number
from reelwise.media.synthetic.shapes import SHAPES, shape_mask, textured_ground

MOTIONS = ("left", "right", "up", "down", "clockwise", "counterclockwise", "bounce")
"""Classes: a straight way, a turn on the spot, or a way there and back along a random line."""

_DIRECTIONS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


@dataclass(frozen=True, eq=False)
class MotionClip:
    """One made-up clip.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
        label: One of ``MOTIONS``.
        group: Clips of one group share their background and object, as recordings of one place do.
        speed: Share of the picture's side, or of a whole turn, per second.
    """

    frames: np.ndarray
    label: str
    group: int
    speed: float


@dataclass(frozen=True)
class MotionLook:
    """What motion clips look like.

    Args:
        size: Pixels along each side.
        num_frames: Frames of a clip.
        frame_rate: Frames per second.
        num_groups: Different backgrounds with their objects.
        noise: Standard deviation of the camera's noise, in grey levels.
        painted_numbers: Whether each frame's index is painted in, for tests.
    """

    size: int = 96
    num_frames: int = 45
    frame_rate: float = 30.0
    num_groups: int = 8
    noise: float = 3.0
    painted_numbers: bool = False

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 1024 or self.num_frames < 1 or self.frame_rate <= 0 or self.num_groups < 1:
            raise UsageError(
                f"motion clips of {self.size} pixels, {self.num_frames} frames at {self.frame_rate} per second in"
                f" {self.num_groups} groups cannot be made.",
                hint="Use 16 to 1024 pixels, and at least one frame and group.",
            )


DEFAULT_LOOK = MotionLook()


def motion_clips(
    num_clips: int,
    seed: int,
    look: MotionLook = DEFAULT_LOOK,
    labels: Sequence[str] = MOTIONS,
) -> Iterator[MotionClip]:
    """Labelled clips in which a patterned shape moves over a still background.

    Place, turn, speed, colours, shape and background are drawn from one distribution for all classes, and the picture's
    edges are joined, so that at every moment the shape may be anywhere and turned anyhow: nothing but the change from
    frame to frame tells the class. Classes take turns, and so do groups, so that each group has every class.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        look: Size, length and so on.
        labels: Some of ``MOTIONS``.

    Raises:
        UsageError: A label is unknown.

    Example:
        >>> clip = next(motion_clips(1, seed=0, look=MotionLook(size=32, num_frames=4)))
        >>> clip.label, clip.frames.shape
        ('left', (4, 32, 32, 3))
    """
    if unknown := set(labels) - set(MOTIONS):
        raise UsageError(f"no motion is called {sorted(unknown)[0]}.", hint=f"There are: {', '.join(MOTIONS)}.")
    for index in range(num_clips):
        group = index // len(labels) % look.num_groups
        yield _make_clip(seed, index, group, labels[index % len(labels)], look)


def _make_clip(seed: int, index: int, group: int, label: str, look: MotionLook) -> MotionClip:
    scene = np.random.default_rng([seed, 1, group])
    rng = np.random.default_rng([seed, 2, index])
    size_hw = (look.size, look.size)
    ground = textured_ground(scene, size_hw)
    corners = np.array(SHAPES[scene.integers(len(SHAPES))])
    paint = textured_ground(scene, size_hw)
    paint = 255 - ground.mean() * 0.5 - paint * 0.5 if scene.random() < 0.5 else paint * 0.5
    radius = look.size * rng.uniform(0.14, 0.22)
    speed = rng.uniform(0.3, 0.8)
    steps = np.arange(look.num_frames) / look.frame_rate * speed
    places, angles = _path(rng, label, steps)
    frames = np.empty((look.num_frames, *size_hw, 3), np.uint8)
    for number, (place, angle) in enumerate(zip(places, angles, strict=True)):
        mask = shape_mask(size_hw, corners, (place[0] * look.size, place[1] * look.size), radius, angle)[..., None]
        picture = ground * (1 - mask) + paint * mask + rng.normal(0, look.noise, (*size_hw, 1))
        frames[number] = np.clip(picture, 0, 255)
        if look.painted_numbers:
            paint_number(frames[number], number)
    return MotionClip(frames, label, group, speed)


def _path(rng: np.random.Generator, label: str, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (T, 2) in sides of the picture and angles (T,) in radians; both start anywhere, in every class."""
    place, angle, line = rng.uniform(0, 1, 2), rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    phase = rng.uniform(0, 1)
    places, angles = np.tile(place, (len(steps), 1)), np.full(len(steps), angle)
    if label in _DIRECTIONS:
        places = places + steps[:, None] * np.array(_DIRECTIONS[label])
    elif label == "bounce":
        there_and_back = np.abs((2 * steps + phase) % 1 - 0.5)
        places = places + there_and_back[:, None] * np.array([np.cos(line), np.sin(line)])
    else:
        turn = 2 * np.pi * steps
        angles = angles + (turn if label == "clockwise" else -turn)
    return places, angles
