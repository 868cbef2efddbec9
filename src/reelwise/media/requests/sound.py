"""The request to decode the sound track of a video."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from reelwise.core.intervals import Interval
from reelwise.media.requests.kind import Message, RequestKind, Workplace
from reelwise.media.sound.track import MAX_RATE, MIN_RATE, SoundSettings, SoundTrack

_MAX_SENTENCE = 500
"""Characters of a reason or warning; ours have about 100."""


@dataclass(frozen=True)
class SoundTask:
    """Decode the first usable sound track of a video to a flat file of float32 (N, channels).

    Args:
        path: The video.
        settings: Rate and channels of the samples.
        output: Written over, not atomic, not flushed to disk.
        deadline_seconds: After so much decoding the rest is left out; None decodes all.
    """

    path: Path
    settings: SoundSettings
    output: Path
    deadline_seconds: float | None = None


class DecodeSound(RequestKind[SoundTask, SoundTrack]):
    """A SoundTask."""

    name = "sound"
    task_type = SoundTask
    may_write = True

    def load(self) -> None:
        """Import the decoder."""
        import reelwise.media.sound.decode  # noqa: F401

    def outputs(self, task: SoundTask) -> tuple[Path, ...]:
        """The file of samples."""
        return (task.output,)

    def pack(self, task: SoundTask) -> Message:
        """A task as a message."""
        fields = {"settings": pack_settings(task.settings), "deadline_seconds": task.deadline_seconds}
        return {"path": str(task.path), "output": str(task.output)} | fields

    def unpack(self, message: Message) -> SoundTask:
        """A message as a task."""
        settings = unpack_settings(message["settings"])
        return SoundTask(Path(message["path"]), settings, Path(message["output"]), message["deadline_seconds"])

    def perform(self, task: SoundTask, workplace: Workplace) -> SoundTrack:
        """Decode the track in this process."""
        from reelwise.media.sound.decode import decode_sound_to_file

        return decode_sound_to_file(
            task.path,
            task.settings,
            task.output,
            deadline_seconds=task.deadline_seconds,
            limits=workplace.limits,
            progress=workplace.progress,
        )

    def pack_result(self, result: SoundTrack) -> Message:
        """The track as a message; the samples are in the output."""
        return pack_track(result)

    def unpack_result(self, message: Message, parts: Sequence[Message]) -> SoundTrack:
        """A message as a track."""
        return unpack_track(message)


def pack_settings(settings: SoundSettings) -> Message:
    """How a track is decoded, as a message."""
    return asdict(settings)


def unpack_settings(message: Message) -> SoundSettings:
    """A message as the way in which a track is decoded, in the worker."""
    return SoundSettings(**message)


def pack_track(track: SoundTrack) -> Message:
    """What is known of a track, as a message, in the worker."""
    start = list(track.start.as_integer_ratio())
    return asdict(track) | {"start": start, "present": [list(interval) for interval in track.present]}


def unpack_track(message: Message) -> SoundTrack:
    """A message as what is known of a track, every field built anew.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: A field is missing, of another type or out of its range.
    """
    track = SoundTrack(
        num_samples=int(message["num_samples"]),
        sample_rate=int(message["sample_rate"]),
        channels=tuple(str(name)[:20] for name in message["channels"]),
        start=Fraction(*(int(part) for part in message["start"])),
        present=tuple(Interval(int(start), int(end)) for start, end in message["present"]),
        codec=str(message["codec"]),
        missing=str(message["missing"])[:_MAX_SENTENCE],
        warnings=tuple(str(sentence)[:_MAX_SENTENCE] for sentence in message["warnings"]),
        crc32=int(message["crc32"]),
        complete=bool(message["complete"]),
    )
    edges = [0, *(edge for interval in track.present for edge in interval), track.num_samples]
    if edges != sorted(edges) or not track.channels or not MIN_RATE <= track.sample_rate <= MAX_RATE:
        raise ValueError("intervals that do not fit the samples")
    return track


KIND = DecodeSound()
