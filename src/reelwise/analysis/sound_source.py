"""The sound of a video, decoded by a worker of its own while the frames go by."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import VideoError
from reelwise.core.sound import Sound
from reelwise.media.readers.growing_file import Growth
from reelwise.media.requests.sound_stream import SoundStreamTask
from reelwise.media.sound.track import SoundSettings
from reelwise.media.sound_stream import NoSound, SoundStream

SOUND = SoundSettings(sample_rate=None, mono=False, max_seconds=10 * 365 * 24 * 3600)
"""The track's own rate: loudness counts what is above 8 kHz, and resampling moves the samples that are clipped.
Channels stay apart, since loudness adds their energies. Nothing of it is kept, so it may be as long as it likes."""


class SoundSource(ClosesOnExit):
    """Gives the sound in pieces, as far as the frames are.

    The thread that asks for pieces must live as long as this.

    Args:
        path: The video.
        growth: How the end of a file that is still being written is known; None for a whole one.
    """

    def __init__(self, path: Path, growth: Growth | None = None) -> None:
        self._stream = SoundStream(SoundStreamTask(path, SOUND, growth))
        self._items = iter(self._stream)
        self._next: Sound | NoSound | None = None
        self._has_ended = False
        self._has_sound = False
        self._problem = ""

    def start(self) -> None:
        """Start its worker, which works ahead from the first piece on that is asked for."""
        self._stream.start()

    def until(self, seconds: Fraction) -> Iterator[Sound | NoSound]:
        """The pieces that end by a time and were not given yet, and pauses; waits until there are no more.

        Args:
            seconds: On the clock of the frames.
        """
        while (item := self._peek()) is not None and _end_of(item) <= seconds:
            yield self._take(item)

    def rest(self, end: Fraction) -> Iterator[Sound | NoSound]:
        """The pieces that start in the video and were not given yet, and pauses.

        Args:
            end: Of the video; what is behind it is not decoded.
        """
        while (item := self._peek()) is not None and _start_of(item) < end:
            yield self._take(item)

    @property
    def has_broken_off(self) -> bool:
        """Whether nothing is known of the sound behind the pieces that were given."""
        return self._has_sound and bool(self._problem)

    @property
    def missing(self) -> str:
        """Why there is no usable sound, or not all of it; empty where there is. Known when the rest was given."""
        if self._problem or self._has_sound:
            return self._problem
        return self._stream.end.missing if self._has_ended else "there is none beside the frames"

    def close(self) -> None:
        """End the worker, at any moment and from any thread."""
        self._stream.close()

    def _take(self, item: Sound | NoSound) -> Sound | NoSound:
        self._next = None
        self._has_sound = self._has_sound or isinstance(item, Sound)
        return item

    def _peek(self) -> Sound | NoSound | None:
        """The next piece, which is not taken."""
        if self._next is None and not self._has_ended:
            try:
                self._next = next(self._items, None)
            except VideoError as problem:
                self._problem = str(problem.message)
            self._has_ended = self._next is None
            if self._has_ended and not self._problem and not self._stream.end.complete:
                self._problem = " ".join(self._stream.end.warnings)
        return self._next


def _start_of(item: Sound | NoSound) -> Fraction:
    return item.until if isinstance(item, NoSound) else item.start


def _end_of(item: Sound | NoSound) -> Fraction:
    return item.until if isinstance(item, NoSound) else item.end
