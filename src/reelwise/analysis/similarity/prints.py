"""The print of a video: a descriptor for every frame, with its time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reelwise.analysis.similarity.agreement import shots_of
from reelwise.analysis.similarity.borders import Inside, find_inside, thumbs_of
from reelwise.analysis.similarity.descriptors import PLAIN, Geometry, describe, mirror
from reelwise.analysis.times import FrameClock

_LOOKUP_RATE = 240
"""Entries per second of the table that finds frames fast: a sixtieth of a second holds four."""

BLOCK = 64
"""Frames that share one look for bars: two to three seconds."""

_LOOK_EVERY = 4
"""Frames of a block from one that is searched for bars to the next."""


@dataclass(frozen=True, eq=False)
class Print:
    """Descriptors of all frames of one video.

    Args:
        clock: Times of the frames.
        geometries: How each set of descriptors sees the picture; of a film that is searched, plain alone.
        descriptors: (V, N, 64) float16: V geometries, N frames; zero where a frame is plain.
        contrast: (N,) float16: grey levels.
    """

    clock: FrameClock
    geometries: tuple[Geometry, ...]
    descriptors: np.ndarray
    contrast: np.ndarray

    def __post_init__(self) -> None:
        expected = (len(self.geometries), len(self.clock))
        if self.descriptors.shape[:2] != expected or self.contrast.shape != expected[1:]:
            raise ValueError(f"descriptors of shape {self.descriptors.shape}, expected {expected} and 64")

    def __len__(self) -> int:
        return len(self.clock)

    @cached_property
    def seconds(self) -> np.ndarray:
        """(N,) float64: start of each frame from the first."""
        return (self.clock.pts - self.clock.pts[0]) * float(self.clock.time_base)

    @cached_property
    def shots(self) -> np.ndarray:
        """(N,) number of the shot of each frame, by the first geometry."""
        return shots_of(self.descriptors[0], self.seconds)

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return float(self.clock.seconds_of(len(self.clock)))

    def frames_at(self, seconds: np.ndarray) -> np.ndarray:
        """Frames that are shown at some times; the first before the video, the last behind it."""
        # A frame's time and one made by arithmetic may differ in the last digit.
        return np.clip(np.searchsorted(self.seconds, seconds + 1e-6, "right") - 1, 0, len(self) - 1)

    @cached_property
    def _lookup(self) -> np.ndarray:
        return self.frames_at(np.arange(0, self.duration + 1 / _LOOKUP_RATE, 1 / _LOOKUP_RATE)).astype(np.int32)

    def frames_near(self, seconds: np.ndarray) -> np.ndarray:
        """As ``frames_at``, but a few milliseconds off, and ten times as fast."""
        places = np.rint(seconds * _LOOKUP_RATE).astype(np.int32)
        return self._lookup[np.clip(places, 0, len(self._lookup) - 1)]


@dataclass(frozen=True, eq=False)
class PrintBlock:
    """Some frames in a row of a print.

    Args:
        descriptors: (V, n, 64) float16.
        contrast: (n,) float16.
    """

    descriptors: np.ndarray
    contrast: np.ndarray


class BlockMaker:
    """Turns grey pictures into descriptors, block by block; keeps none of them.

    Args:
        geometries: How the picture is to be seen.
    """

    def __init__(self, geometries: Sequence[Geometry] = (PLAIN,)) -> None:
        self._geometries = tuple(geometries)
        self._waiting: list[np.ndarray] = []
        self._inside: Inside | None = None

    def push(self, grey: np.ndarray) -> Sequence[PrintBlock]:
        """Add the next frame; gives the block that is whole with it.

        Args:
            grey: (H, W) uint8, of the same shape each time.
        """
        self._waiting.append(grey)
        return self.finish() if len(self._waiting) == BLOCK else ()

    def finish(self) -> Sequence[PrintBlock]:
        """The frames that wait for others of their block, when the last was pushed."""
        return (self._finish_block(),) if self._waiting else ()

    def _finish_block(self) -> PrintBlock:
        pictures = np.stack(self._waiting)
        self._waiting.clear()
        self._inside = find_inside(pictures[::_LOOK_EVERY]) or self._inside
        inner = thumbs_of(pictures, self._inside)
        outer = thumbs_of(pictures, None) if any(geometry.has_border for geometry in self._geometries) else inner
        upright = {replace(geometry, is_mirrored=False) for geometry in self._geometries}
        results = {geometry: describe(outer if geometry.has_border else inner, geometry) for geometry in upright}
        values = []
        for geometry in self._geometries:
            same, _ = results[replace(geometry, is_mirrored=False)]
            values.append(mirror(same) if geometry.is_mirrored else same)
        contrast = results[replace(self._geometries[0], is_mirrored=False)][1]
        return PrintBlock(np.stack(values).astype(np.float16), contrast.astype(np.float16))


class PrintMaker:
    """Collects the descriptors of grey pictures in memory.

    Args:
        geometries: How the picture is to be seen.
    """

    def __init__(self, geometries: Sequence[Geometry] = (PLAIN,)) -> None:
        self._maker = BlockMaker(geometries)
        self._blocks: list[PrintBlock] = []

    def push(self, grey: np.ndarray) -> None:
        """Add the next frame.

        Args:
            grey: (H, W) uint8, of the same shape each time.
        """
        self._blocks += self._maker.push(grey)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """(V, N, 64) and (N,) float16 of all frames, when the last was pushed."""
        self._blocks += self._maker.finish()
        blocks = self._blocks
        return np.concatenate([one.descriptors for one in blocks], 1), np.concatenate([one.contrast for one in blocks])
