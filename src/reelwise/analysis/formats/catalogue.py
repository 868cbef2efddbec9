"""The export formats, one line each."""

from reelwise.analysis.formats.format import ExportFormat
from reelwise.core.catalogues import load_catalogue

MODULES = (
    "items_csv",
    "pyscenedetect",
    "otio",
    "edl",
    "fcpxml",
    "webvtt",
    "thumbnails",
    "srt",
    "chapters",
    "activitynet",
    "fiftyone",
    "label_studio",
    "storyboard",
)
"""Modules of ``analysis/formats``; each defines one format or more."""

FORMATS = load_catalogue(ExportFormat, "reelwise.analysis.formats.{}", MODULES)
