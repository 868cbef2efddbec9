"""Videos with odd sound tracks, made from nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

CLICK_HZ = 1500
_PICTURE_CODECS = {".ts": "mpeg2video", ".mpg": "mpeg2video", ".asf": "wmv2", ".flv": "flv"}
"""By the suffix; H.264 where none is named."""


@dataclass(frozen=True)
class Track:
    """A sound track in pieces, each (start in seconds, samples (channels, n) in [-1, 1])."""

    pieces: Sequence[tuple[float, np.ndarray]]
    codec: str = "pcm_s16le"
    rate: int = 48_000
    layout: str = "mono"
    options: dict[str, str] = field(default_factory=dict)


def click(seconds: float, at: float, rate: int = 48_000, channels: int = 1, start: float = 0.0) -> np.ndarray:
    """(channels, n): faint noise with a click of 4 ms whose middle is at a time."""
    time = np.arange(round(seconds * rate)) / rate + start - at
    wave = 0.8 * np.cos(2 * np.pi * CLICK_HZ * time) * np.maximum(0, 1 - np.abs(time) / 0.002)
    wave = wave + np.random.default_rng(0).normal(0, 1e-4, len(time))
    return np.tile(wave, (channels, 1)).astype(np.float32)


def tone(seconds: float, hz: float = 440.0, rate: int = 48_000, channels: int = 1) -> np.ndarray:
    """(channels, n): a sine of amplitude 0.5."""
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.tile(wave, (channels, 1)).astype(np.float32)


def make_sounding(
    path: Path,
    tracks: Sequence[Track],
    *,
    num_frames: int = 25,
    first_pts: int = 0,
    container: str | None = None,
    container_options: dict[str, str] | None = None,
    damage: Sequence[int] = (),
) -> Path:
    """A video of 25 frames per second with sound tracks; packets of the first track named in ``damage`` are noise."""
    with av.open(str(path), "w", format=container, options=container_options or {}) as output:
        video = output.add_stream(_PICTURE_CODECS.get(path.suffix, "libx264"), rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.max_b_frames = 0
        streams = [output.add_stream(t.codec, rate=t.rate, layout=t.layout, options=t.options) for t in tracks]
        packets = []
        for index in range(num_frames):
            frame = VideoFrame.from_ndarray(np.full((48, 64, 3), 8 * index % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = first_pts + index, Fraction(1, 25)
            packets += video.encode(frame)
        packets += video.encode()
        for number, (stream, track) in enumerate(zip(streams, tracks, strict=True)):
            packets += _encode(stream, track, damage if number == 0 else ())
        output.mux(sorted(packets, key=lambda packet: packet.dts * packet.time_base))
    return path


def _encode(stream: av.AudioStream, track: Track, damage: Sequence[int]) -> list[av.Packet]:
    packets = []
    stream.codec_context.open()  # only then it knows how long its frames are
    resampler = av.AudioResampler(stream.format, track.layout, track.rate, stream.codec_context.frame_size or None)
    for start, samples in track.pieces:
        for place in range(0, samples.shape[1], 1024):
            block = np.ascontiguousarray(samples[:, place : place + 1024].T).reshape(1, -1)  # PyAV plans 8 planes only
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout=track.layout)
            frame.sample_rate, frame.time_base = track.rate, Fraction(1, track.rate)
            frame.pts = round(start * track.rate) + place
            for part in resampler.resample(frame):
                packets += stream.encode(part)
    for part in resampler.resample(None):
        packets += stream.encode(part)
    packets += stream.encode()
    noise = np.random.default_rng(1)
    for index in damage:
        broken = av.Packet(noise.bytes(packets[index].size))
        for name in ("pts", "dts", "duration", "time_base", "stream"):
            setattr(broken, name, getattr(packets[index], name))
        packets[index] = broken
    return packets
