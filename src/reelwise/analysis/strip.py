"""A strip of pictures over a whole video, for findings that come when its frames have gone by."""

import bisect
from collections.abc import Iterable

from reelwise.analysis.analyzer import Analyzer, Finding, FrameView, Setup
from reelwise.analysis.times import FrameClock

_FIRST_SECONDS = 2.0
"""From one picture to the next in a short video."""

_MAX_PICTURES = 200
"""For findings: a picture every 2 s up to 7 minutes, every 64 s in two hours."""


class PictureStrip:
    """Keeps a picture every some seconds, of the first frame too.

    Args:
        setup: Where pictures go.
        max_pictures: With more of them every other one goes.
    """

    def __init__(self, setup: Setup, max_pictures: int = _MAX_PICTURES) -> None:
        self._setup = setup
        self._max_pictures = max_pictures
        self._step = _FIRST_SECONDS
        self._next = 0.0
        self._frames: list[tuple[int, float]] = []

    def push(self, frame: FrameView) -> None:
        """Look at the next frame."""
        if frame.seconds < self._next:
            return
        self._setup.keep_picture(frame.index)
        self._frames.append((frame.index, frame.seconds))
        if len(self._frames) > self._max_pictures:
            self._step *= 2
            for index, _ in self._frames[1::2]:
                self._setup.drop_picture(index)
            self._frames = self._frames[::2]
        self._next = self._frames[-1][1] + self._step

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames whose pictures are kept, in order."""
        return tuple(index for index, _ in self._frames)

    def picture_of(self, start: int, end: int) -> int | None:
        """The first picture inside [start, end), or the nearest one, for a finding, which keeps it."""
        if not self._frames:
            return None
        indices = [index for index, _ in self._frames]
        place = bisect.bisect_left(indices, start)
        if place < len(indices) and indices[place] < end:
            picture = indices[place]
        else:
            picture = min(indices, key=lambda index: (abs(index - start), index))
        self._setup.keep_picture(picture)  # once more: it stays when the strip lets it go
        return picture

    def finish(self) -> None:
        """Let the pictures go that no finding has."""
        for index, _ in self._frames:
            self._setup.drop_picture(index)
        self._frames = []


class SoundListener(Analyzer):
    """An analyzer of the sound alone: of the frames it keeps a strip, for the pictures of what it will find.

    Args:
        setup: Where pictures go.
    """

    def __init__(self, setup: Setup) -> None:
        self.strip = PictureStrip(setup)

    def push(self, frame: FrameView) -> Iterable[Finding]:
        """Keep a picture now and then."""
        self.strip.push(frame)
        return ()

    def finish(self, clock: FrameClock) -> Iterable[Finding]:
        """Let the other pictures go."""
        del clock
        self.strip.finish()
        return ()
