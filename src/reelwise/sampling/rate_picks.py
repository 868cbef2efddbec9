"""Which frames of a video make a clip of another frame rate: chosen by their exact times."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.frames import FrameTimes

_EARLY = Fraction(1, 4)
"""Of a period: the first frame may come so much later than the moment that it stands for, as a camera's clock does."""


@dataclass(frozen=True, eq=False)
class RatePicks:
    """Indices of frames around one moment of a video.

    Args:
        context: (T_in,) int, the frames up to that moment, the last one among them.
        following: (n,) int, those behind it, until the video ends.
    """

    context: np.ndarray
    following: np.ndarray


def pick_at_rate(
    times: FrameTimes, frame_rate: Fraction, num_context: int, num_following: int, at: Fraction | None = None
) -> RatePicks | None:
    """The frames that show what a clip of another rate shows: for each of its moments the nearest in time.

    The clip hangs on its last context frame, so of a video with a whole multiple of the rate every n-th frame is taken.
    A video with fewer frames a second has some of them twice.

    Args:
        times: Of all frames that may be taken.
        frame_rate: Frames per second of the clip.
        num_context: T_in.
        num_following: Frames behind it at most.
        at: The last context frame is the one that is shown at this second; None for the last frame of all.

    Returns:
        None where the video does not begin early enough; ``count_before`` says how many frames there would be.

    Example:
        >>> times = FrameTimes(np.arange(10), 10, Fraction(1, 10))
        >>> picks = pick_at_rate(times, Fraction(5), 3, 2, at=Fraction(1, 2))
        >>> picks.context.tolist(), picks.following.tolist()
        ([1, 3, 5], [7, 9])
    """
    if count_before(times, frame_rate, at) < num_context:
        return None
    anchor = _anchor(times, at)
    period = 1 / (frame_rate * times.time_base)  # in ticks
    before = [anchor - k * period for k in reversed(range(num_context))]
    behind = [anchor + k * period for k in range(1, num_following + 1)]
    context = _nearest(times, before)
    return RatePicks(context, _nearest(times, [moment for moment in behind if moment < times.end_pts]))


def count_before(times: FrameTimes, frame_rate: Fraction, at: Fraction | None = None) -> int:
    """How many context frames there are up to a moment, the one of that moment among them; 0 before the first.

    Args:
        times: As in ``pick_at_rate``.
        frame_rate: Likewise.
        at: Likewise.
    """
    if at is not None and at / times.time_base < int(times.pts[0]):
        return 0
    seconds = (_anchor(times, at) - int(times.pts[0])) * times.time_base
    return int(seconds * frame_rate + _EARLY) + 1


def _anchor(times: FrameTimes, at: Fraction | None) -> int:
    """The time of the last context frame, in ticks."""
    if at is None:
        return int(times.pts[-1])
    tick = at / times.time_base
    return int(times.pts[np.searchsorted(times.pts, tick.numerator // tick.denominator, side="right") - 1])


def _nearest(times: FrameTimes, moments: list[Fraction]) -> np.ndarray:
    """(n,) int: the frame nearest to each moment in ticks; of two equally near the earlier one."""
    pts = times.pts
    indices = []
    for moment in moments:
        right = int(np.searchsorted(pts, moment.numerator // moment.denominator, side="right"))
        left = max(0, right - 1)
        right = min(right, len(pts) - 1)
        is_right = abs(int(pts[right]) - moment) < abs(int(pts[left]) - moment)
        indices.append(right if is_right else left)
    return np.array(indices, np.int64)
