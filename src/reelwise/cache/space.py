"""Disk space of the cache, and eviction of the least recently used entries."""

import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from reelwise.cache.frames_entry import SUFFIXES, entry_paths, remove_entry
from reelwise.core.errors import CacheError
from reelwise.core.file_systems import free_bytes

_KEY = re.compile(r"[0-9a-f]{64}")
SPARE_BYTES = 64 << 20
"""Bytes of disk left free for other programs."""


@dataclass
class Space:
    """The entries on disk with their sizes and when each was last used.

    Args:
        root: The cache folder.
        max_bytes: How much the entries may take together.
        sizes: Bytes of each entry.
        used_at: When each entry was last used, nanoseconds.
    """

    root: Path
    max_bytes: int
    sizes: dict[str, int] = field(default_factory=dict)
    used_at: dict[str, int] = field(default_factory=dict)

    def scan(self) -> None:
        """Read sizes and times of all entries from disk."""
        self.sizes, self.used_at = {}, {}
        for folder in _subfolders(self.root / "entries"):
            with os.scandir(folder) as entries:
                for item in entries:
                    self._note(item)

    @property
    def total(self) -> int:
        """Bytes of all entries."""
        return sum(self.sizes.values())

    def free(self) -> int:
        """Bytes free on the cache's disk."""
        return free_bytes(self.root)

    def add(self, key: str, num_bytes: int) -> None:
        """Count an entry that was written."""
        self.sizes[key] = num_bytes
        self.used_at[key] = time.time_ns()

    def touch(self, key: str) -> None:
        """Mark an entry as used now."""
        _, json_path = entry_paths(self.root, key)
        try:
            os.utime(json_path)
        except OSError:
            return
        self.used_at[key] = time.time_ns()

    def make_room(self, keep_keys: set[str], more: int = 0) -> None:
        """Evict the least recently used entries until the limit holds; never one of ``keep_keys``.

        Raises:
            CacheError: The entries of this job alone are over the limit.
        """
        excess = self.total + more - self.max_bytes
        if excess <= 0:
            return
        for key in sorted(self.used_at, key=self.used_at.__getitem__):
            if excess <= 0:
                return
            if key not in keep_keys:
                remove_entry(self.root, key)
                excess -= self.sizes.pop(key)
                del self.used_at[key]
        if excess > 0:
            raise CacheError(
                f"{self.root}: what this job decodes needs more than {gigabytes(self.max_bytes)}, the cache's limit.",
                hint=f"Use --cache-gb {int((self.total + more) / 1e9) + 2}; train takes a smaller --size, too.",
            )

    def require_free(self, estimate: int) -> None:
        """Check that the disk can hold the entries that are still to be written.

        Args:
            estimate: Bytes that are expected to be written.

        Raises:
            CacheError: It cannot; the message has the free and the needed gigabytes.
        """
        free = self.free()
        if free < estimate + SPARE_BYTES:
            raise full_disk(self.root, free, estimate)

    def _note(self, item: os.DirEntry[str]) -> None:
        key, _, suffix = item.name.partition(".")
        if not _KEY.fullmatch(key):
            return
        try:
            status = item.stat()
        except OSError:
            return
        if suffix in (*SUFFIXES, "json"):
            self.sizes[key] = self.sizes.get(key, 0) + status.st_size
            self.used_at[key] = max(self.used_at.get(key, 0), status.st_mtime_ns if suffix == "json" else 0)


def full_disk(root: Path, free: int, estimate: int) -> CacheError:
    """The error for a disk that is full, or will be before the job ends."""
    return CacheError(
        f"{root}: {gigabytes(free)} free, about {gigabytes(estimate)} more are needed for what is decoded.",
        hint="Free some disk, run `reelwise cache --clear`, or use --cache-dir on another disk. train has --size, too.",
    )


def gigabytes(num_bytes: int) -> str:
    """Such as ``"1.3 GB"``."""
    if num_bytes < 1e8:
        return f"{num_bytes / 1e6:.1f} MB"
    return f"{num_bytes / 1e9:.2f} GB" if num_bytes < 1e10 else f"{num_bytes / 1e9:.0f} GB"


def _subfolders(folder: Path) -> list[Path]:
    try:
        return [item for item in folder.iterdir() if len(item.name) == 2 and item.is_dir()]
    except OSError:
        return []
