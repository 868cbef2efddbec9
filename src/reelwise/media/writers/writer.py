"""Writes video that browsers play: H.264, yuv420p, MP4 with its index in front."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from reelwise.core.errors import UsageError, VideoError
from reelwise.core.files import atomic_path, write_hint
from reelwise.core.sound import Sound

_BT601 = 6
"""FFmpeg's number for the colours of SMPTE 170M (BT.601), in which pictures are converted."""

_LIMITED_RANGE = 1
"""FFmpeg's number for brightness from 16 to 235, which all players expect."""

_SOUND_BLOCK = 1024
"""Samples of one AAC frame."""

_MAX_NOMINAL_RATE = 1000
"""Frames per second that x264 is given; a finer time base is no frame rate."""

_USUAL_RATE = Fraction(25)
"""Frames per second that x264 is given instead; times of frames stay exact."""


@dataclass(frozen=True)
class Encoding:
    """How a video is compressed.

    Args:
        crf: x264's constant rate factor: 0 loses nothing but colour detail, 18 looks the same, 51 is worst.
        preset: x264's speed.
        gop: Most frames from one key frame to the next.
        tags: Tags of the container, such as title.
        sound_bit_rate: Bits per second of the sound track; None for FFmpeg's choice.
        max_b_frames: Frames in a row that lean on later ones; None for x264's choice. With 0 frames are stored in the
            order in which they are shown, and MP4 keeps the length of each.
        mbtree: Whether x264 spends more on blocks that later frames are copied from. It then reads memory that it never
            wrote, of some sizes of pictures, so that the bytes of a file depend on what the process did before.
    """

    crf: int = 18
    preset: str = "veryfast"
    gop: int = 60
    tags: tuple[tuple[str, str], ...] = ()
    sound_bit_rate: int | None = None
    max_b_frames: int | None = None
    mbtree: bool = True


def write_video(
    path: Path,
    frames: Iterable[np.ndarray],
    frame_rate: Fraction,
    *,
    sound: Sound | None = None,
    encoding: Encoding = Encoding(),
) -> int:
    """Write frames as an MP4 file that appears only when it is whole.

    Sizes must be even for yuv420p: an odd one gets its last row or column twice.

    Args:
        path: Where the file shall be, ``.mp4``; what stands there is replaced.
        frames: (H, W, 3) uint8 RGB, all of one size; taken one by one.
        frame_rate: Frames per second, exact.
        sound: A sound track; its ``start`` counts from the first frame and may not be negative.
        encoding: How it is compressed.

    Returns:
        Frames written.

    Raises:
        UsageError: There are no frames, or one has another shape or type than the first.
        VideoError: The file cannot be written, as on a full disk; nothing is left behind.
    """
    return write_timed_video(path, enumerate(frames), 1 / frame_rate, sound=sound, encoding=encoding)


def write_timed_video(
    path: Path,
    frames: Iterable[tuple[int, np.ndarray]],
    time_base: Fraction,
    *,
    end_pts: int | None = None,
    sound: Sound | None = None,
    encoding: Encoding = Encoding(),
    name: Path | None = None,
) -> int:
    """Like ``write_video``, for frames that carry their own times.

    Args:
        path: Where the file shall be, ``.mp4``; what stands there is replaced.
        frames: Pairs of pts, rising, and (H, W, 3) uint8 RGB.
        time_base: Seconds per unit of pts.
        end_pts: When the last frame ends; None for the encoder's guess, a frame of the nominal rate.
        sound: A sound track; its ``start`` is on the clock of the pts and may not be negative.
        encoding: How it is compressed.
        name: What errors call the file, where that is not ``path``.

    Returns:
        Frames written.

    Raises:
        UsageError: There are no frames, or one has another shape or type than the first.
        VideoError: The file cannot be written, as on a full disk; nothing is left behind.
    """
    path = Path(path)
    name = name or path
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise UsageError(f"{name.name}: there are no frames to write.")
    try:
        with (
            atomic_path(path) as temporary,
            av.open(str(temporary), "w", format="mp4", options={"movflags": "faststart"}) as container,
        ):
            container.metadata.update(dict(encoding.tags))
            video = _add_video(container, first[1], time_base, encoding)
            track = None if sound is None else _SoundTrack(container, sound, encoding)
            return _write(container, video, track, chain([first], rest), end_pts)
    except (OSError, av.error.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = write_hint(error) if isinstance(error, OSError) else ""  # the encoder's own errors are not the disk's
        raise VideoError(f"{name}: cannot be written: {reason}.", hint=hint) from None


def _write(
    container: OutputContainer,
    video: VideoStream,
    track: "_SoundTrack | None",
    frames: Iterable[tuple[int, np.ndarray]],
    end_pts: int | None,
) -> int:
    num_frames, last_pts = 0, 0
    shape: tuple[int, ...] | None = None
    time_base = video.codec_context.time_base or Fraction(1)
    for pts, frame in frames:
        shape = shape or frame.shape
        _check(frame, shape)
        container.mux(video.encode(_picture(frame, pts, time_base)))
        num_frames, last_pts = num_frames + 1, pts
        if track:
            track.write_until((pts + 1) * time_base)
    for packet in video.encode():
        if end_pts is not None and packet.pts == last_pts:
            packet.duration = end_pts - last_pts
        container.mux(packet)
    if track:
        track.finish()
    return num_frames


def _add_video(container: OutputContainer, first: np.ndarray, time_base: Fraction, encoding: Encoding) -> VideoStream:
    _check(first, first.shape)
    height, width = first.shape[:2]
    rate = 1 / time_base
    stream = container.add_stream("libx264", rate=rate if rate <= _MAX_NOMINAL_RATE else _USUAL_RATE)
    stream.width, stream.height = width + width % 2, height + height % 2
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = time_base
    stream.gop_size = encoding.gop
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT601
    context.color_range = _LIMITED_RANGE
    context.thread_count = 1
    if encoding.max_b_frames is not None:
        context.max_b_frames = encoding.max_b_frames
    stream.options = {"crf": str(encoding.crf), "preset": encoding.preset}
    if not encoding.mbtree:
        stream.options |= {"mbtree": "0"}
    return stream


def _check(frame: np.ndarray, shape: tuple[int, ...]) -> None:
    if frame.shape != shape or frame.dtype != np.uint8 or frame.ndim != 3 or shape[2] != 3 or 0 in shape:
        expected = shape if len(shape) == 3 and shape[2] == 3 and 0 not in shape else "(H, W, 3)"
        raise UsageError(f"a frame is {frame.dtype} {frame.shape}, expected uint8 {expected}.")


def _picture(frame: np.ndarray, pts: int, time_base: Fraction) -> VideoFrame:
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        frame = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    picture = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
    picture = picture.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG", threads=1)
    picture.pts, picture.time_base = pts, time_base
    return picture


class _SoundTrack:
    """Written in step with the frames: the muxer holds back what is ahead of the other stream."""

    def __init__(self, container: OutputContainer, sound: Sound, encoding: Encoding) -> None:
        self._container = container
        self._rate = sound.sample_rate
        self._start = round(sound.start * sound.sample_rate)
        self._samples = sound.samples  # (N,) or (N, channels), often a memory map: read block by block
        layout = "mono" if sound.num_channels == 1 else "stereo"
        self._stream: AudioStream = container.add_stream("aac", rate=sound.sample_rate, layout=layout)
        if encoding.sound_bit_rate is not None:
            self._stream.codec_context.bit_rate = encoding.sound_bit_rate
        self._next = 0

    def write_until(self, seconds: Fraction) -> None:
        """Write the samples before a time."""
        while self._next < min(len(self._samples), seconds * self._rate - self._start):
            part = np.asarray(self._samples[self._next : self._next + _SOUND_BLOCK])
            block = np.ascontiguousarray(part.reshape(len(part), -1).T)  # (channels, n)
            frame = AudioFrame.from_ndarray(block, format="fltp", layout=self._stream.layout.name)
            frame.sample_rate, frame.pts = self._rate, self._start + self._next
            frame.time_base = Fraction(1, self._rate)
            self._container.mux(self._stream.encode(frame))
            self._next += _SOUND_BLOCK

    def finish(self) -> None:
        """Write the rest."""
        self.write_until(Fraction(self._start + len(self._samples), self._rate))
        self._container.mux(self._stream.encode())
