"""Decodes the first usable sound track of a video, on the clock of its frames."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from reelwise.core.sound import Sound
from reelwise.media.decoding.sinks import FileSink, OpenFiles
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits
from reelwise.media.sound.blocks import SoundBlocks, SoundFile
from reelwise.media.sound.mixer import Mixer, OutOfTimeError
from reelwise.media.sound.sinks import PieceSink, SampleFile, SampleList, SampleSink
from reelwise.media.sound.track import SoundSettings, SoundTrack

Progress = Callable[[int, int], None]
"""Called with the numbers of packets and of bytes read so far."""

DEFAULT_SOUND = SoundSettings()
"""16 kHz mono: what sound encoders of videos expect."""


def decode_sound(
    path: Path,
    settings: SoundSettings = DEFAULT_SOUND,
    *,
    limits: ReadLimits = READ_LIMITS,
    progress: Progress | None = None,
) -> tuple[Sound, SoundTrack]:
    """The sound of one video in memory, decoded in this process.

    For workers and tests. Everything else decodes a stranger's file in a ``WorkerPool`` with a ``SoundTask``.

    Args:
        path: A local file.
        settings: Rate and channels.
        limits: What the file may ask for.
        progress: Called after every packet.

    Returns:
        The sound, samples (N,) for one channel, else (N, channels); and the facts of its track. Without usable
        sound N is 0 and the track says why.

    Raises:
        VideoError: The video is refused as a whole, for another reason than its sound.
    """
    sink = SampleList()
    track = _decode(SoundFile(Path(path), limits), settings, sink, progress or _ignore)
    return Sound(sink.samples(), track.sample_rate, track.start, track.present, track.channels), track


def decode_sound_to_file(
    path: Path,
    settings: SoundSettings,
    output: Path,
    *,
    deadline_seconds: float | None = None,
    limits: ReadLimits = READ_LIMITS,
    progress: Progress | None = None,
) -> SoundTrack:
    """The sound of one video in a flat file of float32 (N, channels), in bounded memory whatever its length.

    Args:
        path: A local file.
        settings: Rate and channels.
        output: Written over; empty when there is no usable sound. ``open_sound`` opens it.
        deadline_seconds: After so much decoding the rest is left out, with a warning.
        limits: What the file may ask for.
        progress: Called after every packet.

    Raises:
        VideoError: The video is refused as a whole, for another reason than its sound.
        CacheError: The output cannot be written.
    """
    with OpenFiles() as files:
        file = FileSink(output, files)
        file.write(np.zeros((0, 1), np.float32))  # so that the file exists
        report = _with_deadline(progress or _ignore, deadline_seconds)
        track = _decode(SoundFile(path, limits), settings, SampleFile(file), report, WORKER_LIMITS.output_bytes)
    return replace(track, crc32=file.crc32)


def stream_sound(
    file: SoundFile, settings: SoundSettings, sink: PieceSink, *, progress: Progress | None = None
) -> SoundTrack:
    """The sound of one video in pieces, in bounded memory whatever its length.

    How it is cut into pieces hangs on the packets of the file alone, and not on how fast they come.

    Args:
        file: What is read.
        settings: Rate and channels.
        sink: Hands the pieces over.
        progress: Called after every packet.

    Raises:
        VideoError: The video is refused as a whole, for another reason than its sound.
    """
    track = _decode(file, settings, sink, progress or _ignore, says_pauses=True)
    sink.flush()
    return track


def _decode(
    file: SoundFile,
    settings: SoundSettings,
    sink: SampleSink,
    progress: Progress,
    max_bytes: int | None = None,
    *,
    says_pauses: bool = False,
) -> SoundTrack:
    """Try the tracks in turn until one gives a sample."""
    rate = settings.sample_rate or SoundSettings().sample_rate or 0
    indices, missing = file.streams()
    if not indices:
        return SoundTrack(0, rate, missing=missing)
    zero = file.first_frame_seconds()
    for index in indices:
        with SoundBlocks(file, index, zero, progress, says_pauses=says_pauses) as blocks:
            mixer = Mixer(settings, sink, max_bytes)
            mixer.take_all(blocks)
            track = mixer.track(blocks)
        if track is not None:
            return track
        if mixer.is_out_of_time:
            return SoundTrack(0, rate, missing="sound that takes too long to find.", complete=False)
    return SoundTrack(0, rate, missing="no usable sound: nothing of it could be decoded.")


def _ignore(num_packets: int, num_bytes: int) -> None:
    """Nobody wants to know."""


def _with_deadline(progress: Progress, deadline_seconds: float | None) -> Progress:
    """After every packet, of the picture too, so that a track which pauses for long does not outlast it."""
    stop_at = None if deadline_seconds is None else time.monotonic() + deadline_seconds

    def report(num_packets: int, num_bytes: int) -> None:
        progress(num_packets, num_bytes)
        if stop_at is not None and time.monotonic() > stop_at:
            raise OutOfTimeError

    return report
