"""What is known of a decoded sound track, beside its samples."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.errors import CacheError, UsageError
from reelwise.core.intervals import Interval
from reelwise.core.memory_maps import map_array
from reelwise.core.sound import Sound

MIN_RATE, MAX_RATE = 1_000, 768_000
"""Samples per second: from less than telephone sound to the highest rate of studio converters."""


@dataclass(frozen=True)
class SoundSettings:
    """How a sound track is decoded.

    Args:
        sample_rate: Samples per second; None for the track's own.
        mono: Whether the channels are averaged into one (all but the low-frequency effects); False leaves them apart.
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
    """The sound in a file that a worker wrote, as a read-only memory map.

    Args:
        track: The result of the request.
        path: The output of the request.

    Returns:
        Samples of shape (N,) for one channel, else (N, channels).

    Raises:
        CacheError: The file has another size than the track says.
    """
    num_channels = len(track.channels)
    shape = (track.num_samples,) if num_channels == 1 else (track.num_samples, num_channels)
    try:
        num_bytes = path.stat().st_size
    except OSError as error:
        raise CacheError(f"{path}: cannot be opened: {error.strerror}.") from None
    if num_bytes != 4 * track.num_samples * num_channels:
        raise CacheError(f"{path}: {num_bytes} bytes, expected {track.num_samples} samples of {num_channels} channels.")
    samples = map_array(path, np.float32, shape) if track.num_samples else np.zeros(shape, np.float32)
    return Sound(samples, track.sample_rate, track.start, track.present, track.channels)
