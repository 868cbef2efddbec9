"""Pictures for findings: the last frames wait in memory, and those that a finding wants become JPEG files."""

from collections import Counter, deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwise.core.errors import CacheError
from reelwise.core.files import WHEN_FULL, cannot_write, write_hint

PICTURE_WINDOW = 320
"""Frames whose previews wait: more than any analyzer is late. 320 of 320x180 take 53 MiB."""

_QUALITY = 85
"""Of JPEG, 0 to 100: about 12 kB for a preview, without visible blocks."""


class PictureStore:
    """Keeps the previews that findings ask for, each as one JPEG with its time in name and comment.

    Args:
        folder: Where the files go; made with the first one.
        when_full: The hint for a full disk.
    """

    def __init__(self, folder: Path, *, when_full: str = WHEN_FULL) -> None:
        self._folder = folder
        self._when_full = when_full
        self._waiting: deque[tuple[int, int, float, np.ndarray]] = deque(maxlen=PICTURE_WINDOW)
        self._time_base = Fraction(1)
        self._names: dict[int, str] = {}
        self._num_uses: Counter[int] = Counter()

    def set_time_base(self, time_base: Fraction) -> None:
        """What pts count in, for the comments."""
        self._time_base = time_base

    def push(self, index: int, pts: int, seconds: float, preview: np.ndarray) -> None:
        """Let the newest preview wait; the oldest goes.

        Args:
            index: Of the frame.
            pts: Of the frame.
            seconds: From the first frame.
            preview: (H, W, 3) uint8 RGB.
        """
        self._waiting.append((index, pts, seconds, preview))

    def keep(self, frame: int) -> None:
        """Write the picture of a frame that waits; one that does not wait any more is an error of the analyzer.

        Raises:
            ValueError: The frame is too old, or not there yet.
            CacheError: It cannot be written.
        """
        if frame in self._names:
            self._num_uses[frame] += 1
            return
        first = self._waiting[0][0] if self._waiting else 0
        if not 0 <= frame - first < len(self._waiting):
            raise ValueError(f"the picture of frame {frame} is not there: {len(self._waiting)} from {first} are")
        index, pts, seconds, preview = self._waiting[frame - first]
        name = f"frame_{index:07d}_{seconds:.3f}s.jpg"
        comment = f"frame {index}, pts {pts}, time base {self._time_base}, {seconds:.6f} s"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / name).write_bytes(jpeg(preview, comment))
        except OSError as error:
            raise cannot_write(self._folder / name, error, when_full=self._when_full) from None
        self._names[frame] = name
        self._num_uses[frame] = 1

    def drop(self, frame: int) -> None:
        """Take one ``keep`` back; the file goes with the last of them.

        Raises:
            ValueError: The picture was not kept.
            CacheError: It cannot be removed.
        """
        if frame not in self._names:
            raise ValueError(f"the picture of frame {frame} was not kept")
        self._num_uses[frame] -= 1
        if self._num_uses[frame]:
            return
        path = self._folder / self._names.pop(frame)
        try:
            path.unlink()
        except OSError as error:
            raise CacheError(f"{path}: cannot be removed: {error.strerror}.", hint=write_hint(error)) from None

    def clear(self) -> None:
        """Forget all frames and remove all pictures: the video is read again from its start.

        Raises:
            CacheError: A picture cannot be removed.
        """
        self._waiting.clear()
        for frame in list(self._names):
            self._num_uses[frame] = 1
            self.drop(frame)

    def name_of(self, frame: int | None) -> str | None:
        """File name of a picture that was kept."""
        return None if frame is None else self._names.get(frame)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names.values())


def jpeg(picture: np.ndarray, comment: str = "") -> bytes:
    """A picture as JPEG.

    Args:
        picture: (H, W, 3) uint8 RGB.
        comment: ASCII text of at most 65,000 characters, for programs that show a picture's comment.
    """
    _, content = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    jpeg_bytes = content.tobytes()
    if not comment:
        return jpeg_bytes
    text = comment.encode("ascii")
    # A comment segment goes right behind the marker of the start. Source: ITU-T T.81, B.2.4.5.
    return jpeg_bytes[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text + jpeg_bytes[2:]
