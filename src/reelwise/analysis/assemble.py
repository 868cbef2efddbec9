"""From the findings of a pass to the document: frames become moments, names become tracks."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from reelwise.analysis.analyzer import AnalyzerEntry, Finding
from reelwise.analysis.engine import PassResult
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.results import Analysis, Item, Media, SegmentTrack, SignalTrack, SoundMedia, StripPicture, Tool
from reelwise.analysis.times import FrameClock
from reelwise.core.video import VideoFacts

PICTURES = PurePosixPath("thumbs")
"""Folder of the pictures, beside analysis.json."""

SIGNALS = "signals.npz"
"""File of the signals, beside analysis.json."""


def assemble(
    result: PassResult, entries: Sequence[AnalyzerEntry], pictures: PictureStore, tool: Tool, source: Mapping
) -> Analysis:
    """The analysis of one video.

    Args:
        result: Of the pass.
        entries: The analyzers that ran.
        pictures: Where their pictures are.
        tool: What made it.
        source: ``file``, ``sha256`` and ``size_bytes`` of the video.
    """
    tracks: list[SegmentTrack | SignalTrack] = []
    for entry in entries:
        if entry.has_segments:
            tracks.append(segment_track(entry, result.findings[entry.name], result.clock, pictures))
    producers = {name: entry.producer for entry in entries for name in (entry.name, *entry.further_signals)}
    for name, signal in result.signals.items():
        step = None if signal.step_seconds is None else str(signal.step_seconds)
        tracks.append(SignalTrack(name, producers[name], f"{SIGNALS}#{name}", signal.columns, dict(signal.units), step))
    strip = (
        StripPicture(result.clock.moment(frame), str(PICTURES / name))
        for frame in result.strip_frames
        if (name := pictures.name_of(frame))
    )
    return Analysis(tool, media_of(result, source), tuple(tracks), tuple(strip))


def segment_track(
    entry: AnalyzerEntry, findings: Sequence[Finding], clock: FrameClock, pictures: PictureStore
) -> SegmentTrack:
    """The track of one analyzer, in order of time."""
    in_order = sorted(findings, key=lambda finding: (finding.start_frame, finding.end_frame))
    items = (item_of(f"{entry.name}-{number}", finding, clock, pictures) for number, finding in enumerate(in_order))
    return SegmentTrack(entry.name, entry.producer, tuple(items), dict(entry.units))


def item_of(name: str, finding: Finding, clock: FrameClock, pictures: PictureStore) -> Item:
    """A finding with all its times."""
    picture = pictures.name_of(finding.picture_frame)
    return Item(
        id=name,
        label=finding.label,
        score=finding.score,
        start=clock.moment(finding.start_frame),
        end=clock.moment(finding.end_frame),
        picture=picture and str(PICTURES / picture),
        transition_in=finding.transition,
        values=dict(finding.values),
    )


def media_of(result: PassResult, source: Mapping) -> Media:
    """What the video is."""
    facts, clock = result.facts, result.clock
    warnings = [warning.text for warning in facts.warnings]
    if result.sound_missing and facts.sound is not None:
        warnings.append(f"sound: {result.sound_missing}")
    return Media(
        file=source["file"],
        sha256=source["sha256"],
        size_bytes=source["size_bytes"],
        num_frames=len(clock),
        width=facts.width,
        height=facts.height,
        duration_seconds=float(clock.seconds_of(len(clock))),
        frame_rate=str(facts.frame_rate),
        variable_frame_rate=facts.variable_frame_rate,
        timecode_rate=str(clock.rate) if clock.rate else None,
        time_base=str(clock.time_base),
        first_pts=int(clock.pts[0]),
        end_pts=clock.end_pts,
        start_seconds=float(clock.start_seconds),
        rotation=facts.rotation,
        codec=facts.codec,
        container=facts.container,
        sound=_sound_of(facts),
        damage=tuple((interval.start, interval.end) for interval in result.damage),
        warnings=tuple(warnings),
        mirrored=facts.is_mirrored,
    )


def _sound_of(facts: VideoFacts) -> SoundMedia | None:
    sound = facts.sound
    return sound and SoundMedia(sound.codec, sound.sample_rate, sound.num_channels)
