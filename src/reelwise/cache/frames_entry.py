"""One cache entry: a flat file of frames or sound, and a JSON file whose presence says that the other is whole."""

import json
import zlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from reelwise.cache.flat_map import map_file
from reelwise.core.files import write_json
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts, facts_from_json, facts_to_json

SCHEMA = "reelwise/frames/1"
SUFFIXES = ("frames", "sound", "prints", "features")
"""Suffixes of the flat files."""


class AnyEntry(Protocol):
    """The interface of an entry of any kind."""

    @property
    def key(self) -> str:
        """The name of the entry."""
        ...

    @property
    def suffix(self) -> str:
        """One of ``SUFFIXES``."""
        ...

    @property
    def num_frames(self) -> int:
        """Pictures, or frames of a spectrogram."""
        ...

    @property
    def num_bytes(self) -> int:
        """Size of the flat file."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ...


@dataclass(frozen=True, eq=False)
class Entry:
    """The content of an entry's JSON file.

    Args:
        key: The name of the entry.
        size: Pixels along each side of a frame.
        crc32: Checksum of the frames file, as the decoding process saw the bytes.
        times: When each frame is shown.
        facts: Facts of the whole file.
    """

    key: str
    size: int
    crc32: int
    times: FrameTimes
    facts: VideoFacts
    suffix: str = "frames"

    @property
    def num_frames(self) -> int:
        """How many pictures."""
        return len(self.times)

    @property
    def num_bytes(self) -> int:
        """Size of the frames file."""
        return len(self.times) * self.size * self.size * 3

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SCHEMA,
            "key": self.key,
            "size": self.size,
            "crc32": self.crc32,
            "time_base": str(self.times.time_base),
            "pts": self.times.pts.tolist(),
            "end_pts": self.times.end_pts,
            "facts": facts_to_json(self.facts),
        }


def entry_paths(root: Path, key: str, suffix: str = "frames") -> tuple[Path, Path]:
    """Where the flat file and the JSON of an entry are."""
    folder = root / "entries" / key[:2]
    return folder / f"{key}.{suffix}", folder / f"{key}.json"


def write_entry(root: Path, entry: AnyEntry, flat_file: Path) -> None:
    """Move a finished flat file into place, then write the JSON that makes it count.

    It is not synced to disk: after a power cut the checksum finds what was lost, and it is decoded again.

    Raises:
        OSError: The file has another size than the entry says, or the disk is full.
    """
    if flat_file.stat().st_size != entry.num_bytes:
        raise OSError(f"{flat_file} has {flat_file.stat().st_size} bytes, expected {entry.num_bytes}")
    target, json_path = entry_paths(root, entry.key, entry.suffix)
    target.parent.mkdir(parents=True, exist_ok=True)
    json_path.unlink(missing_ok=True)
    flat_file.replace(target)
    write_json(json_path, entry.to_json())


def read_entry(root: Path, key: str) -> Entry | None:
    """The entry, or None when it is not there, not finished, or visibly damaged; pixels are not read."""
    frames, json_path = entry_paths(root, key)
    try:
        value = json.loads(json_path.read_bytes())
        if value["schema"] != SCHEMA or value["key"] != key:
            return None
        pts = np.asarray(value["pts"], np.int64)
        times = FrameTimes(pts, int(value["end_pts"]), Fraction(value["time_base"]))
        entry = Entry(key, int(value["size"]), int(value["crc32"]), times, facts_from_json(value["facts"]))
        return entry if frames.stat().st_size == entry.num_bytes else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None


def map_entry(root: Path, entry: Entry, *, verify: bool) -> DecodedVideo | None:
    """The frames as a read-only memory map, or None when the file is gone or its checksum is wrong."""
    frames_path, _ = entry_paths(root, entry.key)
    shape = (len(entry.times), entry.size, entry.size, 3)
    try:
        frames = map_file(frames_path, entry.num_bytes)
    except (OSError, ValueError):
        return None
    if verify and zlib.crc32(frames.data) != entry.crc32:
        return None
    return DecodedVideo(frames.reshape(shape), entry.times, entry.facts)


def remove_entry(root: Path, key: str) -> None:
    """Delete an entry, the JSON first, so that no job takes the rest for complete."""
    for suffix in SUFFIXES:
        flat_file, json_path = entry_paths(root, key, suffix)
        json_path.unlink(missing_ok=True)
        flat_file.unlink(missing_ok=True)
