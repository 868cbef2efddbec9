"""The list of scenes as PySceneDetect writes it with ``list-scenes``, for what reads that."""

import csv
import io
from pathlib import Path

from reelwise.analysis.formats.clock import DecimalClock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.tracks import shot_items
from reelwise.analysis.results import Analysis, Item

COLUMNS = (
    "Scene Number", "Start Frame", "Start Timecode", "Start Time (seconds)", "End Frame", "End Timecode",
    "End Time (seconds)", "Length (frames)", "Length (timecode)", "Length (seconds)",
)  # fmt: skip
"""Source: PySceneDetect 0.7.2, ``write_scene_list``. Frames are 1-based, the end frame is the last one inside."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``scenes.csv``: first the line of cuts, then the columns, then a row for each shot.

    A shot ends where the transition after it starts, so scenes do not touch at a dissolve.
    """
    clock = DecimalClock(analysis.media, 3)
    shots = shot_items(analysis)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["Timecode List:", *(clock.text(clock.units(shot.start)) for shot in shots[1:])])
    writer.writerow(COLUMNS)
    writer.writerows(_row(number, shot, clock) for number, shot in enumerate(shots, 1))
    return {"scenes.csv": buffer.getvalue()}


def _row(number: int, shot: Item, clock: DecimalClock) -> list[object]:
    start, end = clock.units(shot.start), clock.units(shot.end)
    times = [[clock.text(each), clock.decimal(each)] for each in (start, end, end - start)]
    frames = [shot.start.frame + 1, shot.end.frame, shot.end.frame - shot.start.frame]
    return [number, *(cell for frame, pair in zip(frames, times, strict=True) for cell in (frame, *pair))]


FORMAT = ExportFormat("pyscenedetect", ("scenes.csv",), "the shots as PySceneDetect's list of scenes", write)
