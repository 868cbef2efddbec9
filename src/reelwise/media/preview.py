"""A few frames as one small picture that plays inside a page."""

import io
from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame

from reelwise.core.errors import UsageError


def write_clip_preview(frames: Sequence[np.ndarray] | np.ndarray, frame_rate: Fraction, *, quality: int = 55) -> bytes:
    """An animated WebP: plays by itself in an ``img`` of every browser, also from a ``data:`` address and offline.

    An MP4 would be smaller, but Safari does not play one from a ``data:`` address.

    Args:
        frames: (T, H, W, 3) uint8 RGB.
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
    with av.open(buffer, "w", format="webp", options={"loop": "0"}) as container:
        stream = container.add_stream("libwebp_anim", rate=frame_rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = 1 / frame_rate
        stream.options = {"quality": str(quality), "compression_level": "4"}
        for index, frame in enumerate(frames):
            picture = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts = index
            container.mux(stream.encode(picture.reformat(format="yuv420p", dst_color_range="MPEG", threads=1)))
        container.mux(stream.encode())
    return buffer.getvalue()
