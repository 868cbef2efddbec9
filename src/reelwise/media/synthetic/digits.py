"""Clips of a drifting digit: the class shows in every single frame, the opposite of the motion clips."""

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

DIGITS = tuple("0123456789")

_SEGMENTS = {
    # left, top, right, bottom of the seven bars of a display, in [-1, 1]
    "a": (-0.6, -1.0, 0.6, -0.75),
    "b": (0.35, -1.0, 0.6, 0.1),
    "c": (0.35, -0.1, 0.6, 1.0),
    "d": (-0.6, 0.75, 0.6, 1.0),
    "e": (-0.6, -0.1, -0.35, 1.0),
    "f": (-0.6, -1.0, -0.35, 0.1),
    "g": (-0.6, -0.13, 0.6, 0.13),
}
_LIT = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")


def digit_clips(num_clips: int, seed: int, look: Look = DEFAULT_LOOK) -> Iterator[SyntheticClip]:
    """Labelled clips of one digit that drifts in a random direction over a textured ground.

    Here a single frame tells the class, and an honest report says that motion adds nothing.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        look: Size, length and so on.

    Example:
        >>> [clip.label for clip in digit_clips(3, seed=0, look=Look(size=16, num_frames=2))]
        ['0', '1', '2']
    """
    for index, number, group in turns(num_clips, len(DIGITS), look.num_groups):
        scene, rng = scene_of(seed, group), clip_numbers(seed, index)
        speed, heading = rng.uniform(0.3, 0.8), rng.uniform(0, 2 * np.pi)
        steps = np.arange(look.num_frames) / look.frame_rate * speed
        places = straight(rng.uniform(0, 1, 2), complex(np.cos(heading), np.sin(heading)), steps)
        mover = Mover(_bars(_LIT[number]), rng.uniform(0.2, 0.3), places, np.zeros(look.num_frames))
        yield SyntheticClip(draw_frames(scene, rng, [mover], look), DIGITS[number], group, speed)


def _bars(lit: str) -> list[np.ndarray]:
    edges = (_SEGMENTS[name] for name in lit)
    return [np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) for x0, y0, x1, y1 in edges]
