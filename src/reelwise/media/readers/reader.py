"""What every reader of videos gives: frames in display order with exact times, then the facts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import TracebackType
from typing import Self

import numpy as np

from reelwise.core.video import VideoFacts


@dataclass(frozen=True, eq=False)
class Frame:
    """One decoded picture with its time; the pixels are made only when they are asked for.

    Args:
        index: 0-based position among the decoded frames, in display order.
        pts: Presentation time in the reader's ``time_base``; rises strictly from frame to frame.
        damaged: Whether the decoder said that it had to make up some of the picture.
        render: Makes the picture; use ``image``.
    """

    index: int
    pts: int
    damaged: bool
    render: Callable[[], np.ndarray]

    @cached_property
    def image(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB, rotated upright."""
        return self.render()


class VideoReader(ABC):
    """Frames of one file, once, from the first to the last: a context manager and an iterable.

    There is no random access: seeking is wrong on files of variable rate, and reading on is exact. ``facts`` are known
    when the last frame was given, because counts and times come from decoding and never from a header.

    Example:
        >>> from pathlib import Path
        >>> from reelwise.media.readers.pyav_reader import PyAVReader
        >>> def count_frames(path: Path) -> int:
        ...     with PyAVReader(path) as reader:
        ...         return sum(1 for _ in reader)
    """

    @property
    @abstractmethod
    def time_base(self) -> Fraction:
        """Seconds per unit of ``Frame.pts``."""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The frames in display order.

        Raises:
            VideoError: No frame could be decoded.
        """

    @abstractmethod
    def facts(self) -> VideoFacts:
        """What decoding showed, once the frames were read to the end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
