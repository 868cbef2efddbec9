"""Resamples decoded blocks of sound to the rate and channels that are asked for, and puts them on one grid."""

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler

from reelwise.media.sound.blocks import SoundBlocks
from reelwise.media.sound.sample_grid import SampleGrid
from reelwise.media.sound.sinks import SampleSink
from reelwise.media.sound.timeline import Pause, PlacedBlock, place_blocks
from reelwise.media.sound.track import SoundSettings, SoundTrack

_BYTES_PER_SAMPLE = 4
"""Of float32."""

_PACKED = "flt"
"""FFmpeg's name of interleaved float32: one plane, because ``blocks.py`` says what happens with many."""

_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
"""By the number of channels: FFmpeg's default layouts."""


class OutOfTimeError(Exception):
    """The deadline of a task has passed."""


class Mixer:
    """Resamples every run to the requested rate and channels and puts it on the grid.

    Args:
        settings: Rate and channels.
        sink: Takes the samples.
        max_bytes: Of all samples; None without a limit.
    """

    def __init__(self, settings: SoundSettings, sink: SampleSink, max_bytes: int | None) -> None:
        self._settings = settings
        self._max_bytes = max_bytes
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
            for item in place_blocks(blocks):
                if isinstance(item, Pause):
                    self._sink.pause(item.seconds)
                else:
                    self._take(item)
                if self._grid is not None and self._grid.is_full:
                    return
        except OutOfTimeError:
            self.is_out_of_time = True
        self._end_run()

    def _take(self, placed_block: PlacedBlock) -> None:
        frame: AudioFrame = placed_block.block.content
        if placed_block.run_start is not None:
            self._end_run()
            grid = self._open(frame)
            grid.start_run(placed_block.run_start)
            self._forms.add(placed_block.block.form[:2])
            self._resampler = AudioResampler(_PACKED, frame.layout, self._rate)
        self._feed(frame)

    def _open(self, frame: AudioFrame) -> SampleGrid:
        if self._grid is None:
            self._rate = self._settings.sample_rate or frame.sample_rate
            self._channels = ("FC",) if self._settings.mono else _names(frame)
            most = self._settings.max_seconds * self._rate
            if self._max_bytes is not None:
                most = min(most, self._max_bytes // (_BYTES_PER_SAMPLE * len(self._channels)))
            self._grid = SampleGrid(self._sink, self._rate, self._channels, most)
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

    def track(self, blocks: SoundBlocks) -> SoundTrack | None:
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


def _names(frame: AudioFrame) -> tuple[str, ...]:
    """The channels' names; where a file only counts them, the usual layout of that many, as FFmpeg guesses too."""
    layout = frame.layout
    if all(channel.name == "NONE" for channel in layout.channels) and layout.nb_channels in _USUAL_LAYOUTS:
        layout = AudioLayout(_USUAL_LAYOUTS[layout.nb_channels])
    return tuple(channel.name for channel in layout.channels)
