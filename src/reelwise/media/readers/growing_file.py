"""A file that is still being written, read to the end that it will have."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.closing import ClosesOnExit
from reelwise.media.file_access import open_input

_POLL_SECONDS = 0.05
"""How often the end of a file is looked at for more."""


@dataclass(frozen=True)
class Growth:
    """How it is known that a file which is still being written has ended; one of the two is given.

    Args:
        idle_seconds: It has ended when nothing came for so long.
        open_mark: It has ended when this file, which its writer made before, is gone; until then a pause of any length
            is a pause. Taking a file away works on a full disk, too.
    """

    idle_seconds: float | None = None
    open_mark: Path | None = None

    def __post_init__(self) -> None:
        if (self.idle_seconds is None) == (self.open_mark is None):
            raise ValueError("a growing file needs a time or a mark, and not both")

    def has_ended(self, wait_start: float) -> bool:
        """Whether no more comes; ask before the last look at the file.

        Args:
            wait_start: Since when nothing came, on the monotonic clock.
        """
        if self.open_mark is not None:
            return not self.open_mark.exists()
        return time.monotonic() - wait_start >= (self.idle_seconds or 0)


class GrowingFile(ClosesOnExit):
    """What FFmpeg reads in place of a path: at the end of the file it waits for more, or for the certain end.

    FFmpeg can follow a file itself, but gives up after a time that is set when the file is opened, in the middle of a
    packet. Here it sees the end once, where it is. What comes before the place that is read is no pause, either: FFmpeg
    waits for the index of an MP4 behind pictures that still come.

    Args:
        path: An ordinary file.
        growth: How its end is known.
        on_wait: Called again and again while more is waited for.
    """

    def __init__(self, path: Path, growth: Growth, on_wait: Callable[[], None]) -> None:
        self.name = f"file:{path}"
        self._file = open_input(path)
        self._growth = growth
        self._on_wait = on_wait
        self._has_ended = False

    @property
    def size_bytes(self) -> int:
        """Its size by now, even where its name is gone."""
        return os.fstat(self._file.fileno()).st_size

    def read(self, size: int) -> bytes:
        """Up to so many bytes, when there are any; none at the end."""
        wait_start, size_before = time.monotonic(), self.size_bytes
        while True:
            if (size_bytes := self.size_bytes) > size_before:
                wait_start, size_before = time.monotonic(), size_bytes
            # Asked before reading: what was written before the end is then read.
            self._has_ended = self._has_ended or self._growth.has_ended(wait_start)
            if (piece := self._file.read(size)) or self._has_ended:
                return piece
            self._on_wait()
            time.sleep(_POLL_SECONDS)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, behind what is there by now, too.

        Returns:
            The place; -1 for one that counts from the end, which is not known yet. FFmpeg then asks for no size: the
            box of an MP4 that goes over the end of today is no damage.
        """
        if whence == os.SEEK_END and not self._has_ended:
            return -1
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place that is read next."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def wait_for_content(path: Path, growth: Growth, on_wait: Callable[[], None]) -> None:
    """Wait until a file that is about to be written has its first bytes, or has ended without any."""
    wait_start = time.monotonic()
    while not growth.has_ended(wait_start):
        try:
            if os.stat(path).st_size:  # noqa: PTH116
                return
        except OSError:
            pass
        on_wait()
        time.sleep(_POLL_SECONDS)
