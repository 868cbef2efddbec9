"""Clips whose class can only be told from motion: every single frame looks the same for all classes."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.media.synthetic.scene import (
    DEFAULT_STYLE,
    Mover,
    Style,
    SyntheticClip,
    distances_at,
    generate_clips,
    straight_path,
)
from reelwise.media.synthetic.shapes import SHAPES

MOTIONS = ("left", "right", "up", "down", "clockwise", "counterclockwise", "bounce")
"""Classes: a straight way, a turn on the spot, or a way there and back along a random line."""

_DIRECTIONS = {"left": -1 + 0j, "right": 1 + 0j, "up": 0 - 1j, "down": 0 + 1j}


def motion_clips(
    num_clips: int, seed: int, style: Style = DEFAULT_STYLE, labels: Sequence[str] = MOTIONS
) -> Iterator[SyntheticClip]:
    """Labelled clips in which a patterned shape moves over a static background.

    Place, turn, speed, colours, shape and background are drawn from one distribution for all classes, and opposite
    edges of the frame are joined, so that at every moment the shape may be anywhere and at any angle: nothing but the
    change from frame to frame tells the class.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and so on.
        labels: Some of ``MOTIONS``.

    Raises:
        UsageError: A label is unknown.

    Example:
        >>> clip = next(motion_clips(1, seed=0, style=Style(size=32, num_frames=4)))
        >>> clip.label, clip.frames.shape
        ('left', (4, 32, 32, 3))
    """
    if unknown := set(labels) - set(MOTIONS):
        raise UsageError(f"no motion is called {sorted(unknown)[0]}.", hint=f"There are: {', '.join(MOTIONS)}.")
    return generate_clips(labels, _draw_mover, num_clips, seed, style)


def _draw_mover(
    label: str, group_rng: np.random.Generator, rng: np.random.Generator, style: Style
) -> tuple[list[Mover], float]:
    corners = np.array(SHAPES[group_rng.integers(len(SHAPES))])
    radius, speed = rng.uniform(0.14, 0.22), rng.uniform(0.3, 0.8)
    places, angles = _path(rng, label, distances_at(speed, style))
    return [Mover([corners], radius, places, angles)], speed


def _path(rng: np.random.Generator, label: str, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (T, 2) in sides of the frame and angles (T,) in radians; both start anywhere, in every class."""
    # Every class draws all of these, so that the random numbers of a clip do not depend on its label.
    place, angle, line = rng.uniform(0, 1, 2), rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    phase = rng.uniform(0, 1)
    places, angles = np.tile(place, (len(distances), 1)), np.full(len(distances), angle)
    if label in _DIRECTIONS:
        places = straight_path(place, _DIRECTIONS[label], distances)
    elif label == "bounce":
        there_and_back = np.abs((2 * distances + phase) % 1 - 0.5)
        places = straight_path(place, complex(np.cos(line), np.sin(line)), there_and_back)
    else:
        turn = 2 * np.pi * distances
        angles = angles + (turn if label == "clockwise" else -turn)
    return places, angles
