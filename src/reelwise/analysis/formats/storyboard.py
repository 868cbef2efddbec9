"""storyboard.md: the video in words and pictures, shot by shot, for people and language models."""

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from reelwise.analysis.formats.clock import DecimalClock, frame_rate_of
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.signals import Means, signal_means
from reelwise.analysis.formats.text import markdown_address, markdown_text, video_name
from reelwise.analysis.formats.tracks import other_tracks, segment_tracks, shot_items
from reelwise.analysis.results import Analysis, Item, Media, SegmentTrack

_MAX_LABELS = 5
"""Labels of one track in the line of a shot; more are counted."""

_MAX_PAIRS = 1_000_000
"""Pairs of an item and a shot that it lies in, of one track; a track of a real video has some thousand."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``storyboard.md``: facts, then one line for each shot: time, keyframe, motion, sound and what else there is.

    Raises:
        FormatError: The analyzer of shots did not run.
    """
    shots = shot_items(analysis)
    means = signal_means(analysis, folder, shots)
    labels = {track.id: _labels(track, shots) for track in other_tracks(analysis) if track.id != "keyframes"}
    pictures = _pictures(analysis, shots)
    clock = DecimalClock(analysis.media, 3)
    lines = [f"# {markdown_text(video_name(analysis))}", "", *_facts(analysis.media, len(shots)), "", "## Shots", ""]
    for index, shot in enumerate(shots):
        parts = [_when(index + 1, shot, clock), *(f"![shot {index + 1}](../{each})" for each in pictures[index])]
        parts += _findings(index, labels, means)
        lines.append(" · ".join(parts))
    return {"storyboard.md": "\n".join(lines) + "\n"}


def _facts(media: Media, num_shots: int) -> Iterator[str]:
    rate = f"{'variable rate, mean' if media.variable_frame_rate else 'rate'} {float(frame_rate_of(media)):.6g}"
    sound = media.sound
    yield f"- {media.duration_seconds:.3f} s, {media.num_frames} frames, {rate} per second"
    yield f"- {media.width} × {media.height} pixels, {markdown_text(media.codec)} in {markdown_text(media.container)}"
    yield (
        f"- sound: {markdown_text(sound.codec)}, {sound.sample_rate} Hz, {sound.num_channels} channels"
        if sound
        else "- no sound"
    )
    yield f"- {num_shots} shot{'' if num_shots == 1 else 's'}"
    yield from (f"- {markdown_text(warning)}" for warning in media.warnings)


def _when(number: int, shot: Item, clock: DecimalClock) -> str:
    start, end = clock.units(shot.start), clock.units(shot.end)
    edges = (shot.start.timecode, shot.end.timecode)
    span = "–".join(markdown_text(edge) for edge in edges if edge) or f"{clock.text(start)}–{clock.text(end)}"
    last = shot.end.frame - 1
    text = f"{number}. **{span}** frames {shot.start.frame}–{last}, {clock.decimal(end - start)} s"
    if transition := shot.transition_in:
        text += f", after a {transition.type.replace('_', ' to ')} ({transition.score:.2f})"
    return text


def _findings(index: int, labels: dict[str, list[list[Item]]], means: dict[str, Means]) -> Iterator[str]:
    """What each track says of a shot: labels with their scores, then means of its signal."""
    for name in dict.fromkeys((*labels, *means)):
        items = labels.get(name, [])[index : index + 1]
        words = [f"{markdown_text(item.label)} {item.score:.2f}" for item in itertools.chain(*items)]
        if len(words) > _MAX_LABELS:
            words[_MAX_LABELS:] = [f"{len(words) - _MAX_LABELS} more"]
        for columns in means.get(name, [])[index : index + 1]:
            words += [f"{markdown_text(column)} {value:.3g}" for column, value in columns.items()]
        if words:
            yield f"{markdown_text(name)}: {', '.join(words)}"


def _labels(track: SegmentTrack, shots: Sequence[Item]) -> list[list[Item]]:
    """The items of a track that each shot shares a frame with."""
    labels: list[list[Item]] = [[] for _ in shots]
    for index, item in itertools.islice(_pairs(track.items, shots), _MAX_PAIRS):
        labels[index].append(item)
    return labels


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
    by_shot = _labels(keyframes, shots) if keyframes else [[] for _ in shots]
    names = [[*(item.picture for item in items), shot.picture] for shot, items in zip(shots, by_shot, strict=True)]
    return [[markdown_address(name) for name in each if name][:1] for each in names]


FORMAT = ExportFormat("storyboard", ("storyboard.md",), "the video shot by shot, for people and language models", write)
