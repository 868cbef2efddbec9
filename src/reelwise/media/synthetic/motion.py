"""Clips whose class can only be told from motion: every single frame looks the same for all classes."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.media.synthetic.scene import (
    DEFAULT_LOOK,
    Look,
    Mover,
    SyntheticClip,
    clip_numbers,
    draw_frames,
    scene_of,
    straight,
    turns,
)
from reelwise.media.synthetic.shapes import SHAPES

MOTIONS = ("left", "right", "up", "down", "clockwise", "counterclockwise", "bounce")
"""Classes: a straight way, a turn on the spot, or a way there and back along a random line."""

_DIRECTIONS = {"left": -1 + 0j, "right": 1 + 0j, "up": 0 - 1j, "down": 0 + 1j}


def motion_clips(
    num_clips: int, seed: int, look: Look = DEFAULT_LOOK, labels: Sequence[str] = MOTIONS
) -> Iterator[SyntheticClip]:
    """Labelled clips in which a patterned shape moves over a still background.

    Place, turn, speed, colours, shape and background are drawn from one distribution for all classes, and the picture's
    edges are joined, so that at every moment the shape may be anywhere and turned anyhow: nothing but the change from
    frame to frame tells the class.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        look: Size, length and so on.
        labels: Some of ``MOTIONS``.

    Raises:
        UsageError: A label is unknown.

    Example:
        >>> clip = next(motion_clips(1, seed=0, look=Look(size=32, num_frames=4)))
        >>> clip.label, clip.frames.shape
        ('left', (4, 32, 32, 3))
    """
    if unknown := set(labels) - set(MOTIONS):
        raise UsageError(f"no motion is called {sorted(unknown)[0]}.", hint=f"There are: {', '.join(MOTIONS)}.")
    for index, number, group in turns(num_clips, len(labels), look.num_groups):
        yield _make_clip(seed, index, group, labels[number], look)


def _make_clip(seed: int, index: int, group: int, label: str, look: Look) -> SyntheticClip:
    scene, rng = scene_of(seed, group), clip_numbers(seed, index)
    corners = np.array(SHAPES[scene.integers(len(SHAPES))])
    radius, speed = rng.uniform(0.14, 0.22), rng.uniform(0.3, 0.8)
    places, angles = _path(rng, label, np.arange(look.num_frames) / look.frame_rate * speed)
    frames = draw_frames(scene, rng, [Mover([corners], radius, places, angles)], look)
    return SyntheticClip(frames, label, group, speed)


def _path(rng: np.random.Generator, label: str, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (T, 2) in sides of the picture and angles (T,) in radians; both start anywhere, in every class."""
    place, angle, line = rng.uniform(0, 1, 2), rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi)
    phase = rng.uniform(0, 1)
    places, angles = np.tile(place, (len(steps), 1)), np.full(len(steps), angle)
    if label in _DIRECTIONS:
        places = straight(place, _DIRECTIONS[label], steps)
    elif label == "bounce":
        there_and_back = np.abs((2 * steps + phase) % 1 - 0.5)
        places = straight(place, complex(np.cos(line), np.sin(line)), there_and_back)
    else:
        turn = 2 * np.pi * steps
        angles = angles + (turn if label == "clockwise" else -turn)
    return places, angles
