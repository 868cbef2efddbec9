"""Clips of a drifting digit: the class shows in every single frame, the opposite of the motion clips."""

from collections.abc import Iterator

import numpy as np

from reelwise.media.synthetic.scene import Mover, Style, SyntheticClip, distances_at, generate_clips, straight_path

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
_SEGMENTS_OF_DIGIT = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")


def digit_clips(num_clips: int, seed: int, style: Style) -> Iterator[SyntheticClip]:
    """Labelled clips of one digit that drifts in a random direction over a textured background.

    Here a single frame tells the class, and an honest report says that motion adds nothing.

    Args:
        num_clips: How many.
        seed: Of everything random; clip i depends on seed and i alone.
        style: Size, length and so on.

    Example:
        >>> [clip.label for clip in digit_clips(3, seed=0, style=Style(size=16, num_frames=2))]
        ['0', '1', '2']
    """
    return generate_clips(DIGITS, _draw_digit, num_clips, seed, style)


def _draw_digit(
    label: str, _: np.random.Generator, rng: np.random.Generator, style: Style
) -> tuple[list[Mover], float]:
    speed, heading = rng.uniform(0.3, 0.8), rng.uniform(0, 2 * np.pi)
    direction = complex(np.cos(heading), np.sin(heading))
    places = straight_path(rng.uniform(0, 1, 2), direction, distances_at(speed, style))
    radius = rng.uniform(0.2, 0.3)
    return [Mover(_bars(_SEGMENTS_OF_DIGIT[int(label)]), radius, places, np.zeros(style.num_frames))], speed


def _bars(segments: str) -> list[np.ndarray]:
    edges = (_SEGMENTS[name] for name in segments)
    return [np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) for x0, y0, x1, y1 in edges]
