"""A few frames as one small picture or video that plays inside a page."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame

from reelwise.core.errors import UsageError
from reelwise.core.frames import FrameTimes
from reelwise.core.sound import Sound
from reelwise.media.writers.writer import Encoding, write_timed_video

_COARSER = (28, 34, 40)
"""Constant rate factors of x264, tried in turn until the file is small enough: from good to coarse."""

_SOUND_BIT_RATE = 48_000
"""Bits per second of AAC: five seconds take 30 kB."""


def write_clip_preview(frames: Sequence[np.ndarray] | np.ndarray, frame_rate: Fraction, *, quality: int = 55) -> bytes:
    """An animated WebP: plays by itself in an ``img`` of every browser, also from a ``data:`` address and offline.

    An MP4 would be smaller, but Safari does not play one from a ``data:`` address.

    Args:
        frames: (T, H, W, 3) uint8 RGB, or (T, H, W, 4) RGBA, whose page shows through where alpha is 0.
        frame_rate: Frames per second at which it plays.
        quality: 0 to 100.

    Returns:
        The file's bytes, of type ``image/webp``; it repeats for ever.

    Raises:
        UsageError: There are no frames.

    Example:
        >>> write_clip_preview(np.zeros((4, 32, 32, 3), np.uint8), Fraction(8))[8:12]
        b'WEBP'
    """
    if len(frames) == 0:
        raise UsageError("a preview needs one frame or more.")
    buffer = io.BytesIO()
    source, target = ("rgba", "yuva420p") if frames[0].shape[2] == 4 else ("rgb24", "yuv420p")
    with av.open(buffer, "w", format="webp", options={"loop": "0"}) as container:
        stream = container.add_stream("libwebp_anim", rate=frame_rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = target
        stream.time_base = stream.codec_context.time_base = 1 / frame_rate
        stream.options = {"quality": str(quality), "compression_level": "4"}
        for index, frame in enumerate(frames):
            picture = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format=source)
            picture.pts = index
            container.mux(stream.encode(picture.reformat(format=target, dst_color_range="MPEG", threads=1)))
        container.mux(stream.encode())
    return buffer.getvalue()


def write_sounding_preview(
    frames: Sequence[np.ndarray] | np.ndarray,
    times: FrameTimes,
    sound: Sound,
    folder: Path,
    *,
    max_bytes: int = 150_000,
) -> bytes:
    """A small MP4 (H.264, AAC) with sound that plays in real time from a ``data:`` address.

    Args:
        frames: (T, H, W, 3) uint8 RGB, of even sizes.
        times: When each is shown; the first one becomes 0.
        sound: On the clock of ``times``; what lies before the first frame or behind the last is left out. What is not
            present is played as silence.
        folder: For the file while it is written.
        max_bytes: A coarser picture is tried when the file is larger, three times at most.

    Returns:
        The file's bytes, of type ``video/mp4``.

    Raises:
        UsageError: There are no frames, or too many times.
        VideoError: The temporary file cannot be written.
    """
    if len(frames) != len(times):
        raise UsageError(f"a preview of {len(frames)} frames needs as many times, got {len(times)}.")
    zero = int(times.pts[0]) * times.time_base
    clip_sound = sound.between(zero, times.end_pts * times.time_base)
    sound_from_zero = Sound(clip_sound.samples, clip_sound.sample_rate, clip_sound.start - zero, clip_sound.present)
    pts = (times.pts - times.pts[0]).tolist()
    target = Path(folder) / "preview.mp4"
    content = b""
    for crf in _COARSER:
        encoding = Encoding(crf=crf, preset="medium", sound_bit_rate=_SOUND_BIT_RATE)
        write_timed_video(
            target, zip(pts, frames, strict=True), times.time_base, sound=sound_from_zero, encoding=encoding
        )
        content = target.read_bytes()
        target.unlink()
        if len(content) <= max_bytes:
            break
    return content
