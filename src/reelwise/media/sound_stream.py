"""The sound of one video in order, decoded in a worker while it is looked at here."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.fractions import fraction_from_text
from reelwise.core.sound import Sound
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message
from reelwise.media.requests.sound_stream import SoundStreamTask
from reelwise.media.sound.sinks import PIECES_PER_SECOND
from reelwise.media.sound.track import MAX_RATE, MIN_RATE, SoundTrack
from reelwise.media.workers.worker_stream import WorkerStream

_MAX_CHANNELS = 32
"""Channels that a worker may hand over."""

_MAX_SECONDS = 100 * 365 * 24 * 3600
"""Before and after the first frame: no file has a time beyond."""


@dataclass(frozen=True)
class NoSound:
    """Between two pieces: a track pauses.

    Args:
        until: No sound comes before this time, in seconds on the clock of the frames.
    """

    until: Fraction


class SoundStream(WorkerStream[Sound | NoSound, SoundTrack]):
    """The sound of one video in pieces of a quarter of a second at most, in order of time and without overlap.

    A piece that starts where the one before ended goes on with it; else there is no sound between them. All have one
    rate and the same channels.

    Args:
        task: The file, rate and channels.
        limits: What the worker may take. Its limit of time does not hold: a stream may take as long as its reader.
        read_limits: What the file may ask for.
    """

    def __init__(
        self,
        task: SoundStreamTask,
        *,
        limits: WorkerLimits = WORKER_LIMITS,
        read_limits: ReadLimits = READ_LIMITS,
    ) -> None:
        super().__init__(task, may_wait=task.growth is not None, limits=limits, read_limits=read_limits)
        self._form: tuple[int, tuple[str, ...]] | None = None
        self._last_end: Fraction | None = None

    def _items(self, reply: Message) -> Iterator[Sound | NoSound]:
        if "no_sound_before" in reply:
            item = NoSound(_seconds(reply["no_sound_before"]))
            self._reach(item.until, item.until, is_new=True)
        else:
            if self._form is None:
                self._last_end = None  # pauses of a track that had nothing do not count for the next one
            item = self._piece(reply)
            self._reach(item.start, item.end)
        return iter((item,))

    def _piece(self, reply: Message) -> Sound:
        start, sample_rate = _seconds(reply["start"]), int(reply["sample_rate"])
        channels = tuple(str(name)[:20] for name in reply["channels"])
        if not MIN_RATE <= sample_rate <= MAX_RATE or not 1 <= len(channels) <= _MAX_CHANNELS:
            raise ValueError(f"{len(channels)} channels at {sample_rate} samples per second")
        if self._form not in (None, (sample_rate, channels)):
            raise ValueError("rate or channels that change")
        self._form = sample_rate, channels
        samples = np.frombuffer(reply["content"], np.float32).reshape(-1, len(channels))
        if not 0 < len(samples) * PIECES_PER_SECOND <= max(sample_rate, PIECES_PER_SECOND):
            raise ValueError(f"a piece of {len(samples)} samples")
        if not np.isfinite(samples).all():
            raise ValueError("samples that are no numbers")
        return Sound(samples[:, 0] if len(channels) == 1 else samples, sample_rate, start, channels=channels)

    def _reach(self, start: Fraction, end: Fraction, *, is_new: bool = False) -> None:
        """Something from start to end comes next; ``is_new`` where it has to lie behind all before."""
        last = self._last_end
        if last is not None and (start < last or (is_new and start == last)):
            raise ValueError(f"sound of {float(start)} s behind that of {float(last)} s")
        self._last_end = end


def _seconds(text: str) -> Fraction:
    seconds = fraction_from_text(text)
    if abs(seconds) > _MAX_SECONDS:
        raise ValueError("a time that cannot be")
    return seconds
