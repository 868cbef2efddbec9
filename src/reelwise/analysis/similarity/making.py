"""The print of a video file: decoded once, or taken from the cache."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from reelwise.analysis.analyzer import PREVIEW, FrameView
from reelwise.analysis.similarity.descriptors import Geometry
from reelwise.analysis.similarity.prints import Print, PrintMaker
from reelwise.analysis.times import FrameClock
from reelwise.media.requests.stream import StreamTask
from reelwise.media.stream import VideoStream


def make_print(
    path: Path, geometries: Sequence[Geometry], on_progress: Callable[[float, int], None] | None = None
) -> Print:
    """Decode a video and describe every frame.

    Args:
        path: The file.
        geometries: How the picture is to be seen.
        on_progress: Called with the share of the video in [0, 1] and the number of frames; what it raises ends it.

    Raises:
        VideoError: The video cannot be used.
    """
    maker = PrintMaker(geometries)
    all_pts = []
    with VideoStream(StreamTask(path, (PREVIEW,))) as stream:
        for frame in stream:
            maker.push(FrameView(frame.index, 0.0, frame.is_damaged, {PREVIEW: frame.pictures[0]}).small_grey)
            all_pts.append(frame.pts)
            if on_progress and frame.index % 16 == 0:
                header = stream.header
                seconds = float((frame.pts - all_pts[0]) * header.time_base)
                share = seconds / header.likely_seconds if header.likely_seconds else 0.0
                on_progress(min(share, 1.0), frame.index + 1)
        header = stream.header
        clock = FrameClock(np.array(all_pts, np.int64), stream.end.end_pts, header.time_base, header.start_seconds)
    descriptors, contrast = maker.arrays()
    return Print(clock, tuple(geometries), descriptors, contrast)
