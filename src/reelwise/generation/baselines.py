"""The simple rules that a model of prediction must beat: for the frames that follow, and for those between two."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwise.generation.dense_flow import dense_flow, warp
from reelwise.generation.nearest_clip import ClipBlocks, NearestContinuation
from reelwise.transforms.opencv_threads import one_opencv_thread

Predict = Callable[[np.ndarray, int], np.ndarray]
"""(N, T_in, H, W, 3) uint8 frames that are given, and T_out, to (N, T_out, H, W, 3) uint8."""


@dataclass(frozen=True)
class FrameBaseline:
    """A rule that predicts frames without a model.

    Args:
        name: As metrics and reports call it.
        summary: What it does, as a sentence.
        rule: The function behind ``predict``.
    """

    name: str
    summary: str
    rule: Predict

    def predict(self, frames: np.ndarray, num_targets: int) -> np.ndarray:
        """The predicted frames; those of one clip do not depend on the others.

        Args:
            frames: (N, T_in, H, W, 3) uint8 RGB: the context, or the first and the last frame of what lies between.
            num_targets: T_out.

        Returns:
            (N, T_out, H, W, 3) uint8.

        Raises:
            ValueError: A shape or type is another one.
        """
        if frames.dtype != np.uint8 or frames.ndim != 5 or frames.shape[1] < 1 or frames.shape[4] != 3:
            raise ValueError(f"frames must be uint8 (N, T, H, W, 3), got {frames.dtype} {frames.shape}")
        if num_targets < 1:
            raise ValueError(f"num_targets is {num_targets}, expected 1 or more")
        return self.rule(frames, num_targets)


def copy_last(context: np.ndarray, num_targets: int) -> np.ndarray:
    """The last frame of the context, again and again."""
    return np.repeat(context[:, -1:], num_targets, axis=1)


def mean_of_context(context: np.ndarray, num_targets: int) -> np.ndarray:
    """The mean of all context frames, again and again."""
    return np.repeat(_to_uint8(_mean(context)), num_targets, axis=1)


def half_last_half_mean(context: np.ndarray, num_targets: int) -> np.ndarray:
    """The last frame and the mean of the context, half each: the mean says what may move away from the last frame."""
    return np.repeat(_to_uint8((context[:, -1:] + _mean(context)) / 2), num_targets, axis=1)


def linear(context: np.ndarray, num_targets: int) -> np.ndarray:
    """Each pixel goes on changing as it did between the last two frames, within 0 to 255; one frame alone stays."""
    last = context[:, -1:].astype(np.int32)
    change = last - context[:, -2:][:, :1]
    steps = np.arange(1, num_targets + 1, dtype=np.int32).reshape(1, -1, 1, 1, 1)
    return np.clip(last + steps * change, 0, 255).astype(np.uint8)


def flow_warp(context: np.ndarray, num_targets: int) -> np.ndarray:
    """The last frame, moved on along the flow between the last two, which stays as it is; one frame alone stays.

    Each pixel is traced back through the flow field, a step per frame, and taken from the last frame by one bilinear
    interpolation, so that the picture does not blur from step to step. What comes in over the border is the nearest
    pixel of the border.
    """
    if context.shape[1] == 1:
        return copy_last(context, num_targets)
    prediction = np.empty((len(context), num_targets, *context.shape[2:]), np.uint8)
    with one_opencv_thread():
        for clip, frames in zip(context, prediction, strict=True):
            last = np.ascontiguousarray(clip[-1])
            flow = dense_flow(last, np.ascontiguousarray(clip[-2]))
            displacement = np.zeros_like(flow)
            for frame in frames:
                displacement = flow + warp(displacement, flow)
                frame[:] = warp(last, displacement)
    return prediction


def linear_blend(ends: np.ndarray, num_between: int) -> np.ndarray:
    """Each pixel changes evenly from the first frame to the last."""
    first, last = ends[:, :1].astype(np.float32), ends[:, -1:].astype(np.float32)
    return _to_uint8(first + _moments(num_between).reshape(1, -1, 1, 1, 1) * (last - first))


def flow_between(ends: np.ndarray, num_between: int) -> np.ndarray:
    """The first and the last frame, each moved towards the other along the flow, then blended.

    What comes in over the border is the nearest pixel of the border.

    Source: Jiang et al. 2018, "Super SloMo", arXiv:1712.00080, equation 4, without its networks.
    """
    prediction = np.empty((len(ends), num_between, *ends.shape[2:]), np.uint8)
    with one_opencv_thread():
        for clip, frames in zip(ends, prediction, strict=True):
            first, last = np.ascontiguousarray(clip[0]), np.ascontiguousarray(clip[-1])
            forward, backward = dense_flow(first, last), dense_flow(last, first)
            for moment, frame in zip(_moments(num_between), frames, strict=True):
                rest = 1 - moment
                from_first = warp(first, moment * moment * backward - rest * moment * forward)
                from_last = warp(last, rest * rest * forward - moment * rest * backward)
                frame[:] = _to_uint8(rest * from_first + moment * from_last)
    return prediction


NEXT_BASELINES = (
    FrameBaseline("copy_last", "Repeats the last frame.", copy_last),
    FrameBaseline("mean", "Repeats the mean of the context.", mean_of_context),
    FrameBaseline("half_last_half_mean", "Repeats the last frame and the mean, half each.", half_last_half_mean),
    FrameBaseline("linear", "Lets each pixel change on as between the last two frames.", linear),
    FrameBaseline("flow", "Moves the last frame on along the flow between the last two.", flow_warp),
)
"""For the frames that follow a context; ``next_baselines`` adds the one that needs training clips."""

BETWEEN_BASELINES = (
    FrameBaseline("linear_blend", "Fades from the first frame to the last.", linear_blend),
    FrameBaseline("flow", "Moves both frames towards each other along the flow, and fades.", flow_between),
)
"""For the frames between two that are given."""


def next_baselines(training_clips: ClipBlocks | None = None) -> tuple[FrameBaseline, ...]:
    """All baselines for the frames that follow.

    Args:
        training_clips: Where the nearest one is searched; None leaves ``nearest`` out.
    """
    if training_clips is None:
        return NEXT_BASELINES
    summary = "Continues as the training clip does whose beginning is nearest."
    return (*NEXT_BASELINES, FrameBaseline("nearest", summary, NearestContinuation(training_clips)))


def _mean(context: np.ndarray) -> np.ndarray:
    """(N, 1, H, W, 3) float64."""
    return context.sum(axis=1, keepdims=True, dtype=np.uint32) / context.shape[1]


def _to_uint8(frames: np.ndarray) -> np.ndarray:
    """Values in [0, 255] as uint8."""
    return np.rint(frames).astype(np.uint8)


def _moments(num_between: int) -> np.ndarray:
    """(T,) float32: where the frames lie between the first, at 0, and the last, at 1."""
    return np.arange(1, num_between + 1, dtype=np.float32) / np.float32(num_between + 1)
