"""Long files in seconds: the packets of a short one, copied over and over with later times."""

from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from reelwise.core.errors import UsageError, VideoError
from reelwise.core.files import atomic_path
from reelwise.media.readers.source import open_source


def repeat_packets(source: Path, path: Path, times: int) -> Path:
    """Write the video stream of a file several times in a row, without decoding it.

    For benchmarks: one 10 s group of pictures repeated 360 times is an hour of film in about a second.

    Args:
        source: A file whose first packet is a key frame; sound is left out.
        path: Where the long file shall be, ``.mp4`` or ``.mkv``.
        times: How often.

    Returns:
        ``path``.

    Raises:
        UsageError: ``times`` is less than 1, or the source stores no times.
        VideoError: The source is refused, or the file cannot be written.
    """
    if times < 1:
        raise UsageError(f"a video cannot be repeated {times} times.")
    source_file = open_source(Path(source))
    try:
        packets = [packet for packet in source_file.packets() if packet.size]
        if not packets or any(packet.pts is None or packet.dts is None for packet in packets):
            raise UsageError(f"{source}: its packets have no times to repeat.", hint="Convert it to MP4 first.")
        form = "matroska" if path.suffix == ".mkv" else "mp4"
        with atomic_path(Path(path)) as temporary, av.open(str(temporary), "w", format=form) as container:
            _copy(packets, container, source_file.video, times)
    except (OSError, av.error.FFmpegError) as error:
        raise VideoError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}.") from None
    finally:
        source_file.close()
    return path


def _copy(packets: list[Packet], container: OutputContainer, source: VideoStream, times: int) -> None:
    stream = container.add_stream_from_template(source)
    stream.time_base = time_base = packets[0].time_base
    stamps = [(packet.pts or 0, packet.dts or 0) for packet in packets]
    last = max(packets, key=lambda packet: packet.pts or 0)
    length = (last.pts or 0) - stamps[0][0] + (last.duration or _one_frame(source.average_rate, time_base))
    for turn in range(times):
        for packet, (pts, dts) in zip(packets, stamps, strict=True):
            packet.stream = stream
            packet.time_base = time_base  # the muxer has rescaled it to its own
            packet.pts, packet.dts = pts + turn * length, dts + turn * length
            container.mux_one(packet)


def _one_frame(rate: Fraction | None, time_base: Fraction) -> int:
    return max(1, round(1 / ((rate or 25) * time_base)))
