"""Which frames of a spectrogram belong to a clip, by exact times on the clock of the video's frames."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.sampling.clips import continuous_runs


@dataclass(frozen=True)
class SoundWindow:
    """Consecutive frames of a spectrogram; those before its first and after its last stand for no sound.

    Args:
        first: Index of the first one; negative where the clip begins before the track.
        num_frames: How many there are; may be 0.
    """

    first: int
    num_frames: int


def clip_span(times: FrameTimes, indices: np.ndarray) -> Interval[Fraction]:
    """The time that a clip shows: from the pts of its first frame to the end of its last one.

    A frame ends where the next one begins, unless a gap follows: of a long video only some windows are decoded.

    Args:
        times: When each decoded frame is shown; for a segment too, times count from the first frame of the file.
        indices: (T,) int64, the frames of the clip in any order.

    Returns:
        In seconds, exact.

    Example:
        >>> times = FrameTimes(np.arange(8, dtype=np.int64), 8, Fraction(1, 4))
        >>> [float(moment) for moment in clip_span(times, np.array([1, 3, 5]))]
        [0.25, 1.5]
    """
    first, last = int(times.pts[indices.min()]), int(indices.max())
    following = int(times.pts[last + 1]) if last + 1 < len(times) else times.end_pts
    ends = (run.end for run in continuous_runs(times) if run.contains(int(times.pts[last])))
    end = min([following, *ends])
    return Interval(first * times.time_base, end * times.time_base)


def sound_window(log_mel: LogMel, span: Interval[Fraction], max_frames: int) -> SoundWindow:
    """The frames of a spectrogram whose centres lie in an interval; the middle part of one that is longer.

    Args:
        log_mel: Of the whole track.
        span: In seconds on the clock of the frames.
        max_frames: Most frames of the window.
    """
    first, stop = (math.ceil((moment - log_mel.start) / log_mel.step) for moment in span)
    too_many = max(0, stop - first - max_frames)
    return SoundWindow(first + too_many // 2, max(0, stop - first - too_many))


def sound_arrays(log_mel: LogMel, window: SoundWindow, sound: SoundInput) -> tuple[np.ndarray, np.ndarray]:
    """The input arrays of a window: its frames first, then zeros, and a mask that is 1 where there is sound.

    Args:
        log_mel: Of the whole track.
        window: At most ``sound.num_steps`` frames.
        sound: How many steps and bands the network takes.

    Returns:
        (M, num_mels) float32 natural logarithms, and (M,) float32 with 1 where there is real sound, M = num_steps.
    """
    values = np.zeros((sound.num_steps, sound.num_mels), np.float32)
    present = np.zeros(sound.num_steps, np.float32)
    begin = min(max(0, -window.first), window.num_frames)
    end = min(window.num_frames, len(log_mel.values) - window.first)
    if begin < end:
        real = np.asarray(log_mel.present[window.first + begin : window.first + end])
        frames = log_mel.values[window.first + begin : window.first + end]
        values[begin:end] = np.where(real[:, None], frames, 0)
        present[begin:end] = real
    return values, present
