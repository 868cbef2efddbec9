"""Spans of sound as frames."""

from fractions import Fraction

from reelwise.analysis.times import FrameClock


def frames_of(clock: FrameClock, start: Fraction, end: Fraction) -> tuple[int, int] | None:
    """The frames nearest to a span of sound; None where it lies outside of the video.

    Args:
        clock: Of the frames.
        start: Seconds from the first frame.
        end: Seconds from the first frame.
    """
    duration = clock.seconds_of(len(clock))
    if end <= 0 or start >= duration:
        return None
    first = min(_nearest(clock, start), len(clock) - 1)
    return first, max(first + 1, _nearest(clock, end))


def _nearest(clock: FrameClock, seconds: Fraction) -> int:
    """The frame that starts nearest to a time; the number of frames for the end."""
    if seconds <= 0:
        return 0
    if seconds >= clock.seconds_of(len(clock)):
        return len(clock)
    frame = clock.frame_at(seconds)
    return frame if seconds - clock.seconds_of(frame) <= clock.seconds_of(frame + 1) - seconds else frame + 1
