"""The windows for prediction of a set of decoded videos, with still ones told apart."""

from collections.abc import Sequence

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.frames import DecodedVideo
from reelwise.core.window import WindowSpec
from reelwise.features.block_changes import block_changes
from reelwise.sampling.windows import Windows, join_windows, window_starts

STILL_CHANGE = 1.5
"""Grey levels. Pictures that stand still, before a camera with a noise of 3 grey levels and encoded by x264 with crf 18
to 35, change by 0.8 at most; windows of real clips of two people by 2.8 at least, and 99 of 100 by 5.8
(``benchmarks/still_windows.py``, at 64 pixels)."""


def prediction_windows(
    videos: Sequence[DecodedVideo],
    spec: WindowSpec,
    cuts: Sequence[Sequence[int]] | None = None,
    names: Sequence[str] = (),
) -> Windows:
    """All windows of the videos that cross neither a hole nor a cut; those in which nothing moves weigh a tenth.

    Args:
        videos: N decoded videos; each is read once.
        spec: Which frames make a window.
        cuts: For each video the first frame of each new shot, as ``window_starts`` takes them; None for no cuts.
        names: Of the videos, for messages.

    Returns:
        One window or more; a video that is too short has none.

    Raises:
        DataError: No video has a window; the hint names a stride that fits the longest one, if there is any.
    """
    cuts_of_videos: Sequence[Sequence[int]] = [()] * len(videos) if cuts is None else cuts
    starts = [
        window_starts(video.times, spec, video_cuts) for video, video_cuts in zip(videos, cuts_of_videos, strict=True)
    ]
    if not any(len(of_video) for of_video in starts):
        raise _no_window(videos, spec, cuts_of_videos, names)
    is_still = [still_windows(video.frames, at, spec) for video, at in zip(videos, starts, strict=True)]
    return join_windows(spec, starts, is_still)


def still_windows(frames: np.ndarray, starts: np.ndarray, spec: WindowSpec) -> np.ndarray:
    """In which windows of a video nothing moves: all frames are equal but for what a codec does to them.

    Neighbouring frames are compared, and the first with the last, so that what moves too slowly to be seen between two
    frames is seen as well.

    Args:
        frames: (N, H, W, 3) uint8 RGB.
        starts: (P,) int64, the first frame of each window.
        spec: Which frames make a window.

    Returns:
        (P,) bool: whether no block of 8x8 pixels changes by more than ``STILL_CHANGE`` grey levels in the mean.
    """
    if len(starts) == 0:
        return np.zeros(0, bool)
    steps = block_changes(frames, spec.frame_stride)
    firsts = spec.frame_stride * np.arange(spec.num_frames - 1)
    largest_steps = steps[starts[:, None] + firsts].max(axis=1)  # (P, T - 1) -> (P,)
    from_first_to_last = block_changes(frames, spec.span - 1)[starts]
    return np.maximum(largest_steps, from_first_to_last) <= STILL_CHANGE


def _no_window(
    videos: Sequence[DecodedVideo], spec: WindowSpec, cuts: Sequence[Sequence[int]], names: Sequence[str]
) -> DataError:
    """The error that no video is long enough, with the longest one and what would fit."""
    lengths = [len(video.times) for video in videos]
    if not lengths:
        return DataError("No video is left to take windows of.", hint="Give a folder with videos.")
    longest = int(np.argmax(lengths))
    name = names[longest] if len(names) else f"video {longest}"
    message = (
        f"No video has {spec.span} frames without a cut or a hole, as {spec.num_context} + {spec.num_targets} frames at"
        f" stride {spec.frame_stride} need; the longest, {name}, has {lengths[longest]} in all."
    )
    for stride in range(spec.frame_stride - 1, 0, -1):
        if _fits(WindowSpec(spec.num_context, spec.num_targets, stride), videos, cuts):
            return DataError(message, hint=f"Use --frame-stride {stride}.")
    for count in range(min(spec.num_context, spec.num_targets) - 1, 0, -1):
        if _fits(WindowSpec(count, count, 1), videos, cuts):
            return DataError(message, hint=f"Use --num-frames {count} --frame-stride 1, or give longer videos.")
    return DataError(message, hint="Give longer videos.")


def _fits(spec: WindowSpec, videos: Sequence[DecodedVideo], cuts: Sequence[Sequence[int]]) -> bool:
    """Whether some video has such a window."""
    return any(len(window_starts(video.times, spec, at)) for video, at in zip(videos, cuts, strict=True))
