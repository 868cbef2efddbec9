"""Keyframes: a few pictures of every shot, sharp and unlike each other."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reelwise.analysis.analyzer import Analyzer, AnalyzerEntry, Finding, FrameView, Setup
from reelwise.analysis.shots.analyzer import THUMBNAIL
from reelwise.analysis.shots.detector import MAX_DELAY
from reelwise.analysis.times import FrameClock

_AGE = MAX_DELAY + 1
"""Frames after which a candidate belongs to the shot that is open; its picture still waits then."""

_THUMBNAIL_WH = (16, 9)
"""Pixels by which pictures are compared, made of those of the shots: a person who crosses a room changes some of them,
noise changes none."""

_GROUP = 8
"""Of so many frames in a row the sharpest alone is a candidate: a third of a second holds one picture worth showing."""

_PER_KEYFRAME = 6
"""Candidates that an open shot keeps for each keyframe: an hour of it takes no more."""

_LEAST_DISTANCE = 5.0
"""Root mean square of the difference in grey levels from which on two pictures are unlike each other."""

_MARGIN = 3
"""Frames left out at both ends of a shot that has others: a transition may show there."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A frame that may become a keyframe.

    Args:
        frame: Its number.
        sharpness: Variance of the Laplacian.
        thumbnail: (432,) float32.
        is_damaged: Whether it is shown only where nothing else is.
    """

    frame: int
    sharpness: float
    thumbnail: np.ndarray
    is_damaged: bool

    def distance(self, other: "Candidate") -> float:
        """Root mean square of the difference, in grey levels."""
        return float(np.sqrt(np.square(self.thumbnail - other.thumbnail).mean()))

    @property
    def rank(self) -> tuple[bool, float, int]:
        """Whole frames before damaged ones, then the sharpest, then the first."""
        return not self.is_damaged, self.sharpness, -self.frame


class CandidatePool:
    """A bounded number of candidates of one open shot; the pictures of those that lose are deleted again.

    Args:
        max_candidates: At most so many.
        setup: Where pictures are kept.
    """

    def __init__(self, max_candidates: int, setup: Setup) -> None:
        self._max_candidates = max_candidates
        self._setup = setup
        self._candidates: list[Candidate] = []

    def add(self, new: Candidate) -> None:
        """Add a candidate; of the two that are most alike, the worse one goes."""
        alike = min(self._candidates, key=new.distance, default=None)
        if alike is not None and new.distance(alike) < _LEAST_DISTANCE:
            if new.rank <= alike.rank:
                return
            self._remove(alike)
        elif len(self._candidates) == self._max_candidates:
            first, second = self._most_alike()
            if alike is not None and new.distance(alike) < first.distance(second):
                return
            self._remove(min(first, second, key=lambda candidate: candidate.rank))
        self._setup.keep_picture(new.frame)
        self._candidates.append(new)

    def take(self, start: int, end: int) -> list[Candidate]:
        """The candidates of a shot that has ended; those before it go."""
        for candidate in [one for one in self._candidates if one.frame < start]:
            self._remove(candidate)
        inside = [one for one in self._candidates if one.frame < end]
        self._candidates = self._candidates[len(inside) :]
        return inside

    def _most_alike(self) -> tuple[Candidate, Candidate]:
        thumbnails = np.stack([one.thumbnail for one in self._candidates])
        distances = np.square(thumbnails[:, None] - thumbnails[None]).sum(axis=2)  # (C, C)
        np.fill_diagonal(distances, np.inf)
        first, second = divmod(int(distances.argmin()), len(thumbnails))
        return self._candidates[first], self._candidates[second]

    def _remove(self, candidate: Candidate) -> None:
        self._candidates.remove(candidate)
        self._setup.drop_picture(candidate.frame)


class KeyframeAnalyzer(Analyzer):
    """Up to k keyframes of every shot, given when it ends; a shot that looks the same all along has one.

    Frames too young to know their shot wait as thumbnails. Older ones are candidates of the open shot, of which a
    bounded number is kept. When a shot ends, the sharpest is taken, then again and again the one that is least like
    those taken, where sharpness counts.

    Args:
        setup: Number of keyframes, and where pictures go.

    Source: Gonzalez 1985, "Clustering to minimize the maximum intercluster distance" (farthest first); Pech-Pacheco
    et al. 2000 for the sharpness.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._young: deque[Candidate] = deque()
        self._pool = CandidatePool(_PER_KEYFRAME * setup.keyframes, setup)
        self._group: list[Candidate] = []

    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Look at the next preview; findings come with the shots."""
        small = cv2.resize(frame.pictures[THUMBNAIL], _THUMBNAIL_WH, interpolation=cv2.INTER_AREA)
        thumbnail = small.reshape(-1).astype(np.float32)
        self._young.append(Candidate(frame.index, frame.sharpness, thumbnail, frame.is_damaged))
        if len(self._young) > _AGE:
            self._group.append(self._young.popleft())
            if len(self._group) == _GROUP:
                self._pool.add(max(self._group, key=lambda candidate: candidate.rank))
                self._group.clear()
        return ()

    def notice(self, finding: Finding) -> Iterator[Finding]:
        """A shot has ended: choose its keyframes."""
        start, end = finding.start_frame, finding.end_frame
        old_ones = self._pool.take(start, end)
        waiting = _inner([one for one in (*self._group, *self._young) if start <= one.frame < end], start, end)
        self._group = [one for one in self._group if one.frame >= end]
        candidates = [*old_ones, *_sharpest_of_groups(waiting)]
        whole_ones = [one for one in candidates if not one.is_damaged]
        keyframes = _choose(whole_ones or candidates, self._setup.keyframes)
        best = max((one.sharpness for one in keyframes), default=0.0)
        for candidate in old_ones:
            if candidate not in keyframes:
                self._setup.drop_picture(candidate.frame)
        for one in sorted(keyframes, key=lambda candidate: candidate.frame):
            if one not in old_ones:
                self._setup.keep_picture(one.frame)
            score = one.sharpness / best if best > 0 else 1.0
            values = {"sharpness": one.sharpness}
            yield Finding("keyframe", one.frame, one.frame + 1, score, one.frame, values=values)

    def finish(self, clock: FrameClock) -> Iterable[Finding]:
        """The last shot has brought its own."""
        del clock
        return ()


def _sharpest_of_groups(waiting: Sequence[Candidate]) -> list[Candidate]:
    groups = (waiting[place : place + _GROUP] for place in range(0, len(waiting), _GROUP))
    return [max(group, key=lambda candidate: candidate.rank) for group in groups]


def _inner(waiting: list[Candidate], start: int, end: int) -> list[Candidate]:
    """Without both ends of the shot, where others are left."""
    return [one for one in waiting if start + _MARGIN <= one.frame < end - _MARGIN] or waiting


def _choose(candidates: list[Candidate], num_keyframes: int) -> list[Candidate]:
    """The sharpest, then those least like the ones that were taken."""
    if not candidates:
        return []
    chosen_ones = [max(candidates, key=lambda candidate: candidate.rank)]
    sharpest = max(chosen_ones[0].sharpness, 1e-6)
    distances = np.array([one.distance(chosen_ones[0]) for one in candidates])
    # The root, since half of the sharpness is seen as a little less sharp.
    weights = np.sqrt([min(1.0, one.sharpness / sharpest) for one in candidates])
    while len(chosen_ones) < num_keyframes:
        gains = np.where(distances >= _LEAST_DISTANCE, distances * weights, 0.0)
        place = int(gains.argmax())
        if gains[place] <= 0:
            break
        chosen_ones.append(candidates[place])
        distances = np.minimum(distances, [one.distance(candidates[place]) for one in candidates])
    return chosen_ones


ENTRY = AnalyzerEntry(
    name="keyframes",
    summary="A few pictures of every shot, sharp and unlike each other.",
    producer="reelwise.keyframes/2",
    start=KeyframeAnalyzer,
    pictures=(THUMBNAIL,),
    needs=("shots",),
    labels={"keyframe": "A sharp frame that stands for its shot."},
    units={"sharpness": "grey levels²"},
)
