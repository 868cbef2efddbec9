"""A static background with shapes that move over it, and what all made-up clips share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.media.synthetic.shapes import shape_mask, textured_background

PAINT_CONTRAST = 0.3
"""Share of the paint's texture that shows: shapes are nearly black or nearly white, so that they stand out."""


@dataclass(frozen=True, eq=False)
class SyntheticClip:
    """One made-up clip.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
        label: Its class.
        group: Clips of one group share their background and paint, as recordings of one place do, or their handwriting.
        speed: Share of the frame's side, or of a whole turn, per second; of several objects, of that named first.
        tracks: (K, T, 2) x, y of the centre of mass of each object in pixels, those in front last; (0, 0) is the middle
            of the first pixel. None where they are not known.
        columns: Further columns of its row in the list of a set.
    """

    frames: np.ndarray
    label: str
    group: int
    speed: float
    tracks: np.ndarray | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Style:
    """Size, length and appearance of made-up clips.

    Args:
        size: Pixels along each side.
        num_frames: Frames of a clip.
        frame_rate: Frames per second.
        num_groups: Different backgrounds with their paint.
        noise: Standard deviation of the camera's noise, in grey levels.
    """

    size: int = 96
    num_frames: int = 45
    frame_rate: float = 30.0
    num_groups: int = 8
    noise: float = 3.0

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 1024 or self.num_frames < 1 or self.frame_rate <= 0 or self.num_groups < 1:
            raise UsageError(
                f"clips of {self.size} pixels, {self.num_frames} frames at {self.frame_rate} per second in"
                f" {self.num_groups} groups cannot be made.",
                hint="Use 16 to 1024 pixels, and at least one frame and group.",
            )


DEFAULT_STYLE = Style()


@dataclass(frozen=True, eq=False)
class Mover:
    """One thing that moves.

    Args:
        polygons: (K, 2) corners x, y in [-1, 1] of each polygon it is made of.
        radius: Half of its size, as a share of the frame's side.
        places: (T, 2) x, y of its middle, in sides of the frame.
        angles: (T,) radians, clockwise on the screen.
    """

    polygons: Sequence[np.ndarray]
    radius: float
    places: np.ndarray
    angles: np.ndarray


DrawMovers = Callable[[str, np.random.Generator, np.random.Generator, Style], tuple[list[Mover], float]]
"""Movers and speed of one clip, from its label, the group's random numbers, the clip's own, and the style."""


def generate_clips(
    labels: Sequence[str], draw_movers: DrawMovers, num_clips: int, seed: int, style: Style
) -> Iterator[SyntheticClip]:
    """Clips whose labels alternate; so do the groups, each with every label.

    Args:
        labels: The classes.
        draw_movers: Draws what moves in a clip of a label.
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and so on.
    """
    for index in range(num_clips):
        label, group = labels[index % len(labels)], index // len(labels) % style.num_groups
        group_rng, clip_rng = np.random.default_rng([seed, 1, group]), np.random.default_rng([seed, 2, index])
        movers, speed = draw_movers(label, group_rng, clip_rng, style)
        yield SyntheticClip(draw_frames(group_rng, clip_rng, movers, style), label, group, speed)


def distances_at(speed: float, style: Style) -> np.ndarray:
    """(T,) sides of the frame covered since the start, at a constant speed in sides per second."""
    return np.arange(style.num_frames) / style.frame_rate * speed


def straight_path(start_xy: np.ndarray, direction: complex, distances: np.ndarray) -> np.ndarray:
    """(T, 2) places on a straight line; ``distances`` are sides of the frame from the start."""
    return start_xy + distances[:, None] * np.array([direction.real, direction.imag])


def bouncing_path(
    start_xy: np.ndarray, step_xy: np.ndarray, num_frames: int, low_xy: np.ndarray, high_xy: np.ndarray
) -> np.ndarray:
    """A way at constant speed that is thrown back at the edges of a box, exactly and not only at whole frames.

    Args:
        start_xy: (2,) where it begins; outside of the box, where it would be after the bounces on the way there.
        step_xy: (2,) from one frame to the next.
        num_frames: T.
        low_xy: (2,) lowest x and y.
        high_xy: (2,) highest x and y.

    Returns:
        (T, 2) places in the box.

    Example:
        >>> bouncing_path(np.array([1.0]), np.array([2.0]), 5, np.array([0.0]), np.array([4.0]))[:, 0].tolist()
        [1.0, 3.0, 3.0, 1.0, 1.0]
    """
    room = high_xy - low_xy
    straight = start_xy - low_xy + np.arange(num_frames)[:, None] * step_xy
    # In a row of rooms, every second one mirrored, the way is straight.
    return high_xy - np.abs(straight % (2 * room) - room)


def draw_frames(
    group_rng: np.random.Generator, clip_rng: np.random.Generator, movers: Sequence[Mover], style: Style
) -> np.ndarray:
    """The frames of a clip.

    Args:
        group_rng: Draws background and paint.
        clip_rng: Draws the camera's noise.
        movers: Later ones lie on top.
        style: Size, noise and so on.

    Returns:
        (T, H, W, 3) uint8 RGB.
    """
    size_hw = (style.size, style.size)
    background, paint = textured_background(group_rng, size_hw), textured_background(group_rng, size_hw)
    paint = 255 - PAINT_CONTRAST * paint if group_rng.random() < 0.5 else PAINT_CONTRAST * paint
    frames = np.empty((style.num_frames, *size_hw, 3), np.uint8)
    for number in range(style.num_frames):
        mask = np.zeros(size_hw, np.float32)
        for mover in movers:
            x, y = mover.places[number] * style.size
            for polygon in mover.polygons:
                cover = shape_mask(size_hw, polygon, (x, y), mover.radius * style.size, mover.angles[number])
                np.maximum(mask, cover, out=mask)
        noise = clip_rng.normal(0, style.noise, (*size_hw, 1))
        frames[number] = np.clip(background + (paint - background) * mask[..., None] + noise, 0, 255)
    return frames
