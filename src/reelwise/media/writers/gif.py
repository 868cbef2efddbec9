"""An animated GIF, for places that show nothing else."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from reelwise.core.errors import UsageError, VideoError
from reelwise.core.files import atomic_path, write_hint

_TICKS = 100
"""GIF counts time in hundredths of a second."""

_MAX_RATE = 50
"""Frames per second: browsers show what is faster at 10 a second."""


def write_gif(path: Path, frames: Sequence[np.ndarray] | np.ndarray, frame_rate: Fraction) -> int:
    """Write a GIF that repeats for ever, with the 256 colours that suit its frames best; whole or not at all.

    Args:
        path: Where the file shall be; what stands there is replaced.
        frames: (T, H, W, 3) uint8 RGB.
        frame_rate: Frames per second. Of more than 50 only every second, third, … frame is written.

    Returns:
        Frames written.

    Raises:
        UsageError: There are no frames.
        VideoError: The file cannot be written; nothing is left behind.
    """
    if len(frames) == 0:
        raise UsageError(f"{path.name}: there are no frames to write.")
    step = max(1, -(-frame_rate // _MAX_RATE))
    gif_frames = list(frames)[::step]
    ends = [round(index * step * _TICKS / frame_rate) for index in range(len(gif_frames))]
    try:
        with atomic_path(path) as temporary, av.open(str(temporary), "w", format="gif") as container:
            stream = container.add_stream("gif", rate=_TICKS)
            stream.height, stream.width = gif_frames[0].shape[:2]
            stream.pix_fmt = "pal8"
            stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
            for picture in _with_palette(gif_frames, ends):
                container.mux(stream.encode(picture))
            for packet in stream.encode():
                container.mux(packet)
    except (OSError, av.error.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = write_hint(error) if isinstance(error, OSError) else ""
        raise VideoError(f"{path}: cannot be written: {reason}.", hint=hint) from None
    return len(gif_frames)


def _with_palette(frames: Sequence[np.ndarray], pts: Sequence[int]) -> list[VideoFrame]:
    """The frames in the colours of one palette made of all of them."""
    height, width = frames[0].shape[:2]
    graph = Graph()
    source = graph.add_buffer(width=width, height=height, format=VideoFormat("rgb24"), time_base=Fraction(1, _TICKS))
    sink = _link(graph, source)
    for frame, tick in zip(frames, pts, strict=True):
        picture = VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
        picture.pts, picture.time_base = tick, Fraction(1, _TICKS)
        source.push(picture)
    source.push(None)
    pictures = []
    while len(pictures) < len(frames):
        picture = sink.pull()
        if not isinstance(picture, VideoFrame):
            raise TypeError(f"a filter of pictures gave a {type(picture).__name__}")
        pictures.append(picture)
    return pictures


def _link(graph: Graph, source: FilterContext) -> FilterContext:
    """Source to sink: one branch makes the palette, the other waits for it."""
    split, palette, use = graph.add("split"), graph.add("palettegen"), graph.add("paletteuse", "dither=none")
    sink = graph.add("buffersink")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return sink
