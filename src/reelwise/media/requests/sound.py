"""What is asked of a sound track and what comes back, as dataclasses and as messages between parent and worker."""

from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.errors import CacheError, UsageError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound

MIN_RATE, MAX_RATE = 1_000, 768_000


@dataclass(frozen=True)
class SoundSettings:
    """How a sound track is kept.

    Args:
        sample_rate: Samples per second; None for the track's own.
        mono: Whether the channels are averaged into one (all but the low-frequency effects); False keeps them.
        max_seconds: What comes later in a track is not read.
    """

    sample_rate: int | None = 16_000
    mono: bool = True
    max_seconds: int = 6 * 3600

    def __post_init__(self) -> None:
        if self.sample_rate is not None and not MIN_RATE <= self.sample_rate <= MAX_RATE:
            raise UsageError(
                f"the sample rate is {self.sample_rate}, expected {MIN_RATE} to {MAX_RATE}.", hint="16000 is usual."
            )
        if self.max_seconds < 1:
            raise UsageError(f"max_seconds is {self.max_seconds}, expected 1 or more.")


@dataclass(frozen=True)
class SoundTask:
    """Decode the first usable sound track of a video to a flat file of float32 (N, channels).

    Args:
        path: The video.
        settings: How the sound is kept.
        output: Written over, not atomic, not flushed to disk.
        deadline_seconds: After so much decoding the rest is left out; None decodes all.
    """

    path: Path
    settings: SoundSettings
    output: Path
    deadline_seconds: float | None = None


@dataclass(frozen=True)
class SoundTrack:
    """What was decoded of a sound track; the samples are elsewhere.

    Args:
        num_samples: N; 0 when there is no usable sound.
        sample_rate: Samples per second, after resampling.
        channels: FFmpeg's names of the channels, such as ``FL``; one for mono.
        start: When sample 0 sounds, in seconds; the first shown frame is at 0.
        present: The samples of real sound, disjoint and in order.
        codec: FFmpeg's name of the decoder; empty without sound.
        missing: Why there is no usable sound; empty when there is.
        warnings: What was odd but usable, each a sentence.
        crc32: Of all bytes written.
        complete: Whether the track was read to its end.
    """

    num_samples: int
    sample_rate: int
    channels: tuple[str, ...] = ("FC",)
    start: Fraction = Fraction(0)
    present: tuple[Interval[int], ...] = ()
    codec: str = ""
    missing: str = ""
    warnings: tuple[str, ...] = field(default=())
    crc32: int = 0
    complete: bool = True


def open_sound(track: SoundTrack, path: Path) -> Sound:
    """The sound that a SoundTask wrote, as a read-only memory map.

    Args:
        track: The answer to the task.
        path: Its output.

    Returns:
        Samples of shape (N,) for one channel, else (N, channels).

    Raises:
        CacheError: The file has another size than the track says.
    """
    num_channels = len(track.channels)
    shape = (track.num_samples,) if num_channels == 1 else (track.num_samples, num_channels)
    try:
        found = path.stat().st_size
    except OSError as error:
        raise CacheError(f"{path}: cannot be opened: {error.strerror}.") from None
    if found != 4 * track.num_samples * num_channels:
        raise CacheError(f"{path}: {found} bytes, expected {track.num_samples} samples of {num_channels} channels.")
    samples = np.memmap(path, np.float32, "r", shape=shape) if track.num_samples else np.zeros(shape, np.float32)
    return Sound(samples, track.sample_rate, track.start, track.present, track.channels)


def pack_sound_task(task: SoundTask) -> dict[str, Any]:
    """A task as a message."""
    fields = {"settings": asdict(task.settings), "deadline_seconds": task.deadline_seconds}
    return {"kind": "sound", "path": str(task.path), "output": str(task.output)} | fields


def unpack_sound_task(message: dict[str, Any]) -> SoundTask:
    """A message as a task."""
    settings = SoundSettings(**message["settings"])
    return SoundTask(Path(message["path"]), settings, Path(message["output"]), message["deadline_seconds"])


def pack_track(track: SoundTrack) -> dict[str, Any]:
    """A result as a message."""
    exact = {"start": list(track.start.as_integer_ratio()), "present": [list(interval) for interval in track.present]}
    return {"kind": "sound_track"} | asdict(track) | exact


def unpack_track(message: dict[str, Any]) -> SoundTrack:
    """A message as a result; every field is built anew as the type it has.

    Raises:
        KeyError, TypeError, ValueError, ZeroDivisionError: A field is missing or of another type.
    """
    track = SoundTrack(
        num_samples=int(message["num_samples"]),
        sample_rate=int(message["sample_rate"]),
        channels=tuple(str(name)[:20] for name in message["channels"]),
        start=Fraction(*(int(part) for part in message["start"])),
        present=tuple(Interval(int(start), int(end)) for start, end in message["present"]),
        codec=str(message["codec"]),
        missing=str(message["missing"])[:500],
        warnings=tuple(str(sentence)[:500] for sentence in message["warnings"]),
        crc32=int(message["crc32"]),
        complete=bool(message["complete"]),
    )
    edges = [0, *(edge for interval in track.present for edge in interval), track.num_samples]
    if edges != sorted(edges) or not track.channels or not MIN_RATE <= track.sample_rate <= MAX_RATE:
        raise ValueError("intervals that do not fit the samples")
    return track
