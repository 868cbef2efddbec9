"""Prints of video files: from the cache, or decoded once and kept there."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.analysis.similarity.analyzer import ENTRY
from reelwise.analysis.similarity.descriptors import GEOMETRIES, NUM_VALUES, PLAIN, Geometry
from reelwise.analysis.similarity.making import make_print
from reelwise.analysis.similarity.prints import Print
from reelwise.analysis.times import FrameClock
from reelwise.cache.keys import print_key
from reelwise.cache.print_cache import PrintCache, StoredPrint
from reelwise.media.versions import DECODE_VERSION

OnProgress = Callable[[float, int], None]


@dataclass(frozen=True)
class PrintStore:
    """Makes prints, and never the same one twice.

    Args:
        cache: Where they are kept.
    """

    cache: PrintCache

    def film(self, path: Path, content: str, on_progress: OnProgress | None = None) -> Print:
        """The print of a video that is searched.

        Args:
            path: The file.
            content: SHA-256 of its bytes.
            on_progress: Called with the share of the video in [0, 1] and the number of frames, where it is decoded.

        Raises:
            VideoError: The video cannot be used.
            CacheError: The print cannot be kept.
        """
        return self._print(path, content, (PLAIN,), on_progress)

    def clip(self, path: Path, content: str, on_progress: OnProgress | None = None) -> Print:
        """The print of the video that is looked for, in every geometry; arguments and errors as for ``film``."""
        return self._print(path, content, GEOMETRIES, on_progress)

    def _print(
        self, path: Path, content: str, geometries: tuple[Geometry, ...], on_progress: OnProgress | None
    ) -> Print:
        key = print_key(content, f"{ENTRY.producer} {geometries}", str(DECODE_VERSION))
        entry = self.cache.read(key)
        if entry is not None and entry.values.shape[1] == NUM_VALUES * len(geometries) + 1:
            return _unpack(entry, geometries)
        video_print = make_print(path, geometries, on_progress)
        self.cache.write(key, _pack(video_print))
        return video_print


def _pack(video_print: Print) -> StoredPrint:
    columns = video_print.descriptors.transpose(1, 0, 2).reshape(len(video_print), -1)
    values = np.concatenate([columns, video_print.contrast[:, None]], 1)
    clock = video_print.clock
    return StoredPrint(clock.pts, clock.end_pts, clock.time_base, clock.start_seconds, values)


def _unpack(entry: StoredPrint, geometries: tuple[Geometry, ...]) -> Print:
    columns = entry.values[:, :-1].reshape(-1, len(geometries), NUM_VALUES)
    clock = FrameClock(entry.pts, entry.end_pts, entry.time_base, entry.start_seconds)
    return Print(clock, geometries, columns.transpose(1, 0, 2), entry.values[:, -1])
