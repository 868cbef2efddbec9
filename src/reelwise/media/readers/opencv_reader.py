"""The second reader: OpenCV, checked frame by frame against the first."""

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from reelwise.core.clip import Fit
from reelwise.core.errors import VideoError
from reelwise.core.video import VideoFacts, WarningKind
from reelwise.media.file_access import ffmpeg_input, open_input
from reelwise.media.limits import FORMATS, READ_LIMITS, ReadLimits
from reelwise.media.readers.orientation import Orientation
from reelwise.media.readers.picture import pixel_aspect_of
from reelwise.media.readers.picture_stream import PictureStream
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import Frame, SizeHW, VideoReader, part_hw

TOLERANCE = 12
"""Largest difference of a pixel between the readers, in grey levels: mostly 0, up to 9 for odd widths and 10 bits."""

_REFUSED_KINDS = {
    WarningKind.INTERLACED: "OpenCV gives black pictures for interlaced video",
    WarningKind.HDR: "OpenCV changes the colours of HDR video",
    WarningKind.SIZE_CHANGES: "OpenCV scales by other rules where the size changes in the stream",
}
"""Warnings of the first reader that OpenCV cannot handle, with the reason for the user."""

_THUMB = 8
"""Pixels of the side of the thumbnails by which pictures are compared: small enough that codecs' rounding averages
out."""

_MAX_THUMB_DIFFERENCE = 2.0
"""Mean difference of two thumbnails in grey levels; above it OpenCV gave a different picture."""

_MAX_FAILED_READS = 100
"""Failed reads in a row, each of which is one damaged packet, before the file counts as ended."""

_NO_PICTURE = np.zeros((0, 0, 3), np.uint8)

_USE_FIRST = "Use the first reader (PyAV), which reads this file."


class OpenCVReader(VideoReader):
    """Reads a video with ``cv2.VideoCapture`` and checks that the frames are those of ``PyAVReader``.

    OpenCV has no codec lists and no pixel limits, trusts headers and gives wrong times. So the first reader decodes the
    file before: it applies the limits, counts the frames and gives their times. Then a thumbnail of each of OpenCV's
    pictures is compared with the first reader's. The file is decoded twice: use it only where OpenCV itself is needed.

    Args:
        path: A local file.
        size_hw: Height and width of the pictures; None for the video's own.
        limits: What the file may ask for.
        progress: Called with the numbers of frames decoded and of bytes read so far.

    Raises:
        VideoError: The file is refused, or is of a kind that OpenCV reads wrongly.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_hw: SizeHW | None = None,
        limits: ReadLimits = READ_LIMITS,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._path = Path(path)
        self._size_hw = size_hw
        self._progress = progress
        self._capture: cv2.VideoCapture | _PictureCapture | None = None
        with PyAVReader(self._path, limits=limits, progress=progress) as first:
            self._first_frames = [(frame.pts, frame.is_damaged, _thumb(frame.image)) for frame in first]
            self._facts = first.facts()
            self._time_base = first.time_base
            self._num_bytes = first.num_bytes
            self._pixel_aspect = pixel_aspect_of(first.source.video)
            self._pictures = first.source.pictures
        self._orientation = Orientation(self._facts.rotation, self._facts.is_mirrored)
        for kind, reason in _REFUSED_KINDS.items():
            if any(warning.kind is kind for warning in self._facts.warnings):
                raise VideoError(f"{self._path.name}: {reason}.", hint=_USE_FIRST)

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of ``Frame.pts``."""
        return self._time_base

    def __iter__(self) -> Iterator[Frame]:
        """The frames in display order, with the first reader's times.

        Raises:
            VideoError: OpenCV gives a different picture, or fewer or more pictures.
        """
        capture = self._capture = _open(self._path) if self._pictures is None else _PictureCapture(self._pictures)
        for index, (pts, is_damaged, thumb) in enumerate(self._first_frames):
            picture = self._read(capture, index, pts)
            self._compare(picture, thumb, index)
            yield Frame(index, pts, is_damaged, partial(self._render, picture))
            if self._progress:
                self._progress(len(self._first_frames) + index + 1, self._num_bytes)
        if capture.read()[0]:
            raise self._differs(f"more than the {len(self._first_frames)} frames that were decoded first")

    def facts(self) -> VideoFacts:
        """The facts that the first reader gives."""
        return self._facts

    def close(self) -> None:
        """Close the file."""
        if self._capture is not None:
            self._capture.release()

    def _read(self, capture: "cv2.VideoCapture | _PictureCapture", index: int, pts: int) -> np.ndarray:
        if isinstance(capture, _PictureCapture):
            capture.seek(pts)
        for _ in range(_MAX_FAILED_READS):  # one read fails for each damaged packet, then reading goes on
            ok, picture = capture.read()
            if ok:
                return self._orientation.upright(picture)
        raise self._differs(f"{index} of {len(self._first_frames)} frames")

    def _compare(self, picture: np.ndarray, thumb: np.ndarray, index: int) -> None:
        difference = np.abs(_thumb(picture)[..., ::-1].astype(np.float32) - thumb).mean()
        if difference > _MAX_THUMB_DIFFERENCE:
            what = "a black picture" if not picture.any() else "another picture"
            raise self._differs(f"{what} at frame {index}")

    def _render(self, picture: np.ndarray, size_hw: SizeHW | None, fit: Fit) -> np.ndarray:
        image = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        size_hw = size_hw or self._size_hw
        if size_hw is not None and fit == "crop":
            image = self._cut(image, size_hw)
        if size_hw is None or size_hw == image.shape[:2]:
            return image
        return cv2.resize(image, size_hw[::-1], interpolation=cv2.INTER_AREA)

    def _cut(self, image: np.ndarray, size_hw: SizeHW) -> np.ndarray:
        """The middle of an upright picture, with the shape of a size."""
        aspect = 1 / self._pixel_aspect if self._orientation.swaps_sides else self._pixel_aspect
        rows, columns = image.shape[:2]
        height, width = part_hw((rows, columns), size_hw, aspect)
        top, left = (rows - height) // 2, (columns - width) // 2
        return image[top : top + height, left : left + width]

    def _differs(self, what: str) -> VideoError:
        return VideoError(f"{self._path.name}: OpenCV gives {what}.", hint=_USE_FIRST)


class _PictureCapture:
    """Reads the pictures of a folder as ``cv2.VideoCapture`` reads a file: those that the first reader could decode.

    Args:
        pictures: Their order and names.
    """

    def __init__(self, pictures: PictureStream) -> None:
        self._pictures = pictures
        self._next_path: Path | None = None

    def seek(self, number: int) -> None:
        """Name the picture that is read next, by its number from 0."""
        self._next_path = self._pictures.path_at(number)

    def read(self) -> tuple[bool, np.ndarray]:
        """Whether there is a picture, and its pixels (H, W, 3), BGR; once for each time that one was named."""
        path, self._next_path = self._next_path, None
        if path is None:
            return False, _NO_PICTURE
        with open_input(path) as stream:
            content = np.frombuffer(stream.read(), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        return (False, _NO_PICTURE) if picture is None else (True, picture)

    def release(self) -> None:
        """Nothing is open between two pictures."""


def _thumb(picture: np.ndarray) -> np.ndarray:
    return cv2.resize(picture, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)


def _open(path: Path) -> cv2.VideoCapture:
    # The lists hold for FFmpeg in OpenCV only through this variable, and CAP_FFMPEG keeps "%03d" from being a pattern.
    cv2.setNumThreads(1)
    with ffmpeg_input(path) as file:
        options = file.options | {"format_whitelist": ",".join(FORMATS), "threads": "1"}
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "|".join(f"{name};{value}" for name, value in options.items())
        capture = cv2.VideoCapture(file.url, cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise VideoError(f"{path.name}: OpenCV does not open it.", hint=_USE_FIRST)
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)  # OpenCV turns by the wrong angle where a picture is mirrored
    return capture
