"""Decodes the first usable sound track of a video, on the clock of its frames."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler

from reelwise.core.sound import Sound
from reelwise.media.decoding.sinks import FileSink, OpenFiles, Sink
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits
from reelwise.media.sound.blocks import SoundBlocks, first_frame_seconds, sound_streams
from reelwise.media.sound.sample_grid import SampleGrid
from reelwise.media.sound.timeline import PlacedBlock, place_blocks
from reelwise.media.sound.track import SoundSettings, SoundTrack

Progress = Callable[[int, int], None]
"""Called with the numbers of packets and of bytes read so far."""

DEFAULT_SOUND = SoundSettings()
"""16 kHz mono: what sound encoders of videos expect."""

_BYTES_PER_SAMPLE = 4
"""Of float32."""

_PACKED = "flt"
"""FFmpeg's name of interleaved float32: one plane, because ``blocks.py`` says what happens with many."""

_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""By the number of channels: FFmpeg's default layouts."""


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
    sink = _BlockList()
    track = _decode(Path(path), settings, sink, limits, progress)
    num_channels = len(track.channels)
    samples = np.concatenate([np.zeros((0, num_channels), np.float32), *sink.blocks])
    samples = samples[:, 0] if num_channels == 1 else samples
    return Sound(samples, track.sample_rate, track.start, track.present, track.channels), track


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
        sink = FileSink(output, files)
        sink.write(np.zeros((0, 1), np.float32))  # so that the file exists
        return _decode(path, settings, sink, limits, progress, deadline_seconds, lambda: sink.crc32)


def _decode(
    path: Path,
    settings: SoundSettings,
    sink: Sink,
    limits: ReadLimits,
    progress: Progress | None,
    deadline_seconds: float | None = None,
    crc32: Callable[[], int] = lambda: 0,
) -> SoundTrack:
    """Try the tracks in turn until one gives a sample."""
    stop_at = None if deadline_seconds is None else time.monotonic() + deadline_seconds
    rate = settings.sample_rate or SoundSettings().sample_rate or 0
    indices, missing = sound_streams(path, limits)
    if not indices:
        return SoundTrack(0, rate, missing=missing)
    zero = first_frame_seconds(path, limits)
    for index in indices:
        with SoundBlocks(path, index, zero, limits, _with_deadline(progress, stop_at)) as blocks:
            mixer = _Mixer(settings, sink)
            mixer.take_all(blocks)
            track = mixer.track(blocks, crc32())
        if track is not None:
            return track
        if mixer.is_out_of_time:
            return SoundTrack(0, rate, missing="sound that takes too long to find.", complete=False)
    return SoundTrack(0, rate, missing="no usable sound: nothing of it could be decoded.")


class _OutOfTimeError(Exception):
    """The deadline of a task has passed."""


def _with_deadline(progress: Progress | None, stop_at: float | None) -> Progress:
    """Called after every packet, of the picture too, so that a track which pauses for long does not outlast it."""

    def report(num_packets: int, num_bytes: int) -> None:
        if progress:
            progress(num_packets, num_bytes)
        if stop_at is not None and time.monotonic() > stop_at:
            raise _OutOfTimeError

    return report


class _Mixer:
    """Resamples every run to the requested rate and channels and puts it on the grid."""

    def __init__(self, settings: SoundSettings, sink: Sink) -> None:
        self._settings = settings
        self.is_out_of_time = False
        self._sink = sink
        self._resampler: AudioResampler | None = None
        self._grid: SampleGrid | None = None
        self._rate = settings.sample_rate or 0
        self._channels: tuple[str, ...] = ()
        self._forms: set[tuple] = set()

    def take_all(self, blocks: SoundBlocks) -> None:
        """Read a track to its end, until the grid is full or the time is over."""
        try:
            for placed_block in place_blocks(blocks):
                self._take(placed_block)
                if self._grid is not None and self._grid.is_full:
                    return
        except _OutOfTimeError:
            self.is_out_of_time = True
        self._end_run()

    def _take(self, placed_block: PlacedBlock) -> None:
        frame: AudioFrame = placed_block.block.content
        if placed_block.run_start is not None:
            self._end_run()
            grid = self._open(frame)
            grid.start_run(placed_block.run_start, len(self._channels))
            self._forms.add(placed_block.block.form[:2])
            self._resampler = AudioResampler(_PACKED, frame.layout, self._rate)
        self._feed(frame)

    def _open(self, frame: AudioFrame) -> SampleGrid:
        if self._grid is None:
            self._rate = self._settings.sample_rate or frame.sample_rate
            self._channels = ("FC",) if self._settings.mono else _names(frame)
            bytes_each = _BYTES_PER_SAMPLE * len(self._channels)
            most = min(self._settings.max_seconds * self._rate, WORKER_LIMITS.output_bytes // bytes_each)
            self._grid = SampleGrid(self._sink, self._rate, most)
        return self._grid

    def _end_run(self) -> None:
        if self._resampler is not None:
            self._feed(None)
            self._resampler = None

    def _feed(self, frame: AudioFrame | None) -> None:
        if self._resampler is None or self._grid is None:
            return
        for part in self._resampler.resample(frame):
            self._grid.write(self._mix(part))

    def _mix(self, part: AudioFrame) -> np.ndarray:
        names = _names(part)
        samples = part.to_ndarray().reshape(-1, len(names))  # (n, channels)
        if len(names) == len(self._channels) and not self._settings.mono:
            return samples
        full_range = [i for i, name in enumerate(names) if not name.startswith("LFE")] or [0]
        mean = samples[:, full_range].mean(axis=1, dtype=np.float32)[:, None]
        return np.repeat(mean, len(self._channels), axis=1)

    def track(self, blocks: SoundBlocks, crc32: int) -> SoundTrack | None:
        """The facts of the decoded sound; None when there is none."""
        grid = self._grid
        if grid is None or not grid.present or grid.start is None:
            return None
        return SoundTrack(
            num_samples=grid.num_samples,
            sample_rate=self._rate,
            channels=self._channels,
            start=grid.start,
            present=grid.present,
            codec=blocks.codec,
            warnings=tuple(self._warnings(grid, blocks)),
            crc32=crc32,
            complete=not (self.is_out_of_time or grid.is_full),
        )

    def _warnings(self, grid: SampleGrid, blocks: SoundBlocks) -> list[str]:
        warnings = []
        if blocks.num_damaged:
            warnings.append(f"damaged: {blocks.num_damaged} packets of sound did not decode, they are left out.")
        if (num_gaps := len(grid.present) - 1) > 0:
            warnings.append(f"gaps: the sound has {num_gaps} holes.")
        if grid.num_dropped > self._rate / 1000:
            warnings.append(
                f"overlaps: {grid.num_dropped / self._rate:.3f} s of sound lie over others and are left out."
            )
        if len(self._forms) > 1:
            warnings.append("the rate or channels of the sound change in the stream.")
        if grid.is_full or self.is_out_of_time:
            warnings.append(f"the sound is read up to {grid.num_samples / self._rate:.0f} s only.")
        return warnings


class _BlockList:
    """Collects blocks of samples in memory."""

    def __init__(self) -> None:
        self.blocks: list[np.ndarray] = []

    def write(self, image: np.ndarray) -> None:
        """Take some samples."""
        self.blocks.append(image)

    def close(self) -> None:
        """Finish: no samples follow."""


def _names(frame: AudioFrame) -> tuple[str, ...]:
    """The channels' names; where a file only counts them, the usual layout of that many, as FFmpeg guesses too."""
    layout = frame.layout
    if all(channel.name == "NONE" for channel in layout.channels) and layout.nb_channels in _USUAL_LAYOUTS:
        layout = AudioLayout(_USUAL_LAYOUTS[layout.nb_channels])
    return tuple(channel.name for channel in layout.channels)
