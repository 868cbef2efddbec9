"""Clips of two shapes whose class is how one moves with regard to the other: no single motion tells it."""

from collections.abc import Iterator

import numpy as np

from reelwise.media.synthetic.scene import Mover, Style, SyntheticClip, distances_at, generate_clips, straight_path
from reelwise.media.synthetic.shapes import SHAPES

RELATIONS = ("together", "opposite", "crossing")
"""Classes: the second shape goes the way of the first, the other way, or across it."""

_TURNS = {"together": 1 + 0j, "opposite": -1 + 0j}


def sprite_clips(num_clips: int, seed: int, style: Style) -> Iterator[SyntheticClip]:
    """Labelled clips of two shapes on straight ways in random directions, at one speed.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and so on.

    Example:
        >>> [clip.label for clip in sprite_clips(3, seed=0, style=Style(size=16, num_frames=2))]
        ['together', 'opposite', 'crossing']
    """
    return generate_clips(RELATIONS, _draw_movers, num_clips, seed, style)


def _draw_movers(
    label: str, _: np.random.Generator, rng: np.random.Generator, style: Style
) -> tuple[list[Mover], float]:
    speed, heading = rng.uniform(0.3, 0.8), rng.uniform(0, 2 * np.pi)
    first = complex(np.cos(heading), np.sin(heading))
    second = first * _TURNS.get(label, 1j if rng.random() < 0.5 else -1j)
    movers = []
    for direction in (first, second):
        corners = np.array(SHAPES[rng.integers(len(SHAPES))])
        angles = np.full(style.num_frames, rng.uniform(0, 2 * np.pi))
        places = straight_path(rng.uniform(0, 1, 2), direction, distances_at(speed, style))
        movers.append(Mover([corners], rng.uniform(0.1, 0.14), places, angles))
    return movers, speed
