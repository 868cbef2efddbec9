"""FiftyOne's temporal detections, one field for each track."""

from pathlib import Path
from typing import Any

from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.json_text import json_text
from reelwise.analysis.formats.text import one_line, video_stem
from reelwise.analysis.formats.tracks import segment_tracks, track_files
from reelwise.analysis.results import Analysis, Item


def write(analysis: Analysis, folder: Path) -> Files:
    """``fiftyone-<track>.json``: labels of a ``FiftyOneTemporalDetectionDataset``.

    ``support`` counts frames from 1 and names the last frame inside. The video goes by its file name without suffix::

        fo.Dataset.from_dir(data_path=FOLDER_OF_VIDEOS, labels_path="fiftyone-shots.json",
                            dataset_type=fo.types.FiftyOneTemporalDetectionDataset, label_field="shots")
    """
    video = video_stem(analysis)
    return {
        name: json_text({"labels": {video: [_detection(item) for item in track.items]}})
        for name, track in track_files(segment_tracks(analysis), "fiftyone-*.json").items()
    }


def _detection(item: Item) -> dict[str, Any]:
    support = [item.start.frame + 1, item.end.frame]
    return {"label": one_line(item.label), "support": support, "confidence": item.score}


FORMAT = ExportFormat("fiftyone", ("fiftyone-*.json",), "each track as temporal detections of FiftyOne", write)
