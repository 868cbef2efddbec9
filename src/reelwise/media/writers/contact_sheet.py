"""Pictures spread over a video, made within a deadline: all of a short video is decoded, key frames of a long one."""

import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av.error
import numpy as np
from av.video.frame import VideoFrame

from reelwise.core.errors import VideoError
from reelwise.media.decoding.sinks import FileSink, OpenFiles
from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.readers.picture import PictureMaker
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import SizeHW
from reelwise.media.readers.scan_notes import Observations
from reelwise.media.readers.source import Source, open_source
from reelwise.media.writers.sheet import Sheet, SheetTask

Progress = Callable[[int, int], None]
Thumbnail = tuple[float, np.ndarray]
"""Seconds from the first frame, and (H, W, 3) uint8."""

_SEQUENTIAL_SHARE = 0.4
"""Share of the deadline for decoding in order; the rest is for seeking."""

_MOST_PACKETS_PER_SEEK = 900
"""Packets that are read after one seek: 30 s at 30 frames a second, longer than a group of pictures."""

_LONGEST_SECONDS = 1_000_000
"""A longer duration in a header is damage: eleven days."""

_SPREAD = 0.6
"""Share of the duration that the pictures must reach, or the sheet says that they show the first part only."""

_KEPT_PER_PICTURE = 6
"""Pictures in memory for each one of the sheet, so that even ones can be chosen among them."""


def write_sheet(task: SheetTask, *, limits: ReadLimits = READ_LIMITS, progress: Progress | None = None) -> Sheet:
    """Write the pictures of a task to its output, evenly spread over the video as far as the deadline allows.

    The first part of the deadline goes into plain decoding, which is exact and enough for most videos. Of a longer one
    the key frames nearest before each moment are taken, with their own times; where seeking
    fails, the sheet shows what plain decoding reached and says so.

    Raises:
        VideoError: The file is refused.
        CacheError: The output cannot be written.
    """
    start_time = time.monotonic()
    size_hw = picture_size(task.path, task.max_side, limits)
    stop_at = start_time + task.deadline_seconds
    reach = _Reach(task, size_hw, limits, progress)
    thumbnails = reach.from_start(start_time + _SEQUENTIAL_SHARE * task.deadline_seconds)
    end, note = reach.seconds, ""
    if not reach.is_whole:
        duration = _likely_duration(reach.header_seconds)
        if duration is not None:
            thumbnails = sorted([*thumbnails, *reach.by_seeking(duration, stop_at)], key=lambda thumbnail: thumbnail[0])
            end = duration
        end = end if thumbnails[-1][0] >= _SPREAD * end else thumbnails[-1][0]
        note = "" if end == duration else f"the pictures show the first {end:.0f} s: there was no time for more."
    pictures = spread(thumbnails, end, task.num_pictures)
    with OpenFiles() as files:
        sink = FileSink(task.output, files)
        for _, picture in pictures:
            sink.write(picture)
    return Sheet(size_hw, tuple(seconds for seconds, _ in pictures), note)


def picture_size(path: Path, max_side: int, limits: ReadLimits = READ_LIMITS) -> SizeHW:
    """Height and width of a video's first frame, upright, made smaller until the longer side fits.

    Raises:
        VideoError: No frame can be decoded.
    """
    with PyAVReader(path, limits=limits) as reader:
        first = next(iter(reader), None)
        if first is None:
            raise VideoError(f"{path.name}: it has no frames.", hint="Copy or record it again.")
        height, width = first.image.shape[:2]
    scale = min(1.0, max_side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def spread(thumbnails: list[Thumbnail], end: float, num_pictures: int) -> list[Thumbnail]:
    """The thumbnails nearest to the middles of equal parts of [0, end), none twice.

    Example:
        >>> [seconds for seconds, _ in spread([(i / 2, np.zeros(0)) for i in range(20)], 10.0, 4)]
        [1.0, 3.5, 6.0, 8.5]
    """
    times = np.array([seconds for seconds, _ in thumbnails])
    middles = (np.arange(num_pictures) + 0.5) * end / num_pictures
    return [thumbnails[place] for place in dict.fromkeys(int(np.abs(times - middle).argmin()) for middle in middles)]


class _Reach:
    """Decodes as much of a file as the time allows, and collects thumbnails."""

    def __init__(self, task: SheetTask, size_hw: SizeHW, limits: ReadLimits, progress: Progress | None) -> None:
        self._task = task
        self._size_hw = size_hw
        self._limits = limits
        self._progress = progress
        self._zero = Fraction(0)
        self.is_whole = False
        self.seconds = 0.0
        self.header_seconds: tuple[float | None, float | None] = (None, None)

    def from_start(self, stop_at: float) -> list[Thumbnail]:
        """Decode from the first frame on; every k-th picture is kept, k doubling whenever there are too many."""
        most, stride = _KEPT_PER_PICTURE * self._task.num_pictures, 1
        thumbnails: list[Thumbnail] = []
        with PyAVReader(self._task.path, size_hw=self._size_hw, limits=self._limits, progress=self._progress) as reader:
            self.header_seconds = _durations(reader.source)
            for frame in reader:
                self.seconds = float((frame.pts - reader.start_pts) * reader.time_base)
                if frame.index % stride == 0:
                    thumbnails.append((self.seconds, frame.image))
                if len(thumbnails) > most:
                    thumbnails, stride = thumbnails[::2], 2 * stride
                if time.monotonic() > stop_at:
                    break
            else:
                self.is_whole = True
            self._zero = reader.start_pts * reader.time_base
            self.seconds = float((reader.end_pts - reader.start_pts) * reader.time_base)
        return thumbnails

    def by_seeking(self, duration: float, stop_at: float) -> list[Thumbnail]:
        """One key frame for each part of the video behind what was decoded."""
        thumbnails: list[Thumbnail] = []
        source = open_source(self._task.path, self._limits)
        observations, maker = Observations(), None
        try:
            for number in range(self._task.num_pictures):
                moment = (number + 0.5) * duration / self._task.num_pictures
                if moment <= self.seconds or time.monotonic() > stop_at:
                    continue
                picture = self._picture_at(source, moment, stop_at)
                if picture is None or picture.pts is None or picture.time_base is None:
                    continue
                observations.note(picture)
                maker = maker or PictureMaker(self._size_hw, observations.orientation)
                thumbnails.append(
                    (float(picture.pts * picture.time_base - self._zero), maker.maker(picture)(None, "squash"))
                )
        finally:
            source.close()
        return [thumbnail for thumbnail in thumbnails if self.seconds <= thumbnail[0] <= duration]

    def _picture_at(self, source: Source, moment: float, stop_at: float) -> VideoFrame | None:
        base = source.video.time_base or Fraction(1, 1000)
        try:
            source.container.seek(int((self._zero + Fraction(moment)) / base), stream=source.video, backward=True)
            return next((picture for picture in self._pictures(source, stop_at) if not picture.is_corrupt), None)
        except (av.error.FFmpegError, ValueError, OSError):
            return None

    def _pictures(self, source: Source, stop_at: float) -> Iterator[VideoFrame]:
        for number, packet in enumerate(source.packets()):
            if self._progress:
                self._progress(number, packet.pos or 0)
            yield from source.video.codec_context.decode(packet)
            if number > _MOST_PACKETS_PER_SEEK or time.monotonic() > stop_at:
                return


def _durations(source: Source) -> tuple[float | None, float | None]:
    """Durations in seconds by the headers of the stream and the container: hints, not facts."""
    base = source.video.time_base
    container_seconds = None if source.container.duration is None else source.container.duration / 1_000_000
    stream_seconds = None if source.video.duration is None or base is None else float(source.video.duration * base)
    return stream_seconds, container_seconds


def _likely_duration(header_seconds: tuple[float | None, float | None]) -> float | None:
    return next((seconds for seconds in header_seconds if seconds is not None and 0 < seconds < _LONGEST_SECONDS), None)
