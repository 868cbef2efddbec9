"""ActivityNet's JSON of detections, which the evaluation scripts of temporal localization read."""

from pathlib import Path
from typing import Any

from reelwise.analysis.formats.clock import DecimalClock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.json_text import json_text
from reelwise.analysis.formats.text import one_line, video_stem
from reelwise.analysis.formats.tracks import segment_tracks, track_files
from reelwise.analysis.results import Analysis, Item

_DECIMALS = 6
"""Of a second: rounded up to a microsecond, a time is inside its frame at every rate of a camera."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``activitynet-<track>.json`` for each track of items; the video's id is its file name without suffix.

    Seconds count from the first shown frame, as in tools that read frames by OpenCV.

    Raises:
        FormatError: Frames are shorter than two microseconds.
    """
    clock = DecimalClock(analysis.media, _DECIMALS)
    video = video_stem(analysis)
    return {
        name: json_text(
            {
                "version": "VERSION 1.3",
                "results": {video: [_detection(item, clock) for item in track.items]},
                "external_data": {"used": False, "details": one_line(track.producer)},
            }
        )
        for name, track in track_files(segment_tracks(analysis), "activitynet-*.json").items()
    }


def _detection(item: Item, clock: DecimalClock) -> dict[str, Any]:
    segment = [clock.units(moment) / 10**_DECIMALS for moment in (item.start, item.end)]
    return {"label": one_line(item.label), "score": item.score, "segment": segment}


FORMAT = ExportFormat("activitynet", ("activitynet-*.json",), "each track as detections in seconds", write)
