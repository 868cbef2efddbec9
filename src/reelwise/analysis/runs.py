"""Segments from a measure per frame: hysteresis, least lengths, and frames of which nothing is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reelwise.analysis.analyzer import Finding, Setup
from reelwise.analysis.pictures import PICTURE_WINDOW

_NO_VALUES: Mapping[str, float] = {}

_ROUNDING_SECONDS = 1e-6
"""Times are floats here: 0.7 - 0.5 s counts as 0.2 s."""


@dataclass(frozen=True)
class RunRule:
    """When frames in a row are a segment.

    Args:
        label: Of the segment.
        enter: Some frame of it measures at least this.
        leave: Every frame of it measures at least this; lower than ``enter``, so that a measure near one threshold does
            not cut it into pieces.
        least_seconds: From its first frame to the first one behind; shorter ones are left out.
        gap_seconds: It goes on over frames that measure less for a shorter time than this.
        unknown_seconds: It goes on over frames of which nothing is known for a shorter time than this.
        least_frames: Frames that measure enough.
    """

    label: str
    enter: float
    leave: float
    least_seconds: float
    gap_seconds: float = 0.0
    unknown_seconds: float = 1.0
    least_frames: int = 1


@dataclass
class _Run:
    """Frames that may become a segment; ``end_seconds`` is None while its last frame is the newest one."""

    start: int
    start_seconds: float
    end: int = 0
    end_seconds: float | None = None
    is_gap: bool = False
    peak: float = float("-inf")
    num_frames: int = 0
    score: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    picture: int | None = None

    def add(self, frame: int, measure: float, score: float, values: Mapping[str, float]) -> None:
        self.end, self.end_seconds, self.is_gap = frame + 1, None, False
        self.peak = max(self.peak, measure)
        self.num_frames += 1
        self.score += score
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + value


class RunFinder:
    """Finds the segments of one kind while a video is read.

    Args:
        rule: When frames in a row are a segment.
        setup: Where pictures go.

    Example:
        >>> finder = RunFinder(RunRule("bright", enter=5, leave=3, least_seconds=0.2), Setup((90, 160)))
        >>> measures = [0, 4, 6, 4, 0, 4, 0]
        >>> findings = [finder.push(frame, frame / 10, measure) for frame, measure in enumerate(measures)]
        >>> [(one.start_frame, one.end_frame) for one in findings if one]
        [(1, 4)]
    """

    def __init__(self, rule: RunRule, setup: Setup) -> None:
        self._rule = rule
        self._keep_picture = setup.keep_picture
        self._run: _Run | None = None

    def push(
        self,
        frame: int,
        seconds: float,
        measure: float | None,
        *,
        score: float = 1.0,
        values: Mapping[str, float] = _NO_VALUES,
        newest: int | None = None,
    ) -> Finding | None:
        """Look at the next frame; gives a segment that has ended.

        Args:
            frame: Its number.
            seconds: From the first frame.
            measure: What the rule is about; None where nothing is known, as of a damaged frame.
            score: How sure it is, in [0, 1]; a segment has the mean.
            values: Measures of which a segment has the means.
            newest: The newest frame of the video, where this one is not.
        """
        newest = frame if newest is None else newest
        is_inside = measure is not None and measure >= self._rule.leave
        ended_run = self._end_after_gap(seconds, newest, is_gap=measure is not None and not is_inside)
        if measure is not None and is_inside:
            run = self._run = self._run or _Run(frame, seconds)
            run.add(frame, measure, score, values)
            if run.picture is None and self._is_enough(run, seconds):
                self._choose_picture(run, newest)
        return ended_run

    def end(self, newest: int, seconds: float) -> Finding | None:
        """End the segment, as at a cut and behind the last frame.

        Args:
            newest: The newest frame of the video.
            seconds: When the frame behind begins, where that is not known already.
        """
        run, self._run = self._run, None
        if run is None:
            return None
        if not self._is_enough(run, seconds if run.end_seconds is None else run.end_seconds):
            return None
        if run.picture is None:
            self._choose_picture(run, newest)
        means = {name: total / run.num_frames for name, total in run.sums.items()}
        score = min(1.0, max(0.0, run.score / run.num_frames))
        return Finding(self._rule.label, run.start, run.end, score, run.picture, values=means)

    def _end_after_gap(self, seconds: float, newest: int, *, is_gap: bool) -> Finding | None:
        run = self._run
        if run is None:
            return None
        if run.end_seconds is None:
            run.end_seconds = seconds
        run.is_gap = run.is_gap or is_gap
        longest = self._rule.gap_seconds if run.is_gap else self._rule.unknown_seconds
        gap = seconds - run.end_seconds
        return self.end(newest, seconds) if gap >= longest - _ROUNDING_SECONDS and (gap > 0 or run.is_gap) else None

    def _is_enough(self, run: _Run, end_seconds: float) -> bool:
        rule = self._rule
        is_long = end_seconds - run.start_seconds >= rule.least_seconds - _ROUNDING_SECONDS
        return is_long and run.peak >= rule.enter and run.num_frames >= rule.least_frames

    def _choose_picture(self, run: _Run, newest: int) -> None:
        """The middle of what there is by now: the first frames are often blurred."""
        picture = max((run.start + run.end) // 2, newest - PICTURE_WINDOW + 1)
        if picture < run.end:
            run.picture = picture
            self._keep_picture(picture)
