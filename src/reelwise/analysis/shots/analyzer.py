"""The track of shots: what lies between two transitions, with a picture of each."""

from collections.abc import Iterator

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup
from reelwise.analysis.pictures import PICTURE_WINDOW
from reelwise.analysis.results import TransitionIn
from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.detector import MAX_DELAY, ShotDetector
from reelwise.analysis.shots.transitions import Transition
from reelwise.analysis.times import FrameClock
from reelwise.media.requests.stream import PictureSpec

THUMBNAIL = PictureSpec(size_hw=THUMBNAIL_HW)

_PICTURE_AFTER = 8
"""Frames from the start of a shot to the one that shows it: the first frames are often blurred and badly coded."""


class ShotAnalyzer(Analyzer):
    """Turns transitions into shots; a shot is given when the next one begins.

    Args:
        setup: Sensitivity, shortest shot, and where pictures go.
    """

    def __init__(self, setup: Setup) -> None:
        self._detector = ShotDetector(
            sensitivity=setup.sensitivity, min_shot=setup.min_shot, weights=setup.shot_weights
        )
        self._keep_picture = setup.keep_picture
        self._start = 0
        self._transition: Transition | None = None
        self._picture: int | None = None
        self._num_frames = 0

    def push(self, frame: FrameView) -> Iterator[Finding]:
        """Look at the next thumbnail; gives the shots that have ended."""
        self._num_frames = frame.index + 1
        for transition in self._detector.push(frame.pictures[THUMBNAIL], is_damaged=frame.is_damaged):
            yield from self._end_shot(transition)
        # By now the detector would have said that another shot begins before the frame that shall show this one.
        if self._picture is None and self._num_frames > self._start + _PICTURE_AFTER + MAX_DELAY:
            self._choose_picture(self._num_frames)

    def finish(self, clock: FrameClock) -> Iterator[Finding]:
        """The shots that are left."""
        for transition in self._detector.finish():
            yield from self._end_shot(transition)
        if self._start < len(clock):
            yield self._shot(len(clock))

    def _end_shot(self, transition: Transition) -> Iterator[Finding]:
        if transition.start_frame > self._start:  # a video that fades in has no shot before
            yield self._shot(transition.start_frame)
        self._start, self._transition, self._picture = transition.end_frame, transition, None

    def _choose_picture(self, end: int) -> int:
        # With a very long least shot a boundary is certain only when the first pictures are no longer kept.
        oldest = self._num_frames - PICTURE_WINDOW
        self._picture = min(max(self._start + _PICTURE_AFTER, oldest), end - 1)
        self._keep_picture(self._picture)
        return self._picture

    def _shot(self, end: int) -> Finding:
        picture = self._choose_picture(end) if self._picture is None else self._picture
        if self._transition is None:
            return Finding("shot", self._start, end, 1.0, picture)
        way = self._transition
        way_in = TransitionIn(way.type, way.start_frame, way.end_frame, way.score)
        return Finding("shot", self._start, end, way.score, picture, way_in)


ENTRY = AnalyzerEntry(
    name="shots",
    summary="Where shots begin and end, and whether by cut, dissolve, fade or wipe.",
    producer="reelwise.shots/2",
    start=ShotAnalyzer,
    pictures=(THUMBNAIL,),
    labels={"shot": "One take of the camera, from one transition to the next."},
)
