"""Decodes the first usable sound track of a video, on the clock of its frames."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwise.core.sound import Sound
from reelwise.media.decoding.sinks import FileSink, OpenFiles
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits
from reelwise.media.sound.blocks import PacketCount, SoundBlocks, SoundFile
from reelwise.media.sound.mixer import Mixer, OutOfTimeError
from reelwise.media.sound.sinks import PieceSink, SampleFile, SampleList, SampleSink
from reelwise.media.sound.track import SoundSettings, SoundTrack

Progress = Callable[[int, int], None]
"""Called with the numbers of packets and of bytes read so far."""

SendPiece = Callable[[np.ndarray, Fraction, int, Sequence[str]], None]
"""Called with a piece of sound, as ``PieceSink`` says."""

OnPacket = Callable[[PacketCount], None]
"""Called after every packet."""

DEFAULT_SOUND = SoundSettings()
"""16 kHz mono: what sound encoders of videos expect."""

_LATE_SECONDS = 10
"""Sound that lies so far behind the pictures of the same place in a file is not waited for: muxers write it within a
second of them, or a fragment."""

_SAY_SECONDS = 1
"""How often a track that pauses says how far it is."""


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
    track = _decode(SoundFile(Path(path), limits), settings, sink, _report_to(progress))
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
        on_packet = _with_deadline(_report_to(progress), deadline_seconds)
        track = _decode(SoundFile(path, limits), settings, SampleFile(file), on_packet, WORKER_LIMITS.output_bytes)
    return replace(track, crc32=file.crc32)


def stream_sound(
    file: SoundFile, settings: SoundSettings, send_piece: SendPiece, *, progress: Progress | None = None
) -> SoundTrack:
    """The sound of one video in pieces, in bounded memory whatever its length.

    How it is cut into pieces hangs on the packets of the file alone, and not on how fast they come.

    Args:
        file: What is read.
        settings: Rate and channels.
        send_piece: Called with each piece, in order.
        progress: Called after every packet.

    Raises:
        VideoError: The video is refused as a whole, for another reason than its sound.
    """
    sink = PieceSink(send_piece)
    report, last_mark = _report_to(progress), Fraction(0)

    def on_packet(count: PacketCount) -> None:
        nonlocal last_mark
        report(count)
        if count.picture_seconds is None:
            return
        mark = count.picture_seconds - _LATE_SECONDS
        if mark >= max(sink.end, last_mark) + _SAY_SECONDS:
            last_mark = mark
            sink.say_silent_until(mark)

    track = _decode(file, settings, sink, on_packet)
    sink.flush()
    return track


def _decode(
    file: SoundFile, settings: SoundSettings, sink: SampleSink, on_packet: OnPacket, max_bytes: int | None = None
) -> SoundTrack:
    """Try the tracks in turn until one gives a sample."""
    rate = settings.sample_rate or SoundSettings().sample_rate or 0
    indices, missing = file.streams()
    if not indices:
        return SoundTrack(0, rate, missing=missing)
    zero = file.first_frame_seconds()
    for index in indices:
        with SoundBlocks(file, index, zero, on_packet) as blocks:
            mixer = Mixer(settings, sink, max_bytes)
            mixer.take_all(blocks)
            track = mixer.track(blocks)
        if track is not None:
            return track
        if mixer.is_out_of_time:
            return SoundTrack(0, rate, missing="sound that takes too long to find.", complete=False)
    return SoundTrack(0, rate, missing="no usable sound: nothing of it could be decoded.")


def _report_to(progress: Progress | None) -> OnPacket:
    return lambda count: progress(count.num_packets, count.num_bytes) if progress else None


def _with_deadline(report: OnPacket, deadline_seconds: float | None) -> OnPacket:
    """After every packet, of the picture too, so that a track which pauses for long does not outlast it."""
    stop_at = None if deadline_seconds is None else time.monotonic() + deadline_seconds

    def on_packet(count: PacketCount) -> None:
        report(count)
        if stop_at is not None and time.monotonic() > stop_at:
            raise OutOfTimeError

    return on_packet
