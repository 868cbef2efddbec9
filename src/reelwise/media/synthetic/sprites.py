"""Clips of two shapes whose class is how one moves with regard to the other: no single motion tells it."""

from collections.abc import Iterator

import numpy as np

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

RELATIONS = ("together", "opposite", "crossing")
"""Classes: the second shape goes the way of the first, the other way, or across it."""

_TURNS = {"together": 1 + 0j, "opposite": -1 + 0j}


def sprite_clips(num_clips: int, seed: int, look: Look = DEFAULT_LOOK) -> Iterator[SyntheticClip]:
    """Labelled clips of two shapes on straight ways in random directions, at one speed.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        look: Size, length and so on.

    Example:
        >>> [clip.label for clip in sprite_clips(3, seed=0, look=Look(size=16, num_frames=2))]
        ['together', 'opposite', 'crossing']
    """
    for index, number, group in turns(num_clips, len(RELATIONS), look.num_groups):
        yield _make_clip(seed, index, group, RELATIONS[number], look)


def _make_clip(seed: int, index: int, group: int, label: str, look: Look) -> SyntheticClip:
    scene, rng = scene_of(seed, group), clip_numbers(seed, index)
    speed, heading = rng.uniform(0.3, 0.8), rng.uniform(0, 2 * np.pi)
    steps = np.arange(look.num_frames) / look.frame_rate * speed
    first = complex(np.cos(heading), np.sin(heading))
    second = first * _TURNS.get(label, 1j if rng.random() < 0.5 else -1j)
    movers = []
    for direction in (first, second):
        corners = np.array(SHAPES[rng.integers(len(SHAPES))])
        angles = np.full(look.num_frames, rng.uniform(0, 2 * np.pi))
        places = straight(rng.uniform(0, 1, 2), direction, steps)
        movers.append(Mover([corners], rng.uniform(0.1, 0.14), places, angles))
    return SyntheticClip(draw_frames(scene, rng, movers, look), label, group, speed)
