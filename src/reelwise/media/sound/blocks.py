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
from reelwise.media.readers.source import Source, do_not_wait, open_source
from reelwise.media.sound.timeline import Block
from reelwise.media.sound.track import MAX_RATE, MIN_RATE

_MAX_CHANNELS = 32
"""Channels; more than any format for listening has (22.2 has 24)."""

_MAX_LEVEL = 1000.0
"""Largest sample of floating-point sound, where 1 is full scale: 60 dB above it is damage."""

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
            names = [stream.codec_context.name if stream.codec_context else "unknown" for stream in streams]
            usable = [s.index for s, name in zip(streams, names, strict=True) if name in SOUND_CODECS]
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


@dataclass(frozen=True)
class PacketCount:
    """How far a file has been read.

    Args:
        num_packets: Of sound and of the picture.
        num_bytes: Of them.
        picture_seconds: When the last packet of the picture is decoded, on the clock of the frames; None where the file
            does not say.
    """

    num_packets: int
    num_bytes: int
    picture_seconds: Fraction | None


class SoundBlocks(ClosesOnExit):
    """The decoded blocks of one track in order, with the times that the file gives them; an iterable, once.

    Packets that do not decode are left out, and so are blocks that cannot be sound (not finite, far too loud, of an
    impossible rate). The next block is marked as following a loss.

    Args:
        file: What is read.
        stream_index: Which track.
        zero: The container's time that becomes 0.
        on_packet: Called after every packet, of the picture too, so that a track which pauses is no silence.
    """

    def __init__(
        self, file: SoundFile, stream_index: int, zero: Fraction, on_packet: Callable[[PacketCount], None]
    ) -> None:
        self._source = file.open()
        self._stream = _open_stream(self._source, stream_index)
        self._zero = zero
        self._max_bad_packets = file.limits.max_bad_packets
        self._on_packet = on_packet
        self._has_loss = False
        self._count = PacketCount(0, 0, None)
        self.num_damaged = 0

    @property
    def codec(self) -> str:
        """FFmpeg's name of the decoder."""
        return self._stream.codec_context.name

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __iter__(self) -> Iterator[Block]:
        """The blocks that decode.

        Raises:
            MemoryError: More is needed than the worker may have.
        """
        bad_in_a_row = 0
        for packet in self._packets():
            frames = self._decode(packet)
            bad_in_a_row = bad_in_a_row + 1 if frames is None else 0
            if bad_in_a_row > self._max_bad_packets:
                return
            for frame in frames or ():
                if _is_sane(frame):
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

    def _packets(self) -> Iterator[Packet]:
        """The track's packets, past damage in the container."""
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
            is_sound = packet.stream_index == self._stream.index
            last, picture_seconds = self._count, self._count.picture_seconds
            if not is_sound and packet.dts is not None and packet.time_base is not None:
                picture_seconds = packet.dts * packet.time_base - self._zero
            self._count = PacketCount(last.num_packets + 1, last.num_bytes + packet.size, picture_seconds)
            self._on_packet(self._count)
            if is_sound:
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
