"""The clips of a video whose predictions are averaged: the same ones each time."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.clip import ClipSpec
from reelwise.core.frames import FrameTimes
from reelwise.sampling.clips import clip_indices


@dataclass(frozen=True, eq=False)
class View:
    """One clip of a video, and whether it is mirrored.

    Args:
        indices: (T,) int64 frame indices.
        is_mirrored: Whether left and right are swapped.
    """

    indices: np.ndarray
    is_mirrored: bool = False


def view_indices(times: FrameTimes, spec: ClipSpec, num_views: int, name: str = "") -> list[np.ndarray]:
    """Frames of V clips, evenly placed over the video.

    In a video longer than the clip's span the views are windows of it; in a shorter one every view covers all of it, at
    different phases. Nothing is random.

    Args:
        times: When each decoded frame is shown.
        spec: How many frames, and how far apart.
        num_views: V.
        name: The video's name, for the error.

    Returns:
        V arrays (T,) int64.

    Raises:
        VideoError: A fixed stride needs more frames than the video has; use a smaller ``frame_stride``.
    """
    middles = [Fraction(2 * view + 1, 2 * num_views) for view in range(num_views)]
    return [clip_indices(times, spec, place=middle, phase=middle, name=name) for middle in middles]


def plan_views(times: FrameTimes, spec: ClipSpec, num_views: int, mirror: bool = False, name: str = "") -> list[View]:
    """V views of a video; with ``mirror``, every second one is mirrored (a single view never is).

    Args:
        times: When each decoded frame is shown.
        spec: How many frames, and how far apart.
        num_views: V.
        mirror: Whether labels allow a mirror.
        name: The video's name, for the error.

    Returns:
        V views, in order of time.
    """
    clips = view_indices(times, spec, num_views, name)
    return [View(indices, mirror and position % 2 == 1) for position, indices in enumerate(clips)]
