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
from reelwise.media.sound_stream import SoundStream

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
        self._pieces = iter(self._stream)
        self._next: Sound | None = None
        self._has_ended = False
        self._problem = ""
        self._has_sound = False

    def start(self) -> None:
        """Start its worker, which works ahead from the first piece on that is asked for."""
        self._stream.start()

    def until(self, seconds: Fraction | None) -> Iterator[Sound]:
        """The pieces that end by a time and were not given yet; waits until there are no more.

        Args:
            seconds: On the clock of the frames; None for the end.
        """
        while (piece := self._peek()) is not None and (seconds is None or piece.end <= seconds):
            self._next = None
            if len(piece):
                self._has_sound = True
                yield piece

    @property
    def missing(self) -> str:
        """Why there is no usable sound, or not all of it; empty where there is."""
        if self._problem or not self._has_ended:
            return self._problem or "the sound was not decoded"
        return "" if self._has_sound else self._stream.end.missing or "there is no usable sound"

    def close(self) -> None:
        """End the worker, at any moment and from any thread."""
        self._stream.close()

    def _peek(self) -> Sound | None:
        """The next piece, which is not taken."""
        if self._next is None and not self._has_ended:
            try:
                self._next = next(self._pieces, None)
            except VideoError as problem:
                self._problem = str(problem.message)
            self._has_ended = self._next is None
        return self._next
