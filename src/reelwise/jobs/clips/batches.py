"""Windows of videos in batches."""

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from reelwise.datasets.window_batches import WindowBatches
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.sampling.windows import Windows

MOST_VALIDATION = 128
"""Windows that the epochs are compared by: enough for a steady order of epochs, few enough for a second's work."""


class Drawing(TypedDict, total=False):
    """How :class:`WindowBatches` draws windows.

    Args:
        batch_size: Windows in a batch.
        num_samples: Windows that are drawn for each epoch.
        seed: Of what is drawn.
        mirror: Whether half of the windows are mirrored.
    """

    batch_size: Required[int]
    num_samples: int
    seed: int
    mirror: bool


def window_batches(
    data: ClipVideos, plan: ClipPlan, indices: Sequence[int], windows: Windows, **options: Unpack[Drawing]
) -> WindowBatches:
    """Batches of windows of some videos; without ``num_samples`` each window once, in order.

    Args:
        data: All videos.
        plan: With the size of the network's input.
        indices: Of the videos.
        windows: Of them.
        **options: Size of the batches, and for training how windows are drawn.
    """
    return WindowBatches(
        videos=[data.videos[i] for i in indices],
        windows=windows,
        size=plan.contract.input.clip.input_size,
        names=[data.names[i] for i in indices],
        **options,
    )


def per_video(num_videos: int, most: int = MOST_VALIDATION) -> int:
    """Windows of each video, so that they are about ``most`` together and 16 of one at most.

    Example:
        >>> per_video(20), per_video(4), per_video(1000)
        (6, 16, 1)
    """
    return max(1, min(16, most // max(1, num_videos)))
