"""What a reader notices while it decodes, turned into facts and into sentences of warning."""

from dataclasses import dataclass, field

from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc

from reelwise.core.frames import FrameTimes
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.media.limits import SOUND_CODECS
from reelwise.media.readers.source import Source
from reelwise.media.readers.timeline import Timeline, is_variable, mean_rate, num_dropped

_HDR = {int(ColorTrc.SMPTE2084): "PQ", int(ColorTrc.ARIB_STD_B67): "HLG"}
_MAX_TAGS = 64
_MAX_TAG_CHARACTERS = 1000


@dataclass
class Observed:
    """Counts and kinds of oddities in one file, filled while its frames go by."""

    rotation: int = 0
    angle: int = 0
    first_size: tuple[int, int] = (0, 0)
    sizes: set[tuple[int, int]] = field(default_factory=set)
    num_interlaced: int = 0
    num_damaged: int = 0
    num_bad_packets: int = 0
    num_dropped_at_start: int = 0
    num_outside_edit: int = 0
    hdr: str = ""
    stopped_by: str = ""
    counted: VideoWarning | None = None

    def see(self, frame: VideoFrame) -> None:
        """Note what one decoded picture shows."""
        size = (frame.width, frame.height)
        if not self.sizes:
            self.first_size = size
            self.angle = -int(frame.rotation) % 360
            self.rotation = round(self.angle / 90) * 90 % 360
        self.sizes.add(size)
        self.num_interlaced += frame.interlaced_frame
        self.num_damaged += frame.is_corrupt
        if frame.color_trc in _HDR:
            self.hdr = _HDR[frame.color_trc]


def build_facts(source: Source, timeline: Timeline, observed: Observed) -> VideoFacts:
    """The facts of a file whose frames all passed through ``timeline`` and ``observed``."""
    times = timeline.times()
    width, height = observed.first_size
    if observed.rotation % 180:
        width, height = height, width
    return VideoFacts(
        num_frames=len(times),
        width=width,
        height=height,
        duration_seconds=float(times.duration_seconds),
        frame_rate=mean_rate(times),
        variable_frame_rate=is_variable(times),
        rotation=observed.rotation,
        codec=codec_name(source),
        container=source.format_name,
        sound=find_sound(source),
        tags=clean_tags(dict(source.container.metadata)),
        warnings=tuple(_warnings(source, times, timeline, observed)),
    )


def codec_name(source: Source) -> str:
    """FFmpeg's name of the video codec, such as ``av1`` (decoded by libdav1d)."""
    codec = source.video.codec_context.codec
    return codec.canonical_name or codec.name


def find_sound(source: Source) -> SoundFacts | None:
    """The first sound track with a codec that is read; None when there is none."""
    for stream in source.container.streams.audio:
        context = stream.codec_context
        if context is not None and context.name in SOUND_CODECS and context.sample_rate > 0:
            return SoundFacts(context.codec.canonical_name, context.sample_rate, context.channels)
    return None


def clean_tags(tags: dict[str, str]) -> dict[str, str]:
    """A few short tags without characters that cannot be written as UTF-8."""
    kept = list(tags.items())[:_MAX_TAGS]
    return {_clean(key)[:100]: _clean(value)[:_MAX_TAG_CHARACTERS] for key, value in kept}


def _clean(text: str) -> str:
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _warnings(source: Source, times: FrameTimes, timeline: Timeline, observed: Observed) -> list[VideoWarning]:
    found = [observed.counted, _cut_off(source, times, observed), *_damage(observed), *_clock(times, timeline)]
    found += [_declared(source, times, observed), *_pictures(observed)]
    return [warning for warning in found if warning]


def _cut_off(source: Source, times: FrameTimes, observed: Observed) -> VideoWarning | None:
    if observed.stopped_by:
        return VideoWarning(
            WarningKind.TRUNCATED, f"truncated: reading stopped after {len(times)} frames ({observed.stopped_by})."
        )
    missing = _bytes_missing(source)
    if missing > 0:
        return VideoWarning(
            WarningKind.TRUNCATED, f"truncated: the index names {missing} bytes more than the file has."
        )
    declared = _declared_seconds(source)
    seconds = float(times.duration_seconds)
    missing_seconds = declared - seconds
    if missing_seconds > max(0.2 * declared, 0.3) and not observed.counted and not observed.num_dropped_at_start:
        return VideoWarning(
            WarningKind.TRUNCATED,
            f"truncated: the header declares {declared:.1f} s, the pictures last {seconds:.1f} s.",
        )
    return None


def _declared_seconds(source: Source) -> float:
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


def _damage(observed: Observed) -> list[VideoWarning]:
    found = []
    if observed.num_dropped_at_start:
        found.append(
            VideoWarning(
                WarningKind.FIRST_FRAMES_LOST,
                f"first frames lost: {observed.num_dropped_at_start} before the first whole picture.",
            )
        )
    if observed.num_bad_packets or observed.num_damaged:
        packets = f"{observed.num_bad_packets} packets did not decode"
        found.append(
            VideoWarning(WarningKind.DAMAGED, f"damaged: {packets}, {observed.num_damaged} frames are partly made up.")
        )
    return found


def _clock(times: FrameTimes, timeline: Timeline) -> list[VideoWarning]:
    found = []
    if timeline.num_back:
        found.append(
            VideoWarning(
                WarningKind.TIMES_GO_BACK,
                f"timestamps go back: {timeline.num_back} frames had a repeated or earlier time; they were spread.",
            )
        )
    if timeline.num_jumps:
        found.append(
            VideoWarning(
                WarningKind.TIMES_JUMP, f"timestamps jump: {timeline.num_jumps} gaps of more than 12 hours were closed."
            )
        )
    if dropped := num_dropped(times):
        missing = "1 frame is" if dropped == 1 else f"{dropped} frames are"
        found.append(VideoWarning(WarningKind.GAPS, f"gaps: about {missing} missing between the first and the last."))
    return found


def _declared(source: Source, times: FrameTimes, observed: Observed) -> VideoWarning | None:
    declared = source.video.frames
    decoded = len(times) + observed.num_outside_edit + observed.num_dropped_at_start
    if declared in (0, len(times), decoded) or observed.counted:
        return None
    return VideoWarning(
        WarningKind.HEADER_DISAGREES, f"header disagrees: it declares {declared} frames, {len(times)} decoded."
    )


def _pictures(observed: Observed) -> list[VideoWarning]:
    found = []
    if observed.num_interlaced:
        found.append(
            VideoWarning(
                WarningKind.INTERLACED,
                f"interlaced: {observed.num_interlaced} frames hold two half pictures; they are used as they are.",
            )
        )
    if observed.hdr:
        found.append(
            VideoWarning(WarningKind.HDR, f"HDR: {observed.hdr} colours are converted plainly, without tone mapping.")
        )
    if len(observed.sizes) > 1:
        names = ", ".join(f"{w}x{h}" for w, h in sorted(observed.sizes)[:4])
        found.append(
            VideoWarning(
                WarningKind.SIZE_CHANGES, f"size changes in the stream: {names}; every frame is scaled to one size."
            )
        )
    if observed.angle != observed.rotation:
        found.append(
            VideoWarning(
                WarningKind.ODD_ROTATION,
                f"rotation: {observed.angle} degrees are asked for, {observed.rotation} are applied.",
            )
        )
    return found
