"""Views are made while the network computes, and nothing of what it gives depends on that."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from reelwise.core.errors import VideoError
from reelwise.jobs.runs.views_ahead import head_outputs_in_order

SECONDS = 30
"""Waited for another thread at most; a right program waits for a moment."""


class Doubler:
    """Stands for a predictor: a video is a number, and so are its views.

    Args:
        short: The number of a video that is too short.
    """

    def __init__(self, short: int | None = None) -> None:
        self.short = short
        self.has_views = [threading.Event() for _ in range(20)]

    def views(self, video: int, name: str) -> int:
        if video == self.short:
            raise VideoError(f"{name}: too short.")
        self.has_views[video].set()
        return video

    def head_outputs_of_views(self, batch: int) -> np.ndarray:
        return np.array([[2.0 * batch]])


def outputs(predictor: Doubler, videos: Iterator[tuple[Any, str]]) -> Iterator[tuple[Any, np.ndarray]]:
    stand_in: Any = predictor
    return head_outputs_in_order(stand_in, videos)


def test_outputs_come_in_the_order_of_the_videos_each_with_its_own() -> None:
    rows = list(outputs(Doubler(), ((number, str(number)) for number in range(20))))
    assert [(video, row.tolist()) for video, row in rows] == [(number, [[2.0 * number]]) for number in range(20)]


def test_the_views_of_the_next_video_are_made_while_the_network_computes() -> None:
    class Network(Doubler):
        def head_outputs_of_views(self, batch: int) -> np.ndarray:
            assert self.has_views[min(batch + 1, 19)].wait(SECONDS)
            return super().head_outputs_of_views(batch)

    assert len(list(outputs(Network(), ((number, "") for number in range(20))))) == 20


def test_videos_are_opened_in_this_thread_and_few_ahead() -> None:
    opened_in, most_ahead = [], 0

    def videos() -> Iterator[tuple[int, str]]:
        for number in range(20):
            opened_in.append(threading.current_thread())
            yield number, ""

    for done, _ in enumerate(outputs(Doubler(), videos()), start=1):
        most_ahead = max(most_ahead, len(opened_in) - done)
    assert set(opened_in) == {threading.current_thread()}
    assert most_ahead <= 8 + 1  # threads of a feed, and what waits for the network


def test_an_error_is_raised_in_its_place() -> None:
    rows = outputs(Doubler(short=2), ((number, f"{number}.mp4") for number in range(20)))
    assert [next(rows)[0], next(rows)[0]] == [0, 1]
    with pytest.raises(VideoError, match=r"2\.mp4"):
        next(rows)
