"""WebVTT: the items of each track as cues, and the shots as chapters, for players in browsers."""

import re
from collections.abc import Iterable
from pathlib import Path

from reelwise.analysis.formats.cues import Cue, chapters_of, cues_of, player_clock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.text import cue_text
from reelwise.analysis.formats.tracks import moment_items, segment_tracks, track_files
from reelwise.analysis.results import Analysis

_BLOCKS = ("NOTE", "STYLE", "REGION")
"""Words that begin a block that is no cue. Source: WebVTT, W3C, 2019, section 4.1."""


def write_cues(analysis: Analysis, folder: Path) -> Files:
    """``cues-<track>.vtt`` for each track of items: label and score; a track without any has a file without cues.

    Raises:
        FormatError: Frames are too short for milliseconds.
    """
    tracks = track_files(segment_tracks(analysis), "cues-*.vtt")
    return {
        name: webvtt_text(analysis, ((cue, _label(cue)) for cue in cues_of(analysis, moment_items(analysis, track))))
        for name, track in tracks.items()
    }


def write_chapters(analysis: Analysis, folder: Path) -> Files:
    """``chapters.vtt``: a chapter for each shot.

    Raises:
        FormatError: The analyzer of shots did not run, or frames are too short for milliseconds.
    """
    return {"chapters.vtt": webvtt_text(analysis, ((cue, title) for title, cue in chapters_of(analysis)))}


def webvtt_text(analysis: Analysis, cues: Iterable[tuple[Cue, str]]) -> str:
    """A WebVTT file of cues with their text, which must be one line."""
    clock = player_clock(analysis)
    blocks = ["WEBVTT\n"]
    for cue, text in cues:
        blocks.append(f"{_identifier(cue.item.id)}\n{clock.text(cue.start)} --> {clock.text(cue.end)}\n{text}\n")
    return "\n".join(blocks)


def _label(cue: Cue) -> str:
    return f"{cue_text(cue.item.label)} {cue.item.score:.2f}"


def _identifier(name: str) -> str:
    identifier = re.sub(r"[^A-Za-z0-9._-]+", "_", name).replace("-->", "_") or "_"
    return f"_{identifier}" if identifier.startswith(_BLOCKS) else identifier


CUES = ExportFormat("webvtt", ("cues-*.vtt",), "the items of each track as cues of a player in a browser", write_cues)
CHAPTERS = ExportFormat("webvtt_chapters", ("chapters.vtt",), "the shots as chapters of such a player", write_chapters)
