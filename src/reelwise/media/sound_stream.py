"""The sound of one video in order, decoded in a worker while it is looked at here."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from reelwise.core.fractions import fraction_from_text
from reelwise.core.sound import Sound
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message
from reelwise.media.requests.sound_stream import SoundStreamTask
from reelwise.media.sound.track import MAX_RATE, MIN_RATE, SoundTrack
from reelwise.media.workers.worker_stream import WorkerStream

_MAX_CHANNELS = 32
"""Channels that a worker may hand over."""


class SoundStream(WorkerStream[Sound, SoundTrack]):
    """The sound of one video in pieces of a quarter of a second, in order of time and without overlap.

    A piece that starts where the one before ended goes on with it; else there is no sound between them. A piece without
    samples says that no sound comes before its start.

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
        self._last_end: Fraction | None = None

    def _items(self, reply: Message) -> Iterator[Sound]:
        start, sample_rate = fraction_from_text(reply["start"]), int(reply["sample_rate"])
        channels = tuple(str(name)[:20] for name in reply["channels"])
        if not MIN_RATE <= sample_rate <= MAX_RATE or not 1 <= len(channels) <= _MAX_CHANNELS:
            raise ValueError(f"{len(channels)} channels at {sample_rate} samples per second")
        samples = np.frombuffer(reply["content"], np.float32).reshape(-1, len(channels))
        if not np.isfinite(samples).all():
            raise ValueError("samples that are no numbers")
        piece = Sound(samples[:, 0] if len(channels) == 1 else samples, sample_rate, start, channels=channels)
        if len(piece):
            if self._last_end is not None and start < self._last_end:
                raise ValueError(f"sound of {float(start)} s behind that of {float(self._last_end)} s")
            self._last_end = piece.end
        return iter((piece,))
