"""CSV: one row for every item of every segment track."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from reelwise.analysis.formats.clock import DecimalClock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.text import one_line, spreadsheet_text
from reelwise.analysis.formats.tracks import segment_tracks
from reelwise.analysis.results import Analysis, Item

COLUMNS = (
    "track", "id", "label", "score", "start_frame", "end_frame", "num_frames", "start_pts", "end_pts", "start_seconds",
    "end_seconds", "start_timecode", "end_timecode", "transition", "transition_start_frame", "transition_end_frame",
    "transition_score", "picture", "values",
)  # fmt: skip
"""Frames are 0-based and half-open; seconds count from the first shown frame, in microseconds rounded up."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``items.csv``; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(analysis))
    return {"items.csv": buffer.getvalue()}


def _rows(analysis: Analysis) -> Iterator[list[object]]:
    clock = DecimalClock(analysis.media, 6)
    for track in segment_tracks(analysis):
        name = spreadsheet_text(track.id)
        for item in track.items:
            yield [name, *_row(item, clock)]


def _row(item: Item, clock: DecimalClock) -> list[object]:
    start, end, transition = item.start, item.end, item.transition_in
    columns = (transition.type, transition.start_frame, transition.end_frame, transition.score) if transition else None
    return [
        spreadsheet_text(item.id),
        spreadsheet_text(item.label),
        item.score,
        start.frame,
        end.frame,
        end.frame - start.frame,
        start.pts,
        end.pts,
        clock.decimal(clock.units(start)),
        clock.decimal(clock.units(end)),
        one_line(start.timecode) if start.timecode else "",
        one_line(end.timecode) if end.timecode else "",
        *(columns or ("",) * 4),
        spreadsheet_text(item.picture) if item.picture else "",
        spreadsheet_text(";".join(f"{name}={value}" for name, value in item.values.items())) if item.values else "",
    ]


FORMAT = ExportFormat("csv", ("items.csv",), "every item with all its times, for spreadsheets and scripts", write)
