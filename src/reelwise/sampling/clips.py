"""The frames of one clip, chosen by exact times."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import numpy as np

from reelwise.core.clip import ClipSpec, TimeJitter
from reelwise.core.errors import VideoError
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval

HALF = Fraction(1, 2)
"""The middle of a video or of a part of a clip."""

_LONG_GAP_SECONDS = Fraction(1)
"""A clip for classification may jump over a shorter gap: variable frame rates are full of them."""


def clip_indices(
    times: FrameTimes, spec: ClipSpec, place: Fraction = HALF, phase: Fraction = HALF, name: str = ""
) -> np.ndarray:
    """The frames of one clip at a given place of the video.

    Spread by time, the span is cut into T equal parts and each frame is the one shown at ``phase`` of its part; a video
    with fewer frames than T repeats some. All arithmetic is on integers, so variable frame rates are exact.

    Args:
        times: When each decoded frame is shown.
        spec: How many frames, and how far apart.
        place: Where the clip lies among all its possible places, 0 first to 1 last.
        phase: Which moment of each part is shown, 0 its start to 1 its end; unused with a fixed stride.
        name: The video's name, for the error.

    Returns:
        (T,) int64, rising (equal neighbours only where frames are repeated).

    Raises:
        VideoError: A fixed stride needs more frames than the video has; use a smaller ``frame_stride``.

    Example:
        >>> times = FrameTimes(np.arange(8, dtype=np.int64), 8, Fraction(1, 4))
        >>> clip_indices(times, ClipSpec(num_frames=4))
        array([1, 3, 5, 7])
    """
    if spec.frame_stride is not None:
        starts = strided_starts(times, spec, name)
        start = starts[min(len(starts) - 1, int(place * len(starts)))]
        return _strided_indices(start, spec)
    start, length = _place_span(times, spec, place)
    num, den = phase.numerator, phase.denominator * spec.num_frames
    instants = [start + min(length - 1, length * (i * phase.denominator + num) // den) for i in range(spec.num_frames)]
    return shown_at(times, instants)


def random_clip_indices(
    times: FrameTimes, spec: ClipSpec, rng: np.random.Generator, jitter: TimeJitter | None = None
) -> np.ndarray:
    """The frames of one clip at a random place of the video, for training.

    Args:
        times: When each decoded frame is shown.
        spec: How many frames, and how far apart.
        rng: Where every random number comes from.
        jitter: How freely frames are chosen; None takes the defaults.

    Returns:
        (T,) int64, rising (equal neighbours only where frames are repeated).

    Raises:
        VideoError: A fixed stride needs more frames than the video has; use a smaller ``frame_stride``.
    """
    if spec.frame_stride is not None:
        starts = strided_starts(times, spec)
        return _strided_indices(starts[int(rng.integers(len(starts)))], spec)
    jitter = jitter or TimeJitter()
    share = jitter.shortest_span + (1 - jitter.shortest_span) * rng.random()
    start, length = _place_span(times, spec, Fraction(int(rng.integers(1 << 30)), 1 << 30), share)
    edges = start + length * np.arange(spec.num_frames + 1, dtype=np.int64) // spec.num_frames
    offsets = rng.random(1 if jitter.shared_offset else spec.num_frames)
    offsets = 0.5 + jitter.frame_offset * (offsets - 0.5)
    return shown_at(times, edges[:-1] + np.floor(offsets * np.diff(edges)).astype(np.int64))


def shown_at(times: FrameTimes, instants: Sequence[int] | np.ndarray) -> np.ndarray:
    """The frame that is on the screen at each moment.

    Args:
        times: When each decoded frame is shown.
        instants: Moments in the units of ``times.time_base``.

    Returns:
        int64 indices of the same length, the first frame for moments before it.
    """
    frames = np.searchsorted(times.pts, np.asarray(instants, np.int64), side="right") - 1
    return np.maximum(frames, 0).astype(np.int64)


def continuous_runs(times: FrameTimes, shortest_gap_seconds: Fraction = _LONG_GAP_SECONDS) -> tuple[Interval[int], ...]:
    """The intervals of a video whose frames follow each other without a gap.

    Of a long video only some windows are decoded; a clip must not jump from one to the next. Two neighbouring frames
    have a gap between them when they lie further apart than a second and than four times the median.

    Args:
        times: When each decoded frame is shown.
        shortest_gap_seconds: Another number than that one second; 0 leaves the median alone to decide.

    Returns:
        In ticks, disjoint and in order, at least one: each from its first frame to the end of its last one.
    """
    gaps = np.diff(times.pts)
    median = int(np.median(gaps)) if len(gaps) else times.end_pts - int(times.pts[0])
    after_gaps = np.flatnonzero(gaps > max(ceil(shortest_gap_seconds / times.time_base), 4 * median))
    firsts = [int(times.pts[0]), *(int(times.pts[i + 1]) for i in after_gaps)]
    ends = [*(int(times.pts[i]) + median for i in after_gaps), times.end_pts]
    return tuple(Interval(first, end) for first, end in zip(firsts, ends, strict=True))


def run_numbers(times: FrameTimes, shortest_gap_seconds: Fraction = _LONG_GAP_SECONDS) -> np.ndarray:
    """Which of the continuous runs each frame lies in.

    Args:
        times: When each decoded frame is shown.
        shortest_gap_seconds: As ``continuous_runs`` takes it.

    Returns:
        (N,) int64, never falling; frames of one run have the same number.
    """
    first_pts = np.array([run.start for run in continuous_runs(times, shortest_gap_seconds)])
    return np.searchsorted(first_pts, times.pts, side="right").astype(np.int64)


def strided_starts(times: FrameTimes, spec: ClipSpec, name: str = "") -> np.ndarray:
    """First frames from which a clip with a fixed stride fits.

    Args:
        times: When each decoded frame is shown.
        spec: With a ``frame_stride``.
        name: The video's name, for the error.

    Returns:
        (P,) int64, P > 0; starts of clips that would cross a gap are left out if there is any other.

    Raises:
        VideoError: The video is too short; the hint names the stride that fits.
    """
    stride = spec.frame_stride or 1
    span = (spec.num_frames - 1) * stride + 1
    if span > len(times):
        raise VideoError(_too_short(len(times), spec, span, name), hint=_shorter_hint(len(times), spec))
    starts = np.arange(len(times) - span + 1, dtype=np.int64)
    run_of = run_numbers(times)
    whole = starts[run_of[starts] == run_of[starts + span - 1]]
    return whole if len(whole) else starts


def _place_span(times: FrameTimes, spec: ClipSpec, place: Fraction, share: float = 1.0) -> tuple[int, int]:
    """Start and length of the clip's span; ``share`` shortens it."""
    whole = Interval(int(times.pts[0]), times.end_pts)
    longest = max(1, int(spec.max_span_seconds / times.time_base))
    runs = (whole,) if whole.length <= longest else _long_enough(continuous_runs(times), longest)
    lengths = [max(1, int(min(run.length, longest) * share)) for run in runs]
    choices = [run.length - length + 1 for run, length in zip(runs, lengths, strict=True)]
    at = min(sum(choices) - 1, int(place * sum(choices)))
    for run, length, count in zip(runs, lengths, choices, strict=True):
        if at < count:
            return run.start + at, length
        at -= count
    raise AssertionError("a place lies in one of the runs")  # pragma: no cover


def _long_enough(runs: tuple[Interval[int], ...], longest: int) -> tuple[Interval[int], ...]:
    """The runs that last at least half as long as a clip may; the longest one where there is none."""
    long_runs = tuple(run for run in runs if 2 * run.length >= longest)
    return long_runs or (max(runs, key=lambda run: run.length),)


def _strided_indices(start: int, spec: ClipSpec) -> np.ndarray:
    return int(start) + (spec.frame_stride or 1) * np.arange(spec.num_frames, dtype=np.int64)


def _too_short(num_frames: int, spec: ClipSpec, span: int, name: str) -> str:
    where = f"{name}: " if name else ""
    return (
        f"{where}{spec.num_frames} frames at stride {spec.frame_stride} span {span} frames, the video has {num_frames}."
    )


def _shorter_hint(num_frames: int, spec: ClipSpec) -> str:
    fitting = (num_frames - 1) // (spec.num_frames - 1) if spec.num_frames > 1 else 0
    return f"Use --frame-stride {fitting}." if fitting else "Leave --frame-stride out, to spread the clip by time."
