"""Windows for prediction: which runs of frames can be one, and which ones an epoch or an evaluation sees."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.frames import FrameTimes
from reelwise.core.window import WindowSpec
from reelwise.sampling.clips import run_numbers

STILL_WEIGHT = 0.1
"""How often a window in which nothing moves is drawn, relative to any other. Repeating the last frame predicts it
perfectly, so it has little to teach; a few of them remain, so that a network also learns to leave a picture alone."""

_NO_HOLE_SECONDS = Fraction(0)
"""A clip of classification may jump over a second that was left out. A prediction would be judged by that jump, so any
gap that is long for its video is a hole."""

# One stream of random numbers per use, so that one use never shifts another.
_ORDER, _WINDOW = 1, 2


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a set of videos, W in all, in the order of the videos and then of time.

    Args:
        spec: Which frames make a window.
        videos: (W,) int64, the number of the video that each is of, never falling.
        starts: (W,) int64, the first frame of each, as an index into the decoded frames of its video.
        weights: (W,) float64, more than 0: how often each is drawn, relative to the others.
    """

    spec: WindowSpec
    videos: np.ndarray
    starts: np.ndarray
    weights: np.ndarray

    def __post_init__(self) -> None:
        shapes = {self.videos.shape, self.starts.shape, self.weights.shape}
        if shapes != {(len(self.videos),)}:
            raise ValueError(f"videos, starts and weights must be of one shape (W,), got {sorted(shapes)}")
        if np.any(np.diff(self.videos) < 0) or np.any(self.weights <= 0):
            raise ValueError("videos must not fall, and weights must be more than 0")

    def __len__(self) -> int:
        return len(self.videos)

    def frame_indices(self, window: int) -> np.ndarray:
        """(T,) int64: the frames of one window, first those of the context, as indices into its video's frames."""
        return self.starts[window] + self.spec.frame_stride * np.arange(self.spec.num_frames, dtype=np.int64)

    @functools.cached_property
    def cumulative_weights(self) -> np.ndarray:
        """(W,) float64: the sum of the weights up to each window, itself included."""
        return np.cumsum(self.weights, dtype=np.float64)


def window_starts(times: FrameTimes, spec: WindowSpec, cuts: Sequence[int] = ()) -> np.ndarray:
    """First frames of all windows of a video that cross neither a hole in time nor a cut.

    A hole lies between two neighbouring frames that are more than four times as far apart as most are.

    Args:
        times: When each decoded frame is shown.
        spec: Which frames make a window.
        cuts: The first frame of each new shot, as an index into the decoded frames, in any order. For a gradual
            transition give its first frame and the first one behind it.

    Returns:
        (P,) int64, rising; none where the video, or every shot of it, is too short.

    Example:
        >>> times = FrameTimes(np.arange(9, dtype=np.int64), 9, Fraction(1, 30))
        >>> window_starts(times, WindowSpec(num_context=2, num_targets=1, frame_stride=1), cuts=[5])
        array([0, 1, 2, 5, 6])
    """
    starts = np.arange(max(0, len(times) - spec.span + 1), dtype=np.int64)
    shots = np.searchsorted(np.sort(np.asarray(cuts, np.int64)), np.arange(len(times)), side="right")
    # Neither number ever falls, so their sums are equal where both are.
    pieces = run_numbers(times, _NO_HOLE_SECONDS) + shots
    return starts[pieces[starts] == pieces[starts + spec.span - 1]]


def join_windows(
    spec: WindowSpec, starts: Sequence[np.ndarray], is_still: Sequence[np.ndarray] | None = None
) -> Windows:
    """The windows of all videos together; still ones weigh a tenth.

    Args:
        spec: Which frames make a window.
        starts: For each video (P,) int64, as ``window_starts`` gives them; a video may have none.
        is_still: For each video (P,) bool, whether nothing moves in the window; None weighs all alike.
    """
    counts = [len(of_video) for of_video in starts]
    videos = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    weights = np.ones(len(videos))
    if is_still is not None:
        weights[np.concatenate([np.zeros(0, bool), *is_still])] = STILL_WEIGHT
    return Windows(spec, videos, np.concatenate([np.zeros(0, np.int64), *starts]), weights)


def spread_windows(windows: Windows, most_per_video: int) -> Windows:
    """The windows of an evaluation: evenly spread over each video, the same ones each time, all of one weight.

    Args:
        windows: All that there are.
        most_per_video: K; a video with fewer windows gives all of them.

    Raises:
        ValueError: K is less than 1.

    Example:
        >>> spec = WindowSpec(1, 1, 1)
        >>> spread_windows(join_windows(spec, [np.arange(9), np.arange(2)]), most_per_video=3).starts
        array([1, 4, 7, 0, 1])
    """
    if most_per_video < 1:
        raise ValueError(f"most_per_video is {most_per_video}, expected 1 or more")
    _, firsts, counts = np.unique(windows.videos, return_index=True, return_counts=True)
    rows = [
        first + (2 * np.arange(num) + 1) * count // (2 * num)
        for first, count in zip(firsts, counts, strict=True)
        if (num := min(most_per_video, count))
    ]
    row = np.concatenate([np.zeros(0, np.int64), *rows])
    return Windows(windows.spec, windows.videos[row], windows.starts[row], np.ones(len(row)))


def thin_windows(windows: Windows, most: int) -> Windows:
    """So many of some windows as ``most``, evenly spread over them; all where there are no more.

    Example:
        >>> spec = WindowSpec(1, 1, 1)
        >>> thin_windows(join_windows(spec, [np.arange(2)] * 5), most=3).videos
        array([0, 2, 4])
    """
    num = min(most, len(windows))
    row = (2 * np.arange(num) + 1) * len(windows) // (2 * max(1, num))
    return Windows(windows.spec, windows.videos[row], windows.starts[row], windows.weights[row])


def samples_per_epoch(windows: Windows) -> int:
    """A usual length of an epoch: at least a window per video, and one for each half span of moving pictures.

    Windows that begin closer together show nearly the same, so an epoch of all windows would repeat itself.

    Example:
        >>> samples_per_epoch(join_windows(WindowSpec(4, 4, 2), [np.arange(80), np.arange(1)]))
        11
    """
    half_spans = -(-2 * windows.weights.sum() // windows.spec.span)
    return max(len(np.unique(windows.videos)), int(half_spans))


@dataclass(frozen=True, eq=False)
class WindowDraw:
    """Which windows each epoch of a training sees: numbers that depend on seed, epoch and sample alone.

    The windows lie side by side on a line, each as long as its weight; the line is cut into S equal parts, and sample s
    is drawn from part s. So each window comes as often as its weight says, and every epoch sees all videos.

    Args:
        windows: To draw from.
        num_samples: S, how many windows an epoch sees.
        seed: Of all epochs.

    Source: stratified sampling with one draw per stratum, Cochran 1977, "Sampling techniques", chapter 5.
    """

    windows: Windows
    num_samples: int
    seed: int

    def __post_init__(self) -> None:
        if len(self.windows) == 0 or self.num_samples < 1:
            raise ValueError(f"cannot draw {self.num_samples} samples of {len(self.windows)} windows")

    def window(self, epoch: int, sample: int) -> int:
        """The number of the window that a sample of an epoch is."""
        sums = self.windows.cumulative_weights
        place = sample + np.random.default_rng((self.seed, epoch, _WINDOW, sample)).random()
        window = int(np.searchsorted(sums, place / self.num_samples * sums[-1], side="right"))
        return min(window, len(self.windows) - 1)  # rounding may reach the end of the line

    def order(self, epoch: int) -> np.ndarray:
        """(S,) int64: the samples of an epoch in the order of its batches; not to be changed."""
        return _sample_order(self.seed, epoch, self.num_samples)


@functools.lru_cache(maxsize=4)
def _sample_order(seed: int, epoch: int, num_samples: int) -> np.ndarray:
    """Kept for the many batches of an epoch."""
    return np.random.default_rng((seed, epoch, _ORDER)).permutation(num_samples)
