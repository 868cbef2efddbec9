"""Opens a stranger's file with every list and limit in place, or says why not."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

import av
import av.container
import av.error
import av.packet
import av.stream
import av.video.stream

from reelwise.core.errors import VideoError
from reelwise.core.file_kinds import HEAD_BYTES, file_kind, is_text
from reelwise.media.file_access import FFmpegInput, ffmpeg_input, open_input
from reelwise.media.limits import FORMATS, MEMORY_HINT, READ_LIMITS, SOUND_CODECS, VIDEO_CODECS, ReadLimits
from reelwise.media.readers.growing_file import GrowingFile, Growth, wait_for_content
from reelwise.media.readers.picture_stream import PictureStream, open_pictures

_CONVERT = "Convert it to MP4 (H.264) with FFmpeg, or leave it out."


def check_ordinary(path: Path) -> int:
    """The size of a file that may be opened: FIFOs and devices would block or never end.

    Returns:
        Bytes, more than 0.

    Raises:
        VideoError: There is no such file, it cannot be read, is no ordinary file, or is empty.
    """
    try:
        facts = os.stat(path)  # noqa: PTH116  (follows links: a link to a device is refused like the device)
    except FileNotFoundError:
        raise VideoError(f"{path.name}: there is no such file.", hint="Check the path.") from None
    except (OSError, ValueError) as error:
        raise VideoError(f"{path.name}: cannot be looked at: {_reason(error)}.") from None
    if not stat.S_ISREG(facts.st_mode):
        kind = "a folder" if stat.S_ISDIR(facts.st_mode) else "a pipe, socket or device"
        raise VideoError(f"{path.name}: is {kind}, not an ordinary file.", hint="Give a video file.")
    if facts.st_size == 0:
        raise VideoError(f"{path.name}: the file has zero bytes.", hint="Copy or download it again.")
    return facts.st_size


@dataclass
class Source:
    """An opened container with the video stream that will be read.

    Args:
        path: The file.
        container: PyAV's container.
        video: The first video stream that is no cover picture.
        opened_bytes: Its size when it was opened.
        growing_file: What the container reads, where that is still being written; None for a whole file.
        pictures: What the container reads, where that is a folder of numbered pictures.
    """

    path: Path
    container: av.container.InputContainer
    video: av.video.stream.VideoStream
    opened_bytes: int
    growing_file: GrowingFile | None = None
    pictures: PictureStream | None = None

    @property
    def size_bytes(self) -> int:
        """Its size; by now, where it grows."""
        return self.opened_bytes if self.growing_file is None else self.growing_file.size_bytes

    @property
    def format_name(self) -> str:
        """FFmpeg's name of the container; ``pictures`` for a folder of them."""
        return self.container.format.name if self.pictures is None else "pictures"

    @property
    def likely_seconds(self) -> float:
        """How long the header says that it is; 0 where it says nothing. Good for progress, and for nothing else."""
        if self.pictures is not None:
            return float(len(self.pictures.frames.names) / self.pictures.frames.frame_rate)
        duration = self.container.duration
        return max(0.0, duration / av.time_base) if duration else 0.0

    def packets(self) -> Iterator[av.packet.Packet]:
        """The video stream's packets in file order, closed by the empty one that flushes the decoder.

        Raises:
            FFmpegError: The container is damaged at this place.
        """
        return self.container.demux(self.video)

    def close(self) -> None:
        """Close the container."""
        self.container.close()
        if self.growing_file is not None:
            self.growing_file.close()


def do_not_wait() -> None:
    """What is called while more of a file is waited for, where nobody wants to know."""


def open_source(
    path: Path,
    limits: ReadLimits = READ_LIMITS,
    *,
    num_threads: int = 1,
    growth: Growth | None = None,
    on_wait: Callable[[], None] = do_not_wait,
) -> Source:
    """Open a video file by the recipe that keeps FFmpeg from reading anything else.

    The lists and the pixel limit are set twice: for the decoders that probe while the container is opened, and for the
    one that decodes. One thread, because threads change what damaged frames look like; who asks for more must look for
    damage. A path or a descriptor and no file object: those alone get FFmpeg's protocol checks. The one exception is a
    local file that is still being written, whose end FFmpeg cannot know; what it names is opened under the same lists.
    A folder of numbered pictures comes from an object too, as a container that names nothing.

    Args:
        path: A local file, or a folder of numbered pictures.
        limits: What it may ask for.
        num_threads: Threads of the decoder, a frame each.
        growth: How the end of a file that is still being written is known; None for a whole one.
        on_wait: Called again and again while more of a growing file is waited for.

    Raises:
        VideoError: The file is refused, with the reason.
    """
    if growth is not None:
        wait_for_content(path, growth, on_wait)
    pictures = open_pictures(path)
    opened_bytes = check_ordinary(path) if pictures is None else pictures.size_bytes
    codecs = ",".join(VIDEO_CODECS + SOUND_CODECS) if pictures is None else pictures.codec
    options = {"codec_whitelist": codecs, "max_pixels": str(limits.max_pixels), "threads": str(num_threads)}
    container_options = {
        "format_whitelist": ",".join(FORMATS) if pictures is None else "avi",
        "codec_whitelist": codecs,
        "max_streams": str(limits.max_streams),
    }
    with ExitStack() as on_refusal:
        try:
            growing_file = GrowingFile(path, growth, on_wait) if growth is not None else None
            if growing_file is not None:
                on_refusal.callback(growing_file.close)
            container = _open_container(growing_file or pictures or path, options, container_options)
        except (OSError, ValueError, MemoryError, av.error.FFmpegError) as error:
            raise _refusal(path, error) from None
        on_refusal.callback(container.close)
        video = _video_stream(path, container, limits, VIDEO_CODECS if pictures is None else (pictures.codec,))
        video.codec_context.options = options
        video.thread_type = "FRAME" if num_threads > 1 else "NONE"
        _ignore_other_streams(container, video)
        on_refusal.pop_all()
    return Source(path, container, video, opened_bytes, growing_file, pictures)


def _open_container(
    file: GrowingFile | PictureStream | Path, options: dict[str, str], container_options: dict[str, str]
) -> av.container.InputContainer:
    if isinstance(file, PictureStream):
        # Each packet is a picture already: a parser would join a damaged one with the next.
        container_options = container_options | {"fflags": "noparse"}
    with ffmpeg_input(file) if isinstance(file, Path) else nullcontext(file) as source:
        is_whole = isinstance(source, FFmpegInput)
        return av.open(
            source.url if is_whole else source,
            mode="r",
            format="avi" if isinstance(file, PictureStream) else None,
            options=dict(options),
            container_options=container_options | (source.options if is_whole else {"protocol_whitelist": "file"}),
            metadata_errors="replace",
        )


def _video_stream(
    path: Path, container: av.container.InputContainer, limits: ReadLimits, codecs: Sequence[str]
) -> av.video.stream.VideoStream:
    streams = moving_streams(container)
    pictures = len(container.streams.video) > len(streams)
    if not streams:
        what = "only a cover picture" if pictures else "no video stream"
        sound = ", only sound" if container.streams.audio and not pictures else ""
        raise VideoError(f"{path.name}: the file has {what}{sound}.", hint="Give a file with moving pictures.")
    video = next((s for s in streams if s.codec_context is not None and s.codec_context.name in codecs), None)
    if video is None:
        context = streams[0].codec_context
        name = context.name if context is not None else "unknown"
        raise VideoError(f"{path.name}: its video codec ({name}) is not one of those that are read.", hint=_CONVERT)
    width, height = video.codec_context.width, video.codec_context.height
    if width * height > limits.max_pixels:
        raise too_large(path, width, height, limits)
    return video


def moving_streams(container: av.container.InputContainer) -> list[av.video.stream.VideoStream]:
    """The video streams that are no cover picture, in the order of the file."""
    return [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]


def too_large(path: Path, width: int, height: int, limits: ReadLimits) -> VideoError:
    """The refusal of pictures over the pixel limit."""
    return VideoError(
        f"{path.name}: its pictures are {width}x{height}, more than {limits.max_pixels} pixels are not decoded.",
        hint="Scale it down with FFmpeg.",
    )


def _ignore_other_streams(container: av.container.InputContainer, video: av.video.stream.VideoStream) -> None:
    for stream in container.streams:
        if stream.index != video.index:
            stream.discard = av.stream.Discard.all


def _refusal(path: Path, error: Exception) -> VideoError:
    if isinstance(error, MemoryError):
        return VideoError(f"{path.name}: opening it needs more memory than a worker may have.", hint=MEMORY_HINT)
    if isinstance(error, PermissionError):
        return VideoError(f"{path.name}: may not be read.", hint="Check the file's permissions.")
    if looks_like := _content(path):
        return VideoError(f"{path.name}: is {looks_like}, not a video file.", hint="Give a video file.")
    if isinstance(error, av.error.InvalidDataError):
        reason = "its index is missing (the recording was cut off) or it is damaged from the start"
        return VideoError(f"{path.name}: cannot be opened: {reason}.", hint="Copy or record it again.")
    if isinstance(error, OSError | av.error.FFmpegError) and error.errno != 22:
        return VideoError(f"{path.name}: cannot be opened: {_reason(error)}.", hint=_CONVERT)
    return VideoError(f"{path.name}: is in no video format that is read.", hint=_CONVERT)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).splitlines()[0][:200].rstrip(".")


def _content(path: Path) -> str:
    """What a file is that is no video, such as ``a web page``; empty where that is not known."""
    try:
        with open_input(path) as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        return ""
    kind = file_kind(head)
    return kind.name if kind is not None else "a text" if is_text(head) else ""
