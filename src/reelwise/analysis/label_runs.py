"""Where a label holds: runs of frames from answers for one hop after the other, each given as soon as it is certain."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class FrameRun:
    """Frames in which a label holds.

    Args:
        start: The first.
        end: The first behind.
        score: The highest probability, in [0, 1].
    """

    start: int
    end: int
    score: float


class LabelRuns:
    """Runs of hops as runs of frames.

    A hop may be shorter than a frame: runs of hops between which no frame begins are one run of frames, and a run in
    which none begins is none.

    Example:
        >>> runs = LabelRuns()
        >>> answers = [(0, 2, True, 0.8), (2, 4, False, 0.1)]
        >>> [run for start, end, holds, prob in answers for run in runs.push(start, end, holds=holds, prob=prob)]
        [FrameRun(start=0, end=2, score=0.8)]
    """

    def __init__(self) -> None:
        self._open: tuple[int, float] | None = None
        self._last_run: FrameRun | None = None

    def push(self, start: int, end: int, *, holds: bool, prob: float) -> Iterator[FrameRun]:
        """Add the next hop; gives a run behind which lies a frame that does not belong to it.

        Args:
            start: The first frame that begins in the hop or behind.
            end: The first that begins behind the hop.
            holds: Whether the label holds in it.
            prob: How likely it is, in [0, 1].
        """
        if holds:
            yield from self._go_on(start, prob)
            return
        if self._open is not None:
            first, score = self._open
            self._open = None
            if first < start:
                self._last_run = FrameRun(first, start, score)
        if self._last_run is not None and end > self._last_run.end:
            yield self._last_run
            self._last_run = None

    def finish(self, num_frames: int) -> Iterator[FrameRun]:
        """The video has so many frames; gives the rest."""
        if self._last_run is not None:
            yield self._last_run
        if self._open is not None and self._open[0] < num_frames:
            yield FrameRun(self._open[0], num_frames, self._open[1])

    def _go_on(self, start: int, prob: float) -> Iterator[FrameRun]:
        if self._open is not None:
            self._open = self._open[0], max(self._open[1], prob)
            return
        before, self._last_run = self._last_run, None
        if before is not None and start <= before.end:
            self._open = before.start, max(before.score, prob)
            return
        if before is not None:
            yield before
        self._open = start, prob
