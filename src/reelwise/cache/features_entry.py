"""Image features of videos: one small cache entry each, by the key of the stills that they were made from."""

import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.cache.flat_map import map_file
from reelwise.cache.frames_entry import entry_paths, remove_entry, write_entry

SCHEMA = "reelwise/features/1"

SUFFIX = "features"


@dataclass(frozen=True)
class FeaturesEntry:
    """The content of the JSON file of an entry; the flat file holds (K, F) float32.

    Args:
        key: The name of the entry.
        num_frames: K stills.
        num_features: F.
        crc32: Checksum of the flat file.
    """

    key: str
    num_frames: int
    num_features: int
    crc32: int
    suffix: str = SUFFIX

    @property
    def num_bytes(self) -> int:
        """Of the flat file."""
        return 4 * self.num_frames * self.num_features

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "schema": SCHEMA,
            "key": self.key,
            "num_frames": self.num_frames,
            "num_features": self.num_features,
            "crc32": self.crc32,
        }


def read_features(root: Path, key: str) -> np.ndarray | None:
    """The features as a read-only memory map; None where there are none, or damaged ones, which are then removed.

    Args:
        root: The cache folder.
        key: The name of the entry.
    """
    path, json_path = entry_paths(root, key, SUFFIX)
    try:
        value = json.loads(json_path.read_bytes())
        if value["schema"] != SCHEMA or value["key"] != key:
            raise ValueError("another entry")
        entry = FeaturesEntry(key, int(value["num_frames"]), int(value["num_features"]), int(value["crc32"]))
        content = map_file(path, entry.num_bytes)
        if path.stat().st_size != entry.num_bytes or zlib.crc32(content.data) != entry.crc32:
            raise ValueError("damaged")
        return content.view(np.float32).reshape(entry.num_frames, entry.num_features)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        remove_entry(root, key)
        return None


def write_features(root: Path, key: str, values: np.ndarray, folder: Path) -> None:
    """Keep features.

    Args:
        root: The cache folder.
        key: The name of the entry.
        values: (K, F) float32.
        folder: Where the flat file is made, on the same disk.

    Raises:
        OSError: The cache cannot be written.
    """
    content = np.ascontiguousarray(values, np.float32).tobytes()
    entry = FeaturesEntry(key, *values.shape, crc32=zlib.crc32(content))
    flat_file = folder / f"{key}.{SUFFIX}"
    flat_file.write_bytes(content)
    write_entry(root, entry, flat_file)
