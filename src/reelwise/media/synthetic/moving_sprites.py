"""Clips of two coloured shapes that bounce, one of which passes in front of the other; their tracks are exact."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from reelwise.media.synthetic.moving_digits import MOVING_STYLE
from reelwise.media.synthetic.scene import Style, SyntheticClip, bouncing_path
from reelwise.media.synthetic.shapes import shape_mask

DIRECTIONS = {"left": np.pi, "right": 0.0, "up": -np.pi / 2, "down": np.pi / 2}
"""Headings in radians, clockwise from the right on the screen; a clip begins within 30 degrees of one."""

SPEEDS = {"slow": (0.3, 0.5), "fast": (0.9, 1.3)}
"""Lowest and highest speed of each class, in sides of the frame per second."""

COLOURS_RGB = (
    (255, 107, 107), (255, 190, 80), (90, 220, 170), (90, 180, 255), (190, 140, 255), (240, 240, 245),
)  # fmt: skip
"""Coral, amber, mint, sky, violet and white, all of them bright."""

BACKGROUND_RGB = (16, 18, 28)

_MOST_ASIDE = np.pi / 6
_RADIUS = (0.13, 0.17)
"""Half of the size of a sprite, as a share of the frame's side."""

_NEARNESS = 0.25
"""Distance of the middles when one passes in front of the other, at most, as a share of both radii: they overlap."""


def _ring(num_corners: int, *radii: float) -> np.ndarray:
    """(K, 2) corners on circles around the middle, whose radii alternate."""
    angles = 2 * np.pi * np.arange(num_corners) / num_corners - np.pi / 2
    return np.resize(radii, num_corners)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)


SHAPES = {"disc": _ring(20, 1.0), "square": _ring(4, 1.0), "triangle": _ring(3, 1.0), "star": _ring(10, 1.0, 0.45)}
"""Corners (K, 2) in the unit circle; the centre of mass of each is (0, 0)."""

CLASSES = tuple(product(SHAPES, DIRECTIONS, SPEEDS))
"""What the sprite in front is, where it goes when the clip begins, and how fast; the label is ``star-left-fast``."""


@dataclass(frozen=True, eq=False)
class _Sprite:
    """One shape on its way.

    Args:
        corners: (K, 2) in the unit circle.
        colour: (3,) RGB.
        radius: Pixels.
        angle: Radians, clockwise on the screen.
        track: (T, 2) x, y of its middle in pixels.
    """

    corners: np.ndarray
    colour: np.ndarray
    radius: float
    angle: float
    track: np.ndarray


def moving_sprites_clips(num_clips: int, seed: int, style: Style = MOVING_STYLE) -> Iterator[SyntheticClip]:
    """Labelled clips of two shapes that move over dark blue, each at a constant speed, and bounce at the edges.

    The label tells shape, first direction and speed of the sprite in front. The other one is of another colour and goes
    anywhere, but once in the middle half of the clip the first passes in front of it.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and noise; there are no groups, so ``num_groups`` does not count.

    Example:
        >>> clip = next(moving_sprites_clips(1, seed=0, style=Style(size=16, num_frames=2)))
        >>> len(clip.label.split("-")), clip.tracks.shape  # the track of the sprite in front is the last one
        (3, (2, 2, 2))
    """
    order = np.random.default_rng([seed, 8]).permutation(len(CLASSES))
    for index in range(num_clips):
        traits = CLASSES[order[index % len(order)]]
        yield _draw_clip(traits, index, np.random.default_rng([seed, 9, index]), style)


def _draw_clip(traits: tuple[str, str, str], index: int, rng: np.random.Generator, style: Style) -> SyntheticClip:
    shape, direction, speed_class = traits
    speed = rng.uniform(*SPEEDS[speed_class])
    heading = DIRECTIONS[direction] + rng.uniform(-_MOST_ASIDE, _MOST_ASIDE)
    colours = np.array(COLOURS_RGB)[rng.choice(len(COLOURS_RGB), 2, replace=False)]
    front_radius, back_radius = style.size * rng.uniform(*_RADIUS, 2)
    low, high = _bounds(front_radius, style)
    path = bouncing_path(rng.uniform(low, high, 2), _step(speed, heading, style), style.num_frames, low, high)
    front = _Sprite(SHAPES[shape], colours[0], front_radius, rng.uniform(0, 2 * np.pi), path)
    corners = SHAPES[str(rng.choice(list(SHAPES)))]
    crossing_path = _crossing_path(path, front_radius + back_radius, back_radius, rng, style)
    back = _Sprite(corners, colours[1], back_radius, rng.uniform(0, 2 * np.pi), crossing_path)
    columns = {"shape": shape, "direction": direction, "speed": speed_class}
    tracks = np.stack([back.track, front.track])  # (2, T, 2)
    return SyntheticClip(_draw(back, front, rng, style), "-".join(traits), index, float(speed), tracks, columns)


def _crossing_path(
    path: np.ndarray, both_radii: float, radius: float, rng: np.random.Generator, style: Style
) -> np.ndarray:
    """(T, 2) the way of a sprite that meets another one, whose way is given, in the middle half of the clip."""
    quarter = style.num_frames // 4
    meeting = int(rng.integers(quarter, style.num_frames - quarter))
    aside, side = rng.uniform(0, _NEARNESS * both_radii), rng.uniform(0, 2 * np.pi)
    place = path[meeting] + aside * np.array([np.cos(side), np.sin(side)])
    step = _step(rng.uniform(SPEEDS["slow"][0], SPEEDS["fast"][1]), rng.uniform(0, 2 * np.pi), style)
    return bouncing_path(place - meeting * step, step, style.num_frames, *_bounds(radius, style))


def _bounds(radius: float, style: Style) -> tuple[np.ndarray, np.ndarray]:
    """(2,) lowest and (2,) highest x, y in pixels at which all of a sprite lies inside."""
    return np.full(2, radius), np.full(2, style.size - 1 - radius)


def _step(speed: float, heading: float, style: Style) -> np.ndarray:
    """(2,) pixels from frame to frame."""
    return speed * style.size / style.frame_rate * np.array([np.cos(heading), np.sin(heading)])


def _draw(back: _Sprite, front: _Sprite, rng: np.random.Generator, style: Style) -> np.ndarray:
    """(T, H, W, 3) uint8."""
    size_hw = (style.size, style.size)
    frames = np.empty((style.num_frames, *size_hw, 3), np.uint8)
    for number in range(style.num_frames):
        picture = np.broadcast_to(np.array(BACKGROUND_RGB, np.float64), frames.shape[1:])
        for sprite in (back, front):
            x, y = sprite.track[number].tolist()
            mask = shape_mask(size_hw, sprite.corners, (x, y), sprite.radius, sprite.angle)[..., None]  # (H, W, 1)
            picture = picture * (1 - mask) + sprite.colour * mask
        picture = picture + rng.normal(0, style.noise, (*size_hw, 1))
        frames[number] = np.clip(np.round(picture), 0, 255)
    return frames
