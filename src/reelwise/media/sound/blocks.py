"""Decodes one sound track packet by packet, under the same lists and limits as the pictures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.packet import Packet
from av.stream import Discard

from reelwise.core.closing import ClosesOnExit
from reelwise.media.limits import SOUND_CODECS, ReadLimits
from reelwise.media.readers.growing_file import Growth
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.scan_notes import is_read, sound_codec_name
from reelwise.media.readers.source import Source, do_not_wait, open_source
from reelwise.media.sound.timeline import Block, Pause
from reelwise.media.sound.track import MAX_RATE, MIN_RATE

_MAX_CHANNELS = 32
"""Channels; more than any format for listening has (22.2 has 24)."""

_MAX_LEVEL = 1000.0
"""Largest sample of floating-point sound, where 1 is full scale: 60 dB above it is damage."""

_LATE_SECONDS = 10
"""Sound that lies so far behind the pictures of the same place in a file is not waited for: muxers write it within a
second of them, or a fragment."""

_PAUSE_SECONDS = 1
"""From one pause that is said to the next."""

_MAX_STEP_BACK_SECONDS, _MAX_GAP_SECONDS = 1, 12 * 3600
"""As in ``readers/timeline.py``: a larger step is another clock."""

_FEWEST_PLANES_THAT_CRASH = 8
"""PyAV 18.1 reads one plane too many of planar sound with 8 channels and more, and the process ends with SIGSEGV."""


@dataclass(frozen=True)
class SoundFile:
    """A file whose sound is decoded; it is opened again for each look.

    Args:
        path: A local file.
        limits: What it may ask for.
        growth: How the end of a file that is still being written is known; None for a whole one.
        on_wait: Called again and again while more of a growing file is waited for.
    """

    path: Path
    limits: ReadLimits
    growth: Growth | None = None
    on_wait: Callable[[], None] = do_not_wait

    def open(self) -> Source:
        """Open it.

        Raises:
            VideoError: It is refused.
        """
        return open_source(self.path, self.limits, growth=self.growth, on_wait=self.on_wait)

    def streams(self) -> tuple[list[int], str]:
        """The sound tracks that may be decoded, or why there are none.

        Returns:
            Indices of streams in the order of the file, and a sentence that is empty when there are any.

        Raises:
            VideoError: The video is refused as a whole.
        """
        source = self.open()
        try:
            streams = source.container.streams.audio
            names = [sound_codec_name(stream) for stream in streams]
            usable = [stream.index for stream in streams if is_read(stream)]
        finally:
            source.close()
        if not names:
            return [], "no sound track."
        return usable, "" if usable else f"no usable sound: codec {', '.join(names)}."

    def first_frame_seconds(self) -> Fraction:
        """When the first frame is shown, on the container's clock: the zero of ``FrameTimes``.

        Raises:
            VideoError: No frame can be decoded.
        """
        with PyAVReader(self.path, limits=self.limits, growth=self.growth, on_wait=self.on_wait) as reader:
            next(iter(reader))
            return reader.start_pts * reader.time_base


class _PictureClock:
    """Where the pictures of a file are, by the times at which its packets are decoded, on the clock of the frames.

    Where the file starts another clock, this one goes on, as that of the frames does (``readers/timeline.py``).

    Args:
        zero: The container's time that becomes 0.
    """

    def __init__(self, zero: Fraction) -> None:
        self._last = zero
        self.seconds = Fraction(0)

    def push(self, packet: Packet) -> None:
        """Look at the next packet of the picture."""
        if packet.dts is None or packet.time_base is None:
            return
        time = packet.dts * packet.time_base
        step, self._last = time - self._last, time
        if -_MAX_STEP_BACK_SECONDS <= step <= _MAX_GAP_SECONDS:
            self.seconds += step


class SoundBlocks(ClosesOnExit):
    """The decoded blocks of one track in order, with the times that the file gives them; an iterable, once.

    Packets that do not decode are left out, and so are blocks that cannot be sound (not finite, far too loud, of an
    impossible rate). The next block is marked as following a loss.

    Args:
        file: What is read.
        stream_index: Which track.
        zero: The container's time that becomes 0.
        progress: Called with the numbers of packets and of bytes read so far, of the picture too.
        says_pauses: Whether a ``Pause`` comes where no sound was decoded for long.
    """

    def __init__(
        self,
        file: SoundFile,
        stream_index: int,
        zero: Fraction,
        progress: Callable[[int, int], None],
        *,
        says_pauses: bool = False,
    ) -> None:
        self._source = file.open()
        self._stream = _open_stream(self._source, stream_index)
        self._zero = zero
        self._max_bad_packets = file.limits.max_bad_packets
        self._progress = progress
        self._says_pauses = says_pauses
        self._has_loss = False
        self._num_packets = self._num_bytes = 0
        self._pictures = _PictureClock(zero)
        self._sound_seconds = Fraction(0)  # of the pictures, where sound was decoded last
        self.num_damaged = 0

    @property
    def codec(self) -> str:
        """FFmpeg's name of the decoder."""
        return self._stream.codec_context.name

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __iter__(self) -> Iterator[Block | Pause]:
        """The blocks that decode, and pauses between them.

        Raises:
            MemoryError: More is needed than the worker may have.
        """
        bad_in_a_row = 0
        for packet in self._packets():
            if packet.stream_index != self._stream.index:
                yield from self._pauses()
                continue
            frames = self._decode(packet)
            bad_in_a_row = bad_in_a_row + 1 if frames is None else 0
            if bad_in_a_row > self._max_bad_packets:
                return
            for frame in frames or ():
                if _is_sane(frame):
                    self._sound_seconds = self._pictures.seconds
                    yield self._block(frame)
                    self._has_loss = False
                else:
                    self._lose()

    def _block(self, frame: AudioFrame) -> Block:
        time = None
        if frame.pts is not None and self._stream.time_base is not None:
            time = frame.pts * self._stream.time_base - self._zero
        form = (frame.sample_rate, frame.layout.name, frame.format.name)
        return Block(frame, form, time, Fraction(frame.samples, frame.sample_rate), self._has_loss)

    def _pauses(self) -> Iterator[Pause]:
        late = self._pictures.seconds - self._sound_seconds
        if self._says_pauses and late >= _LATE_SECONDS + _PAUSE_SECONDS:
            self._sound_seconds += _PAUSE_SECONDS
            yield Pause(self._pictures.seconds - _LATE_SECONDS)

    def _packets(self) -> Iterator[Packet]:
        """The packets of the track and of the picture, past damage in the container."""
        for _ in range(self._max_bad_packets + 1):
            try:
                yield from self._demux()
                return
            except (av.error.FFmpegError, OSError) as error:
                self._lose()
                if not isinstance(error, av.error.InvalidDataError):
                    return

    def _demux(self) -> Iterator[Packet]:
        """Packets of the picture are read too, so that progress goes on where the sound pauses."""
        for packet in self._source.container.demux(self._source.video, self._stream):
            self._num_packets += 1
            self._num_bytes += packet.size
            self._progress(self._num_packets, self._num_bytes)
            if packet.stream_index != self._stream.index:
                self._pictures.push(packet)
            yield packet

    def _decode(self, packet: Packet) -> list[AudioFrame] | None:
        try:
            return self._stream.codec_context.decode(packet)
        except MemoryError:  # FFmpeg's own MemoryError is an FFmpegError too
            raise
        except (av.error.FFmpegError, ValueError):
            self._lose()
            return None

    def _lose(self) -> None:
        self.num_damaged += 1
        self._has_loss = True


def _open_stream(source: Source, index: int) -> AudioStream:
    stream = next(stream for stream in source.container.streams.audio if stream.index == index)
    stream.discard = Discard.default
    stream.codec_context.options = {"codec_whitelist": ",".join(SOUND_CODECS), "threads": "1"}
    stream.codec_context.thread_type = "NONE"
    return stream


def _is_sane(frame: AudioFrame) -> bool:
    if frame.is_corrupt or not frame.samples or not MIN_RATE <= frame.sample_rate <= MAX_RATE:
        return False
    if not 1 <= frame.layout.nb_channels <= _MAX_CHANNELS:
        return False
    if not frame.format.name.startswith(("flt", "dbl")):
        return True
    if frame.format.is_planar and frame.layout.nb_channels >= _FEWEST_PLANES_THAT_CRASH:
        (frame,) = AudioResampler(frame.format.packed, frame.layout, frame.sample_rate).resample(frame)
    samples = frame.to_ndarray()
    return bool(max(samples.max(), -samples.min()) <= _MAX_LEVEL)  # False for NaN
