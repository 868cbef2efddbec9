"""What a network gives for many decoded videos, one after the other."""

import functools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from reelwise.core.frames import DecodedVideo
from reelwise.training.feed import FeedThreads, prefetch
from reelwise.transforms.opencv_threads import one_opencv_thread

if TYPE_CHECKING:
    from reelwise.inference.predictor import Predictor
    from reelwise.sampling.clip_inputs import Inputs

_BATCHES_AHEAD = 1
"""Batches that wait for the network, beside those that the threads make: the views of one video each."""


def head_outputs_in_order(
    predictor: "Predictor", videos: Iterable[tuple[DecodedVideo, str]]
) -> Iterator[tuple[DecodedVideo, np.ndarray]]:
    """Each video with the outputs of the heads, while the views of the next ones are made in threads.

    Args:
        predictor: Of the model.
        videos: With their names, for messages; taken in the caller's thread, a few ahead of their use.

    Yields:
        The video and (H, C) float64, the same bits as ``predictor.head_outputs`` gives for it alone.

    Raises:
        VideoError: A video is too short for a fixed stride; it is raised in the place of its outputs.
    """
    threads = FeedThreads()
    makers = (functools.partial(_views, predictor, video, name) for video, name in videos)
    with prefetch(makers, threads, _BATCHES_AHEAD) as batches:
        for video, batch in batches:
            yield video, predictor.head_outputs_of_views(batch)


def _views(predictor: "Predictor", video: DecodedVideo, name: str) -> "tuple[DecodedVideo, Inputs]":
    with one_opencv_thread():
        return video, predictor.views(video, name)
