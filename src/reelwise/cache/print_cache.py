"""Prints of videos, by which passages are found again: one cache entry per video, by content and version."""

import json
import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.cache.flat_map import map_file
from reelwise.cache.folder import cannot_write_cache, mark_cache
from reelwise.cache.frames_entry import entry_paths, remove_entry, write_entry
from reelwise.cache.scratch import scratch_folder
from reelwise.cache.space import SPARE_BYTES, Space, full_disk
from reelwise.core.fractions import fraction_from_text

SCHEMA = "reelwise/prints/1"

_SUFFIX = "prints"


@dataclass(frozen=True, eq=False)
class StoredPrint:
    """What the cache keeps of a print.

    Args:
        pts: (N,) int64 of the frames, N > 0.
        end_pts: Where the last frame ends.
        time_base: Seconds per unit of pts.
        start_seconds: Where the first frame lies on the container's clock.
        values: (N, C) float16.
    """

    pts: np.ndarray
    end_pts: int
    time_base: Fraction
    start_seconds: Fraction
    values: np.ndarray

    def __post_init__(self) -> None:
        if self.pts.dtype != np.int64 or self.values.dtype != np.float16 or self.values.ndim != 2:
            raise ValueError(f"pts {self.pts.dtype}, values {self.values.dtype} {self.values.shape}")
        if len(self.pts) != len(self.values) or not len(self.pts) or np.any(np.diff(self.pts) <= 0):
            raise ValueError(f"{len(self.pts)} pts for {len(self.values)} rows, or they do not rise")


@dataclass(frozen=True)
class _Entry:
    """The JSON file of an entry."""

    key: str
    num_frames: int
    num_columns: int
    crc32: int
    end_pts: int
    time_base: Fraction
    start_seconds: Fraction
    suffix: str = _SUFFIX

    @property
    def num_bytes(self) -> int:
        """Of the flat file: pts, then values."""
        return self.num_frames * (8 + 2 * self.num_columns)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SCHEMA,
            "key": self.key,
            "num_frames": self.num_frames,
            "num_columns": self.num_columns,
            "crc32": self.crc32,
            "end_pts": self.end_pts,
            "time_base": str(self.time_base),
            "start_seconds": str(self.start_seconds),
        }


class PrintCache:
    """Prints on disk, in the folder of decoded frames and under its rules: least recently used ones go first.

    Args:
        root: The cache folder; made when needed.
        max_gb: Gigabytes (10^9 bytes) that all entries may take together.
    """

    def __init__(self, root: Path, max_gb: float = 50.0) -> None:
        self._root = root
        self._max_bytes = int(max_gb * 1e9)
        self._keys_in_use: set[str] = set()
        mark_cache(root)

    def read(self, key: str) -> StoredPrint | None:
        """A print as a read-only memory map; None where there is none, or where it is damaged: then it is removed."""
        self._keys_in_use.add(key)
        path, json_path = entry_paths(self._root, key, _SUFFIX)
        try:
            entry = _read_entry(json_path, key)
            content = map_file(path, entry.num_bytes)
            if path.stat().st_size != entry.num_bytes or zlib.crc32(content.data) != entry.crc32:
                raise ValueError("damaged")
            pts, values = np.split(content, [8 * entry.num_frames])
            values = values.view(np.float16).reshape(entry.num_frames, entry.num_columns)
            video_print = StoredPrint(pts.view(np.int64), entry.end_pts, entry.time_base, entry.start_seconds, values)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            remove_entry(self._root, key)
            return None
        Space(self._root, self._max_bytes).touch(key)
        return video_print

    def write(self, key: str, video_print: StoredPrint) -> None:
        """Keep a print; the least recently used entries go where there is no room.

        Raises:
            CacheError: The disk is full, or the cache cannot be written.
        """
        content = np.ascontiguousarray(video_print.pts).tobytes() + np.ascontiguousarray(video_print.values).tobytes()
        num_frames, num_columns = video_print.values.shape
        entry = _Entry(
            key,
            num_frames,
            num_columns,
            zlib.crc32(content),
            video_print.end_pts,
            video_print.time_base,
            video_print.start_seconds,
        )
        space = Space(self._root, self._max_bytes)
        try:
            space.scan()
            space.make_room(self._keys_in_use | {key}, entry.num_bytes)
            with scratch_folder(self._root, "find") as folder:
                flat_file = folder / "prints"
                flat_file.write_bytes(content)
                write_entry(self._root, entry, flat_file)
        except OSError as error:
            if space.free() < SPARE_BYTES:
                raise full_disk(self._root, space.free(), entry.num_bytes) from error
            raise cannot_write_cache(self._root, error) from error


def _read_entry(path: Path, key: str) -> _Entry:
    value = json.loads(path.read_bytes())
    if value["schema"] != SCHEMA or value["key"] != key:
        raise ValueError("another entry")
    return _Entry(
        key=key,
        num_frames=int(value["num_frames"]),
        num_columns=int(value["num_columns"]),
        crc32=int(value["crc32"]),
        end_pts=int(value["end_pts"]),
        time_base=fraction_from_text(value["time_base"]),
        start_seconds=fraction_from_text(value["start_seconds"]),
    )
