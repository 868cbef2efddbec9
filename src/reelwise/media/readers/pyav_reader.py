"""The first reader: FFmpeg through PyAV, exact times, upright, damage skipped."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.packet import Packet
from av.video.frame import VideoFrame

from reelwise.core.errors import VideoError
from reelwise.core.intervals import Interval
from reelwise.core.video import VideoFacts, VideoWarning, WarningKind
from reelwise.media.limits import MEMORY_HINT, READ_LIMITS, ReadLimits
from reelwise.media.readers.clock import Clock
from reelwise.media.readers.growing_file import Growth
from reelwise.media.readers.packets import PacketTable, Selection
from reelwise.media.readers.picture import PictureMaker, pixel_aspect_of
from reelwise.media.readers.reader import Frame, SizeHW, VideoReader
from reelwise.media.readers.scan_notes import Observations, build_facts
from reelwise.media.readers.source import Source, do_not_wait, open_source

_BUFFER_BYTES = 32 << 20
"""Packets of a file up to this size stay in memory; a larger file is opened a second time instead."""

_MOST_DELAYED = 640
"""Packets whose times are remembered: far more than a decoder delays (16 frames in H.264 and HEVC)."""

_MOST_WITHOUT_KEY = 600
"""Pictures that are dropped while no key frame comes; then the rest is used as it is. 20 s at 30 frames a second."""

_MOST_ESTIMATED = 10_000_000
"""Frames that an estimate may add: four days at 30 frames a second, 80 MB of times."""


class PyAVReader(VideoReader):
    """Reads a video by decoding it from its first to its last packet.

    Frames come as the decoder orders them, which is display order by every codec's own rule; where the container's
    times contradict that order, the times are repaired (see ``Timeline``) and the facts say so. Packets that do not
    decode are skipped and the rest is used. Edit lists are honoured, as every player does.

    Args:
        path: A local file.
        size_hw: Height and width of the pictures; None for the video's own.
        limits: What the file may ask for.
        progress: Called with the numbers of frames decoded and of bytes read so far, after each packet.
        num_threads: Threads of the decoder. More than one give the same frames in less time until ``has_damage``.
        growth: How the end of a file that is still being written is known; None for a whole one.
        on_wait: Called again and again while more of a growing file is waited for.

    Raises:
        VideoError: The file is refused.
    """

    def __init__(
        self,
        path: Path,
        *,
        size_hw: SizeHW | None = None,
        limits: ReadLimits = READ_LIMITS,
        progress: Callable[[int, int], None] | None = None,
        num_threads: int = 1,
        growth: Growth | None = None,
        on_wait: Callable[[], None] = do_not_wait,
    ) -> None:
        self._source = open_source(Path(path), limits, num_threads=num_threads, growth=growth, on_wait=on_wait)
        self._limits = limits
        self._size_hw = size_hw
        self._progress = progress
        self._num_bytes = 0
        self._observations = Observations()
        self._clock = Clock(self._source)
        self._pictures: PictureMaker | None = None
        self._packet_buffer: list[Packet] | None = None
        self._table: PacketTable | None = None
        self._last_packet_times: deque[int | None] = deque(maxlen=_MOST_DELAYED)
        self._num_frame_packets = 0
        self._starts_with_key: bool | None = None
        self._has_started = False
        self._done = False

    @property
    def time_base(self) -> Fraction:
        """Seconds per unit of ``Frame.pts``."""
        return self._clock.timeline.time_base

    @property
    def source(self) -> Source:
        """The opened file."""
        return self._source

    @property
    def num_bytes(self) -> int:
        """Bytes of packets read so far."""
        return self._num_bytes

    @property
    def has_damage(self) -> bool:
        """Whether a packet did not decode, or the decoder concealed damage, so far."""
        notes = self._observations
        return bool(notes.num_bad_packets or notes.num_damaged or notes.stopped_by)

    @property
    def upright_hw(self) -> SizeHW:
        """Height and width of the first frame after rotation; known with that frame."""
        width, height = self._observations.first_size
        return self._observations.orientation.upright_hw((height, width))

    @property
    def start_seconds(self) -> Fraction:
        """Where the first frame lies on the container's clock, which begins with its first stream."""
        start = self._source.container.start_time
        if start is None or self._clock.is_raw:
            return Fraction(0)
        return self.start_pts * self.time_base - Fraction(start, av.time_base)

    @property
    def start_pts(self) -> int:
        """Time of the first frame of the file, from which ``FrameTimes`` count."""
        return self._clock.timeline.start

    @property
    def end_pts(self) -> int:
        """When the last frame that was read ends."""
        return self.start_pts + self._clock.timeline.times().end_pts

    def __iter__(self) -> Iterator[Frame]:
        """The frames in display order, each with a time greater than the one before."""
        for picture in self._from_key_frame(self._decode(self._packets())):
            yield self._frame(picture, self._clock.add_frame(picture))
        if not len(self._clock.timeline):
            raise self._no_frames()
        self._done = True

    def count_rest(self, seconds: float) -> None:
        """Count the remaining frames by packets and add a warning to the facts; call it between two frames.

        Args:
            seconds: After so long the number is estimated from the share of the file that was read.
        """
        num_decoded = len(self._clock.timeline)
        stamps, whole = self._stamps_left(time.monotonic() + seconds)
        num_rest = self._num_frame_packets - num_decoded + len(stamps)
        self._clock.add_rest([*self._last_packet_times, *stamps], num_rest)
        if not whole:
            share = max(self._num_bytes, 1) / max(self._source.size_bytes, 1)
            num_missing = int(len(self._clock.timeline) * max(0.0, 1 / share - 1))
            self._clock.add_rest([], min(num_missing, _MOST_ESTIMATED))
        how = "counted by packets" if whole else "estimated from the size of the file"
        num_rest = len(self._clock.timeline) - num_decoded
        text = f"counted: {num_decoded} frames were decoded, {num_rest} more {how}."
        self._observations.count_warning = VideoWarning(WarningKind.COUNTED_BY_PACKETS, text)
        self._done = True

    def _stamps_left(self, stop_at: float) -> tuple[list[int | None], bool]:
        stamps: list[int | None] = []
        for packet in self._packets():
            self._num_bytes += packet.size
            if packet.size and not packet.is_discard:
                stamps.append(packet.pts)
            if time.monotonic() > stop_at:
                return stamps, False
        return stamps, True

    def scan_packets(self) -> PacketTable:
        """Read all packets without decoding them; reading the frames afterwards starts from the first again.

        Packets of a small file stay in memory, so that it is read once; a large one is opened again. Progress is
        reported with 0 frames and the bytes so far, which start again from 0 when frames are read.
        """
        table = self._clock.new_table()
        packets: list[Packet] = []
        num_bytes = 0
        for packet in self._packets():
            if packet.size:
                table.add(packet)
            num_bytes += packet.size
            if num_bytes <= _BUFFER_BYTES:
                packets.append(packet)
            if self._progress:
                self._progress(0, num_bytes)
        if num_bytes <= _BUFFER_BYTES:
            self._packet_buffer = packets
        else:
            self._source.close()
            self._source = open_source(self._source.path, self._limits)
        self._table = table
        return table

    def read_intervals(self, intervals: Sequence[Interval[int]]) -> Iterator[Frame]:
        """The frames of some intervals and the one after each, decoded from the key frame before the interval.

        Exact without seeking: all packets are read, those of other groups of pictures are not decoded. Frames are
        numbered by their place among all packets, and the facts count by packets and say so.

        Args:
            intervals: In ticks from the first frame, disjoint and in order.
        """
        if self._table is None:
            raise RuntimeError("call scan_packets before read_intervals")
        selection = Selection(self._table, intervals)
        self._clock.timeline = selection.timeline
        for picture in self._decode_selected(selection):
            if picture.pts is not None and (index := selection.index_of(picture.pts)) is not None:
                yield self._frame(picture, picture.pts, index)
                selection.num_decoded += 1
        if not selection.num_decoded:
            raise self._no_frames()
        num_frames = len(selection.timeline)
        text = f"counted: {selection.num_decoded} of {num_frames} frames were decoded, the others counted by packets."
        self._observations.count_warning = VideoWarning(WarningKind.COUNTED_BY_PACKETS, text)
        self._done = True

    def facts(self) -> VideoFacts:
        """What decoding showed; call it when the last frame was given."""
        if not self._done:
            raise RuntimeError("facts are known when all frames were read")
        return build_facts(self._source, self._clock.timeline, self._observations)

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()

    def _frame(self, picture: VideoFrame, pts: int, index: int | None = None) -> Frame:
        self._observations.note(picture)
        if self._pictures is None:
            orientation, pixel_aspect = self._observations.orientation, pixel_aspect_of(self._source.video)
            self._pictures = PictureMaker(self._size_hw, orientation, pixel_aspect)
        if index is None:
            index = len(self._clock.timeline) - 1
        return Frame(index, pts, picture.is_corrupt, self._pictures.maker(picture))

    def _from_key_frame(self, pictures: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """Drop pictures before the first key frame, in a file cut at its beginning: they are grey with moving edges."""
        for picture in pictures:
            if not self._has_started:
                num_dropped = self._observations.num_dropped_at_start
                self._has_started = bool(self._starts_with_key) or picture.key_frame or num_dropped >= _MOST_WITHOUT_KEY
                if not self._has_started:
                    self._observations.num_dropped_at_start += 1
                    continue
                if picture.pts is not None and not self._starts_with_key:
                    before = sum(1 for stamp in self._last_packet_times if stamp is not None and stamp < picture.pts)
                    self._observations.num_dropped_at_start = max(num_dropped, before)
            yield picture

    def _decode(self, packets: Iterable[Packet]) -> Iterator[VideoFrame]:
        bad_in_a_row = 0
        num_frames = 0
        for packet in packets:
            if self._starts_with_key is None:
                self._starts_with_key = packet.is_keyframe
            if packet.size and not packet.is_discard:
                self._last_packet_times.append(packet.pts)
                self._num_frame_packets += 1
            pictures = self._decode_packet(packet)
            bad_in_a_row = bad_in_a_row + 1 if pictures is None else 0
            if bad_in_a_row > self._limits.max_bad_packets:
                self._observations.stopped_by = f"{bad_in_a_row} packets in a row did not decode"
                return
            yield from pictures or ()
            num_frames += len(pictures or ())
            self._report_progress(num_frames, packet)

    def _decode_selected(self, selection: Selection) -> Iterator[VideoFrame]:
        context = self._source.video.codec_context
        for place, packet in enumerate(self._packets()):
            if selection.starts_at(place):
                context.flush_buffers()
            self._report_progress(selection.num_decoded, packet)
            if not selection.needs(place) and packet.size:
                continue
            for picture in self._decode_packet(packet) or ():
                selection.note_frame(picture.pts)
                yield picture

    def _report_progress(self, num_frames: int, packet: Packet) -> None:
        self._num_bytes += packet.size
        if self._progress:
            self._progress(num_frames, self._num_bytes)

    def _packets(self) -> Iterator[Packet]:
        if self._packet_buffer is not None:
            yield from self._packet_buffer
            return
        num_errors = 0
        while True:
            try:
                yield from self._source.packets()
                return
            except (av.error.FFmpegError, OSError) as error:
                num_errors += 1
                self._observations.num_bad_packets += 1
                if not isinstance(error, av.error.InvalidDataError) or num_errors > self._limits.max_bad_packets:
                    self._observations.stopped_by = str(error)[:100]
                    return

    def _decode_packet(self, packet: Packet) -> list[VideoFrame] | None:
        self._observations.num_outside_edit += packet.is_discard
        pictures = self._source.pictures
        if pictures is not None and packet.size:
            pictures.note_packet(packet.pts)
        try:
            frames = self._source.video.codec_context.decode(packet)
        except MemoryError:
            name = self._source.path.name
            raise VideoError(
                f"{name}: decoding it needs more memory than a worker may have.", hint=MEMORY_HINT
            ) from None
        except (av.error.FFmpegError, ValueError):
            self._observations.num_bad_packets += 1
            return None
        if pictures is not None:
            for frame in frames:
                pictures.note_frame(frame.pts, is_whole=not frame.is_corrupt)
        return frames

    def _no_frames(self) -> VideoError:
        name = self._source.path.name
        if bad := self._observations.num_bad_packets:
            reason = f"no frame could be decoded; packets that are damaged or over the limit of pixels: {bad}"
            if self._source.pictures is not None:
                reason += f" ({self._source.pictures.damaged_names()})"
        else:
            reason = "it has no frames"
        return VideoError(f"{name}: {reason}.", hint="Copy or record it again.")
