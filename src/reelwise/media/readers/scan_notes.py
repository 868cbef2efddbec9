"""What a reader observes while it decodes, turned into facts and warnings."""

from dataclasses import dataclass, field

from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc

from reelwise.core.frames import FrameTimes
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.limits import SOUND_CODECS
from reelwise.media.readers.orientation import UPRIGHT, Orientation, orientation_of
from reelwise.media.readers.source import Source, moving_streams
from reelwise.media.readers.timeline import Timeline, is_variable, mean_rate, num_dropped

_HDR = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}
"""Names of the transfer functions of HDR. Source: ITU-R BT.2100."""

_MAX_TAGS = 64
"""Tags of one container that are read, so that a crafted file cannot fill a page."""

_MAX_TAG_CHARACTERS = 1000
"""Characters of one tag's value; the rest is cut off for the same reason."""

_MAX_KEY_CHARACTERS = 100
"""Characters of one tag's name."""

_MISSING_SHARE = 0.2
"""Share of the declared duration that may be missing before the file counts as truncated: headers are often rough."""

_MISSING_SECONDS = 0.3
"""The same in seconds, for short files."""


@dataclass
class Observations:
    """Counts of irregularities in one file, updated frame by frame."""

    orientation: Orientation = UPRIGHT
    first_size: tuple[int, int] = (0, 0)
    sizes: set[tuple[int, int]] = field(default_factory=set)
    num_interlaced: int = 0
    num_damaged: int = 0
    num_bad_packets: int = 0
    num_dropped_at_start: int = 0
    num_outside_edit: int = 0
    hdr: str = ""
    stopped_by: str = ""
    count_warning: VideoWarning | None = None

    def note(self, frame: VideoFrame) -> None:
        """Update the counts by one decoded picture."""
        size = (frame.width, frame.height)
        if not self.sizes:
            self.first_size = size
            self.orientation = orientation_of(frame)
        self.sizes.add(size)
        self.num_interlaced += frame.interlaced_frame
        self.num_damaged += frame.is_corrupt
        if frame.color_trc in _HDR:
            self.hdr = _HDR[frame.color_trc]


def build_facts(source: Source, timeline: Timeline, observations: Observations) -> VideoFacts:
    """The facts of a file whose frames all passed through ``timeline`` and ``observed``."""
    times = timeline.times()
    orientation = observations.orientation
    width, height = observations.first_size
    height, width = orientation.upright_hw((height, width))
    return VideoFacts(
        num_frames=len(times),
        width=width,
        height=height,
        duration_seconds=float(times.duration_seconds),
        frame_rate=mean_rate(times),
        variable_frame_rate=is_variable(times),
        rotation=orientation.rotation,
        is_mirrored=orientation.is_mirrored,
        codec=codec_name(source),
        container=source.format_name,
        sound=find_sound(source),
        tags=clean_tags(dict(source.container.metadata)),
        warnings=tuple(_warnings(source, times, timeline, observations)),
    )


def codec_name(source: Source) -> str:
    """FFmpeg's name of the video codec, such as ``av1`` (decoded by libdav1d)."""
    codec = source.video.codec_context.codec
    return codec.canonical_name or codec.name


def find_sound(source: Source) -> SoundFacts | None:
    """The first sound track that can be decoded, else the first one of all; None only where there is no track.

    A track whose codec is not read is no missing track: that would be a fact about this program, not about the video.
    """
    streams = source.container.streams.audio
    readable = (stream for stream in streams if is_read(stream) and stream.codec_context.sample_rate > 0)
    stream = next(readable, next(iter(streams), None))
    if stream is None:
        return None
    context = stream.codec_context
    return SoundFacts(sound_codec_name(stream), *((context.sample_rate, context.channels) if context else (0, 0)))


def is_read(stream: AudioStream) -> bool:
    """Whether the codec of a sound track is one of those that are read."""
    return stream.codec_context is not None and stream.codec_context.name in SOUND_CODECS


def sound_codec_name(stream: AudioStream) -> str:
    """FFmpeg's name of the codec of a sound track, such as ``dts``; ``unknown`` where FFmpeg cannot decode it."""
    context = stream.codec_context
    return "unknown" if context is None else context.codec.canonical_name or context.name


def clean_tags(tags: dict[str, str]) -> dict[str, str]:
    """A few short tags without characters that cannot be written as UTF-8."""
    first_tags = list(tags.items())[:_MAX_TAGS]
    return {_clean(key)[:_MAX_KEY_CHARACTERS]: _clean(value)[:_MAX_TAG_CHARACTERS] for key, value in first_tags}


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _warnings(source: Source, times: FrameTimes, timeline: Timeline, observations: Observations) -> list[VideoWarning]:
    warnings = [
        observations.count_warning,
        _cut_off(source, times, observations),
        *_damage(observations),
        *_clock(times, timeline),
    ]
    warnings += [VideoWarning(WarningKind.OTHER, note) for note in (source.pictures.notes() if source.pictures else ())]
    warnings += [_other_stream(source), _header_count(source, times, observations), *_pictures(observations)]
    return [warning for warning in warnings if warning]


def _other_stream(source: Source) -> VideoWarning | None:
    """The file shows other pictures first, in a codec that is not read."""
    first = moving_streams(source.container)[0]
    if first.index == source.video.index:
        return None
    name = first.codec_context.name if first.codec_context is not None else "unknown"
    return VideoWarning(
        WarningKind.OTHER,
        f"other pictures: the codec of the first video stream ({name}) is not read; the next is used.",
    )


def _cut_off(source: Source, times: FrameTimes, observations: Observations) -> VideoWarning | None:
    if observations.stopped_by:
        return VideoWarning(
            WarningKind.TRUNCATED, f"truncated: reading stopped after {len(times)} frames ({observations.stopped_by})."
        )
    missing = _bytes_missing(source)
    if missing > 0:
        return VideoWarning(
            WarningKind.TRUNCATED, f"truncated: the index names {missing} bytes more than the file has."
        )
    header_seconds = _header_seconds(source)
    seconds = float(times.duration_seconds)
    missing_seconds = header_seconds - seconds
    has_reason = observations.count_warning or observations.num_dropped_at_start
    if missing_seconds > max(_MISSING_SHARE * header_seconds, _MISSING_SECONDS) and not has_reason:
        return VideoWarning(
            WarningKind.TRUNCATED,
            f"truncated: the header declares {header_seconds:.1f} s, the pictures last {seconds:.1f} s.",
        )
    return None


def _header_seconds(source: Source) -> float:
    stream = source.video
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (source.container.duration or 0) / 1e6


def _bytes_missing(source: Source) -> int:
    if "mp4" not in source.format_name:
        return 0
    entries = source.video.index_entries
    ends = (entries[i].pos + entries[i].size for i in range(max(0, len(entries) - 50), len(entries)))
    return max(ends, default=0) - source.size_bytes


def _damage(observations: Observations) -> list[VideoWarning]:
    warnings = []
    if observations.num_dropped_at_start:
        warnings.append(
            VideoWarning(
                WarningKind.FIRST_FRAMES_LOST,
                f"first frames lost: {observations.num_dropped_at_start} before the first whole picture.",
            )
        )
    if observations.num_bad_packets or observations.num_damaged:
        packets = f"packets that did not decode: {observations.num_bad_packets}"
        frames = f"frames that are partly made up: {observations.num_damaged}"
        warnings.append(VideoWarning(WarningKind.DAMAGED, f"damaged: {packets}; {frames}."))
    return warnings


def _clock(times: FrameTimes, timeline: Timeline) -> list[VideoWarning]:
    warnings = []
    if timeline.num_back:
        warnings.append(
            VideoWarning(
                WarningKind.TIMES_GO_BACK,
                f"timestamps go back: {timeline.num_back} frames had a repeated or earlier time; they were spread.",
            )
        )
    if timeline.num_jumps:
        warnings.append(
            VideoWarning(
                WarningKind.TIMES_JUMP, f"timestamps jump: {timeline.num_jumps} gaps of more than 12 hours were closed."
            )
        )
    if num_missing := num_dropped(times):
        missing = "1 frame is" if num_missing == 1 else f"{num_missing} frames are"
        warnings.append(
            VideoWarning(WarningKind.GAPS, f"gaps: about {missing} missing between the first and the last.")
        )
    return warnings


def _header_count(source: Source, times: FrameTimes, observations: Observations) -> VideoWarning | None:
    num_declared = source.video.frames
    num_decoded = len(times) + observations.num_outside_edit + observations.num_dropped_at_start
    if num_declared in (0, len(times), num_decoded) or observations.count_warning:
        return None
    return VideoWarning(
        WarningKind.HEADER_DISAGREES, f"header disagrees: it declares {num_declared} frames, {len(times)} decoded."
    )


def _pictures(observations: Observations) -> list[VideoWarning]:
    warnings = []
    if observations.num_interlaced:
        warnings.append(
            VideoWarning(
                WarningKind.INTERLACED,
                f"interlaced: {observations.num_interlaced} frames hold two half pictures; they are used as they are.",
            )
        )
    if observations.hdr:
        warnings.append(
            VideoWarning(
                WarningKind.HDR, f"HDR: {observations.hdr} colours are converted plainly, without tone mapping."
            )
        )
    if len(observations.sizes) > 1:
        names = ", ".join(f"{w}x{h}" for w, h in sorted(observations.sizes)[:4])
        warnings.append(
            VideoWarning(
                WarningKind.SIZE_CHANGES, f"size changes in the stream: {names}; every frame is scaled to one size."
            )
        )
    orientation = observations.orientation
    if orientation.angle != orientation.rotation:
        warnings.append(
            VideoWarning(
                WarningKind.ODD_ROTATION,
                f"rotation: {orientation.angle} degrees are asked for, {orientation.rotation} are applied.",
            )
        )
    return warnings
