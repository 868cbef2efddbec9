"""The tracks of an analysis that formats are made of."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from reelwise.analysis.catalogue import CATALOGUE
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.results import Analysis, Item, Moment, SegmentTrack

_MAX_FILE_STEM = 60
"""Characters of a track in a file name: with prefix and suffix far below the 255 bytes of a file system."""

_PARTS = ("shots", "keyframes")
"""Tracks whose items are parts of the video, also where there is one part alone."""

_MEASURED = frozenset(entry.name for entry in CATALOGUE) - frozenset(_PARTS)
"""Tracks of what an analyzer measures. A model's track never has the name of an analyzer."""


def segment_tracks(analysis: Analysis) -> list[SegmentTrack]:
    """The tracks of items, also those that are empty."""
    return [track for track in analysis.tracks if isinstance(track, SegmentTrack)]


def other_tracks(analysis: Analysis) -> list[SegmentTrack]:
    """The tracks of items without the shots."""
    return [track for track in segment_tracks(analysis) if track.id != "shots"]


def moment_items(analysis: Analysis, track: SegmentTrack) -> tuple[Item, ...]:
    """The items that say something of a moment, as subtitles and markers do: without ``whole_video_items``."""
    return tuple(item for item in track.items if not _is_of_whole_video(analysis, track, item))


def whole_video_items(analysis: Analysis) -> Iterator[tuple[SegmentTrack, Item]]:
    """What was measured of the whole video, such as its loudness or the bars at its sides, with its track."""
    for track in segment_tracks(analysis):
        yield from ((track, item) for item in track.items if _is_of_whole_video(analysis, track, item))


def _is_of_whole_video(analysis: Analysis, track: SegmentTrack, item: Item) -> bool:
    # What a model recognizes stays: it is the answer for each moment, also where there is one answer alone.
    return track.id in _MEASURED and item.start.frame <= 0 and item.end.frame >= analysis.media.num_frames


def shot_items(analysis: Analysis) -> tuple[Item, ...]:
    """The shots; there may be none.

    Raises:
        FormatError: The analyzer of shots did not run.
    """
    track = analysis.track("shots")
    if not isinstance(track, SegmentTrack):
        raise FormatError("it is made of shots, and they were not looked for.", hint="Analyze with shots in --do.")
    return track.items


def video_edges(analysis: Analysis) -> tuple[Moment, Moment]:
    """The first frame, and the end of the video."""
    media = analysis.media
    return Moment(0, media.first_pts, 0.0, None), Moment(media.num_frames, media.end_pts, media.duration_seconds, None)


def index_at(starts: Sequence[int], frame: int) -> int:
    """Which of some intervals in order a frame lies in, or the nearest before it; 0 where there is none before.

    Args:
        starts: Frames at which the intervals start, rising.
        frame: 0-based.
    """
    return max(0, bisect_right(starts, frame) - 1)


def track_files(tracks: Iterable[SegmentTrack], pattern: str) -> dict[str, SegmentTrack]:
    """A file name for each track, unlike each other also where capitals do not count.

    Args:
        tracks: The tracks.
        pattern: Of the names, with ``*`` where the name of the track goes.

    Example:
        >>> list(track_files([SegmentTrack("a/b", "", ()), SegmentTrack("A b", "", ())], "cues-*.vtt"))
        ['cues-a_b.vtt', 'cues-A_b-2.vtt']
    """
    files: dict[str, SegmentTrack] = {}
    taken_names: set[str] = set()
    for track in tracks:
        stem = re.sub(r"[^A-Za-z0-9-]+", "_", track.id)[:_MAX_FILE_STEM] or "track"
        name, number = stem, 1
        while name.lower() in taken_names:
            number += 1
            name = f"{stem}-{number}"
        taken_names.add(name.lower())
        files[pattern.replace("*", name)] = track
    return files
