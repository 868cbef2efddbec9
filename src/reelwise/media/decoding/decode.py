"""Decodes a file once and keeps the planned frames of any number of its segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.intervals import Interval, TimeRange, merge
from reelwise.core.video import VideoFacts
from reelwise.media.decoding.results import DecodedSegment, DecodeResult
from reelwise.media.decoding.selection import Thinner, covers, plan_intervals
from reelwise.media.decoding.sinks import ArraySink, FileSink, OpenFiles, Sink
from reelwise.media.limits import READ_LIMITS, ReadLimits
from reelwise.media.readers.packets import PacketTable
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import Frame, VideoReader

Progress = Callable[[int, int], None]
"""Called with the numbers of frames decoded and of bytes read so far."""

_SELECT_BELOW = 0.5
"""Share of a file's frames. Where a plan needs more, decoding everything in order costs little more and is
simpler."""


def decode_video(
    path: Path,
    settings: DecodeSettings,
    *,
    segment: TimeRange | None = None,
    limits: ReadLimits = READ_LIMITS,
    progress: Progress | None = None,
) -> DecodedVideo:
    """The kept frames of one video in memory, decoded in this process.

    For workers and tests. Everything else decodes a stranger's file in a ``WorkerPool``.

    Args:
        path: A local file.
        settings: Which frames are kept, and how large.
        segment: [start, end) in seconds from the first frame; None for the whole video.
        limits: What the file may ask for.
        progress: Called after every frame.

    Raises:
        VideoError: The file is refused, or no frame lies in the segment.
    """
    sink = ArraySink()
    facts, (segment_times,) = decode_into(
        Path(path), [Selection(settings, segment, sink)], limits=limits, progress=progress
    )
    if isinstance(segment_times, VideoError):
        raise segment_times
    return DecodedVideo(sink.frames, segment_times, facts)


def decode_to_files(
    path: Path,
    selections: Sequence[tuple[DecodeSettings, TimeRange | None, Path]],
    *,
    limits: ReadLimits = READ_LIMITS,
    progress: Progress | None = None,
) -> DecodeResult:
    """The kept frames of each segment in one flat file of uint8 (N, S, S, 3), in one pass over the video.

    Args:
        path: A local file.
        selections: Which frames are kept and how large, of which part of the video, in which file; parts may overlap.
        limits: What the file may ask for.
        progress: Called after every frame.

    Raises:
        VideoError: The file is refused as a whole; a segment without frames is an error of its own in the result.
        CacheError: An output cannot be written.
    """
    with OpenFiles() as files:
        sinks = [FileSink(output, files) for _, _, output in selections]
        parts = [Selection(*item[:2], sink) for item, sink in zip(selections, sinks, strict=True)]
        facts, segment_times = decode_into(path, parts, limits=limits, progress=progress)
    results = (
        times if isinstance(times, VideoError) else DecodedSegment(len(times), times, sink.crc32)
        for times, sink in zip(segment_times, sinks, strict=True)
    )
    return DecodeResult(facts, tuple(results))


def copy_frames(reader: VideoReader, start: int, num_frames: int, output: Path) -> DecodeResult:
    """Write frames ``start`` to ``start + num_frames`` of a reader to a flat file, at the size the reader gives.

    Raises:
        VideoError: The file is refused, or ends before the last of these frames.
        CacheError: The output cannot be written.
    """
    pts: list[int] = []
    first = end = 0
    with reader, OpenFiles() as files:
        sink = FileSink(output, files)
        for frame in reader:
            first = frame.pts if frame.index == 0 else first
            end = frame.pts - first
            if start <= frame.index < start + num_frames:
                sink.write(frame.image)
                pts.append(end)
        facts = reader.facts()
        if len(pts) < num_frames:
            raise VideoError(f"{output.name}: only {len(pts)} of {num_frames} frames were there.")
        end_pts = end if end > pts[-1] else pts[-1] + max(1, round(1 / (facts.frame_rate * reader.time_base)))
        times = FrameTimes(np.array(pts, np.int64), end_pts, reader.time_base)
    return DecodeResult(facts, (DecodedSegment(num_frames, times, sink.crc32),))


@dataclass(frozen=True, eq=False)
class Selection:
    """Frames of one part of a video.

    Args:
        settings: Which of them are kept, and how large.
        segment: The part; None for the whole video.
        sink: Takes their pictures.
    """

    settings: DecodeSettings
    segment: TimeRange | None
    sink: Sink


def decode_into(
    path: Path,
    selections: Sequence[Selection],
    *,
    limits: ReadLimits = READ_LIMITS,
    progress: Progress | None = None,
) -> tuple[VideoFacts, list[FrameTimes | VideoError]]:
    """Decode once and write each kept picture to the sink of every selection that contains it.

    The packets are counted first, without decoding. Their count and times give the length of the video, and that gives
    the windows to keep (``plan_intervals``). Where the windows cover less than half of a file whose packets have exact
    times, only the groups of pictures that overlap them are decoded.

    Returns:
        The facts of the file, and for each selection the times of its frames, or an error that says why it has none.
    """
    size = selections[0].settings.size
    with PyAVReader(path, size_hw=(size, size), limits=limits, progress=progress) as reader:
        table = reader.scan_packets()
        packet_times = table.times()
        if packet_times is None:
            raise VideoError(f"{path.name}: it has no frames.", hint="Copy or record it again.")
        plans = [
            plan_intervals(packet_times.pts, packet_times.end_pts, packet_times.time_base, item.settings, item.segment)
            for item in selections
        ]
        keepers = [
            _Keeper(plan, item.settings, packet_times, item.sink) for plan, item in zip(plans, selections, strict=True)
        ]
        _run(reader, _intervals_to_decode(table, packet_times, plans), keepers)
        facts = reader.facts()
    segment_times = [keeper.times() for keeper in keepers]
    return facts, [
        times or _no_frames_in(path, item.segment, facts) for times, item in zip(segment_times, selections, strict=True)
    ]


def _intervals_to_decode(
    table: PacketTable, packet_times: FrameTimes, plans: Sequence[Sequence[Interval[int]]]
) -> tuple[Interval[int], ...] | None:
    """The disjoint intervals to decode; None where the whole file must or should be decoded."""
    intervals = merge(interval for plan in plans for interval in plan)
    if not intervals or covers(intervals, packet_times.pts).mean() > _SELECT_BELOW or not table.can_start_anywhere():
        return None
    return intervals


def _run(reader: PyAVReader, intervals: tuple[Interval[int], ...] | None, keepers: Sequence["_Keeper"]) -> None:
    waiting = sorted(keepers, key=lambda keeper: keeper.start, reverse=True)
    active: list[_Keeper] = []
    for frame in reader if intervals is None else reader.read_intervals(intervals):
        pts = frame.pts - reader.start_pts
        while waiting and waiting[-1].start <= pts:
            active.append(waiting.pop())
        for keeper in active:
            keeper.take(frame, pts)
        for keeper in [keeper for keeper in active if keeper.is_finished]:
            active.remove(keeper)
            keeper.sink.close()
    end = reader.end_pts - reader.start_pts
    for keeper in active:
        keeper.close(end)


@dataclass
class _Keeper:
    """Keeps the frames of one segment."""

    intervals: tuple[Interval[int], ...]
    settings: DecodeSettings
    packet_times: FrameTimes
    sink: Sink
    _pts: list[int] = field(default_factory=list)
    _end: int | None = None
    _next_interval: int = 0

    def __post_init__(self) -> None:
        max_rate = None if self.settings.num_stills else self.settings.max_frame_rate
        self._thinner = Thinner(self.packet_times.time_base, max_rate)
        self.is_finished = not self.intervals

    @property
    def start(self) -> int:
        """The first tick to keep; 0 where nothing is kept."""
        return self.intervals[0].start if self.intervals else 0

    def take(self, frame: Frame, pts: int) -> None:
        """Write the next frame if it is to be kept. Frames come in order; ``pts`` counts from the file's first."""
        if self._pts and self._end is None:
            self._end = pts
        while self._next_interval < len(self.intervals) and self._beyond(pts):
            self._next_interval += 1
        if self._next_interval == len(self.intervals) or len(self._pts) >= self.settings.max_frames:
            self.is_finished = self._end is not None or not self._pts
            return
        if pts >= self.intervals[self._next_interval].start and self._thinner.keeps(pts):
            self.sink.write(frame.picture((self.settings.size, self.settings.size), fit=self.settings.fit))
            self._pts.append(pts)
            self._end = None

    def _beyond(self, pts: int) -> bool:
        return pts >= self.intervals[self._next_interval].end and not self._open_ended()

    def _open_ended(self) -> bool:
        # The end by packets is an estimate, so an interval that reaches it takes all frames to the end of the file.
        return self._next_interval == len(self.intervals) - 1 and self.intervals[-1].end == self.packet_times.end_pts

    def close(self, end_pts: int) -> None:
        """Note the end of the file."""
        self._end = self._end or end_pts

    def times(self) -> FrameTimes | None:
        """The times of the kept frames; None when there are none."""
        if not self._pts:
            return None
        pts = np.array(self._pts, np.int64)
        return FrameTimes(pts, self._end or int(pts[-1]) + 1, self.packet_times.time_base)


def _no_frames_in(path: Path, segment: TimeRange | None, facts: VideoFacts) -> VideoError:
    segment = segment or TimeRange()
    start, end = segment.start, segment.end
    edges = f"from {float(start or 0):g} s to {'the end' if end is None else f'{float(end):g} s'}"
    return VideoError(
        f"{path.name}: no frame lies {edges}, the video lasts {facts.duration_seconds:.2f} s.",
        hint="Check start_seconds and end_seconds.",
    )
