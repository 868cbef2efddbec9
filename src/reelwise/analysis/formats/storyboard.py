"""storyboard.md: the video in words and pictures, shot by shot, for people and language models."""

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.analysis.formats.clock import DecimalClock, frame_rate_of
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.signals import signal_means
from reelwise.analysis.formats.text import (
    label_text,
    markdown_address,
    markdown_text,
    measure_text,
    measures_text,
    video_name,
)
from reelwise.analysis.formats.tracks import (
    moment_items,
    other_tracks,
    segment_tracks,
    shot_items,
    whole_video_items,
)
from reelwise.analysis.results import Analysis, Item, SegmentTrack, SignalTrack
from reelwise.core.number_text import count_text, short_number

_MAX_EVENTS = 5
"""Events of one track in the line of a shot; more are counted."""

_MAX_PAIRS = 1_000_000
"""Pairs of an item and a shot that it lies in, of one track; a track of a real video has some thousand."""


@dataclass(frozen=True)
class _ShotTexts:
    """What the tracks say of each shot, by the name of the track."""

    events: dict[str, list[list[str]]]
    means: dict[str, list[str]]


def write(analysis: Analysis, folder: Path) -> Files:
    """``storyboard.md``: facts, then one line for each shot: time, keyframe, motion, sound and what else there is.

    An event has its span and its score, a signal its mean over the shot.

    Raises:
        FormatError: The analyzer of shots did not run.
    """
    shots = shot_items(analysis)
    clock = DecimalClock(analysis.media, 3)
    tracks = [track for track in other_tracks(analysis) if track.id != "keyframes"]
    events = {track.id: _event_texts(analysis, track, shots, clock) for track in tracks}
    texts = _ShotTexts(events, _mean_texts(analysis, folder, shots))
    pictures = _pictures(analysis, shots)
    lines = [f"# {markdown_text(video_name(analysis))}", "", *_facts(analysis, len(shots)), "", "## Shots", ""]
    for index, shot in enumerate(shots):
        parts = [_when(index + 1, shot, clock), *(f"![shot {index + 1}](../{each})" for each in pictures[index])]
        lines.append(" · ".join([*parts, *_findings(index, texts)]))
    return {"storyboard.md": "\n".join(lines) + "\n"}


def _facts(analysis: Analysis, num_shots: int) -> Iterator[str]:
    media = analysis.media
    rate = f", {'variable rate, mean' if media.variable_frame_rate else 'rate'} {float(frame_rate_of(media)):.6g}"
    rate = f"{rate} per second" if media.num_frames > 1 else ""  # one frame has none
    sound = media.sound
    yield f"- {media.duration_seconds:.3f} s, {count_text(media.num_frames, 'frame')}{rate}"
    yield f"- {media.width} × {media.height} pixels, {markdown_text(media.codec)} in {markdown_text(media.container)}"
    yield (
        f"- sound: {markdown_text(sound.codec)}, {sound.sample_rate} Hz, {count_text(sound.num_channels, 'channel')}"
        if sound
        else "- no sound"
    )
    yield f"- {count_text(num_shots, 'shot')}"
    for track, item in whole_video_items(analysis):
        measures = measures_text(item, track.units)
        words = f"{label_text(track.id)}, whole video: {label_text(item.label)}" + (f", {measures}" if measures else "")
        yield f"- {markdown_text(words)}"
    yield from (f"- {markdown_text(warning)}" for warning in media.warnings)


def _when(number: int, shot: Item, clock: DecimalClock) -> str:
    start, end = clock.units(shot.start), clock.units(shot.end)
    last = shot.end.frame - 1
    frames = f"frame {last}" if last <= shot.start.frame else f"frames {shot.start.frame}–{last}"
    text = f"{number}. **{_span(shot, clock)}** {frames}, {clock.decimal(end - start)} s"
    if transition := shot.transition_in:
        text += f", after a {transition.type.replace('_', ' to ')} (score {transition.score:.2f})"
    return text


def _span(item: Item, clock: DecimalClock) -> str:
    """From and to; timecodes where the video has them."""
    edges = (item.start.timecode, item.end.timecode)
    times = (clock.text(clock.units(item.start)), clock.text(clock.units(item.end)))
    return "–".join(markdown_text(edge) for edge in edges if edge) or "–".join(times)


def _findings(index: int, texts: _ShotTexts) -> Iterator[str]:
    """What each track says of a shot: its events, then the means of its signal."""
    for name in dict.fromkeys((*texts.events, *texts.means)):
        words = list(itertools.chain(*texts.events.get(name, [])[index : index + 1]))
        if len(words) > _MAX_EVENTS:
            words[_MAX_EVENTS:] = [f"{len(words) - _MAX_EVENTS} more"]
        words += [text for text in texts.means.get(name, [])[index : index + 1] if text]
        if words:
            yield f"{markdown_text(label_text(name))}: {'; '.join(words)}"


def _event_texts(
    analysis: Analysis, track: SegmentTrack, shots: Sequence[Item], clock: DecimalClock
) -> list[list[str]]:
    """For each shot: ``shake 00:00:01:02–00:00:01:20 (score 0.74, shake 9.6 % of width/s)`` and so on."""
    return [
        [_event_text(item, track.units, clock) for item in items]
        for items in _items_of_shots(moment_items(analysis, track), shots)
    ]


def _event_text(item: Item, units: Mapping[str, str], clock: DecimalClock) -> str:
    measures = measures_text(item, units)
    is_one_frame = item.end.frame - item.start.frame <= 1
    when = f"at {_span(item, clock).partition('–')[0]}" if is_one_frame else _span(item, clock)
    text = f"{markdown_text(label_text(item.label))} {when}"
    return f"{text} ({markdown_text(measures)})" if measures else text


def _mean_texts(analysis: Analysis, folder: Path, shots: Sequence[Item]) -> dict[str, list[str]]:
    """By signal, for each shot: ``mean energy 6.28 grey levels, pan −0.387 % of width/s``, without those that are 0.

    Empty where none is known.
    """
    units = {track.id: track.units for track in analysis.tracks if isinstance(track, SignalTrack)}
    texts = {}
    for name, means in signal_means(analysis, folder, shots).items():
        measures = [
            [measure_text(*column, units[name]) for column in columns.items() if short_number(column[1]) != "0"]
            for columns in means
        ]
        texts[name] = [f"mean {markdown_text(', '.join(each))}" if each else "" for each in measures]
    return texts


def _items_of_shots(items: Sequence[Item], shots: Sequence[Item]) -> list[list[Item]]:
    """The items that each shot shares a frame with."""
    items_of_shots: list[list[Item]] = [[] for _ in shots]
    for index, item in itertools.islice(_pairs(items, shots), _MAX_PAIRS):
        items_of_shots[index].append(item)
    return items_of_shots


def _pairs(items: Sequence[Item], shots: Sequence[Item]) -> Iterator[tuple[int, Item]]:
    ends = [shot.end.frame for shot in shots]
    for item in items:
        for index in range(bisect_right(ends, item.start.frame), len(shots)):
            if shots[index].start.frame >= item.end.frame:
                break
            yield index, item


def _pictures(analysis: Analysis, shots: Sequence[Item]) -> list[list[str]]:
    """Address of one picture of each shot: its first keyframe, or its own; none where there is none."""
    keyframes = next((track for track in segment_tracks(analysis) if track.id == "keyframes"), None)
    by_shot = _items_of_shots(keyframes.items if keyframes else (), shots)
    names = [[*(item.picture for item in items), shot.picture] for shot, items in zip(shots, by_shot, strict=True)]
    return [[markdown_address(name) for name in each if name][:1] for each in names]


FORMAT = ExportFormat("storyboard", ("storyboard.md",), "the video shot by shot, for people and language models", write)
