"""The request for the sound of a video in order, handed over while it is decoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.media.readers.growing_file import Growth
from reelwise.media.requests.kind import Message, RequestKind, Workplace
from reelwise.media.requests.sound import pack_settings, pack_track, unpack_settings, unpack_track
from reelwise.media.requests.stream import pack_growth, unpack_growth
from reelwise.media.sound.track import SoundSettings, SoundTrack

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class SoundStreamTask:
    """The first usable sound track of a video, piece by piece.

    Args:
        path: The file.
        settings: Rate and channels of the samples.
        growth: How the end of a file that is still being written is known; None for a whole one.
    """

    path: Path
    settings: SoundSettings
    growth: Growth | None = None


class StreamSound(RequestKind[SoundStreamTask, SoundTrack]):
    """A SoundStreamTask; the pieces travel as raw messages, the result is what comes after the last."""

    name = "sound_stream"
    task_type = SoundStreamTask
    is_stream = True

    def load(self) -> None:
        """Import the decoder."""
        import reelwise.media.sound.decode  # noqa: F401

    def pack(self, task: SoundStreamTask) -> Message:
        """A task as a message."""
        settings, growth = pack_settings(task.settings), pack_growth(task.growth)
        return {"path": str(task.path), "settings": settings, "growth": growth}

    def unpack(self, message: Message) -> SoundStreamTask:
        """A message as a task."""
        settings, growth = unpack_settings(message["settings"]), unpack_growth(message["growth"])
        return SoundStreamTask(Path(message["path"]), settings, growth)

    def perform(self, task: SoundStreamTask, workplace: Workplace) -> SoundTrack:
        """Decode the track in this process and hand over its samples."""
        from reelwise.media.sound.blocks import SoundFile
        from reelwise.media.sound.decode import stream_sound
        from reelwise.media.sound.sinks import PieceSink

        def send_piece(samples: "np.ndarray", start: Fraction, sample_rate: int, channels: Sequence[str]) -> None:
            message = {"start": str(start), "sample_rate": sample_rate, "channels": list(channels)}
            workplace.send_raw(message, [samples.data])

        def send_pause(seconds: Fraction) -> None:
            workplace.send_raw({"no_sound_before": str(seconds)}, [])

        file = SoundFile(task.path, workplace.limits, task.growth, workplace.waiting)
        return stream_sound(file, task.settings, PieceSink(send_piece, send_pause), progress=workplace.progress)

    def pack_result(self, result: SoundTrack) -> Message:
        """The track as a message."""
        return pack_track(result)

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> SoundTrack:
        """A message as a track."""
        return unpack_track(message)


KIND = StreamSound()
