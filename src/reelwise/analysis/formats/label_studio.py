"""Label Studio: a task with one prediction, and the labelling interface that shows it."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from reelwise.analysis.formats.clock import frame_rate_of
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.json_text import json_text
from reelwise.analysis.formats.text import one_line, video_name
from reelwise.analysis.formats.tracks import segment_tracks, track_files
from reelwise.analysis.results import Analysis, Item


def write(analysis: Analysis, folder: Path) -> Files:
    """``label_studio.json`` to import, and ``label_studio.xml``, the interface to set before.

    A range counts frames from 1 and names the last frame inside. Label Studio turns frames into times by the frame
    rate in the interface: for a video of variable rate the numbers are right, and what its player shows is near.
    ``data.video`` is the file name: change it to the address under which Label Studio finds the video.
    """
    tracks = {name: track.items for name, track in track_files(segment_tracks(analysis), "*").items()}
    results = [_region(name, item) for name, items in tracks.items() for item in items]
    prediction = {"model_version": f"reelwise {one_line(analysis.tool.version)}", "result": results}
    task = {"data": {"video": video_name(analysis)}, "predictions": [prediction]}
    return {"label_studio.json": json_text([task]), "label_studio.xml": _interface(analysis, tracks)}


def _region(track: str, item: Item) -> dict[str, Any]:
    ranges = [{"start": item.start.frame + 1, "end": item.end.frame}]
    return {
        "id": one_line(item.id),
        "from_name": track,
        "to_name": "video",
        "type": "timelinelabels",
        "score": item.score,
        "value": {"ranges": ranges, "timelinelabels": [one_line(item.label)]},
    }


def _interface(analysis: Analysis, tracks: dict[str, tuple[Item, ...]]) -> str:
    view = ElementTree.Element("View")
    ElementTree.SubElement(
        view, "Video", name="video", value="$video", frameRate=f"{float(frame_rate_of(analysis.media)):.6f}"
    )
    for name, items in tracks.items():
        labels = ElementTree.SubElement(view, "TimelineLabels", name=name, toName="video")
        for label in dict.fromkeys(one_line(item.label) for item in items):
            ElementTree.SubElement(labels, "Label", value=label)
    ElementTree.indent(view, " ")
    return ElementTree.tostring(view, encoding="unicode") + "\n"


FORMAT = ExportFormat(
    "label_studio", ("label_studio.json", "label_studio.xml"), "all tracks as a pre-annotated task", write
)
