"""SubRip: the items of each track as subtitles, for players outside of browsers."""

import re
from pathlib import Path

from reelwise.analysis.formats.cues import cues_of, player_clock
from reelwise.analysis.formats.format import ExportFormat, Files
from reelwise.analysis.formats.text import one_line
from reelwise.analysis.formats.tracks import moment_items, segment_tracks, track_files
from reelwise.analysis.results import Analysis, SegmentTrack

_MARKUP = str.maketrans("<>{}\\", "‹›()/")
"""Players read tags and codes in subtitles, and SubRip has no way to escape them: characters that look alike."""

_COLON_OF_A_TIME = re.compile(r"(?<=\d):(?=\d)")
"""Some readers take each line with two times for the line of a cue's times, whatever stands between them."""


def write(analysis: Analysis, folder: Path) -> Files:
    """``cues-<track>.srt`` for each track of items: label and score; none for a track without any.

    A SubRip file without a subtitle is an empty file, which readers refuse.

    Raises:
        FormatError: Frames are too short for milliseconds.
    """
    tracks = track_files(segment_tracks(analysis), "cues-*.srt")
    texts = {name: _text(analysis, track) for name, track in tracks.items()}
    return {name: text for name, text in texts.items() if text}


def _text(analysis: Analysis, track: SegmentTrack) -> str:
    clock = player_clock(analysis)
    blocks = []
    for number, cue in enumerate(cues_of(analysis, moment_items(analysis, track)), 1):
        times = f"{clock.text(cue.start, ',')} --> {clock.text(cue.end, ',')}"
        blocks.append(f"{number}\n{times}\n{subtitle_text(cue.item.label)} {cue.item.score:.2f}\n")
    return "\n".join(blocks)


def subtitle_text(text: str) -> str:
    """Text that no player takes for a tag or a code, and no reader for times.

    Example:
        >>> subtitle_text("<b> 0:00:01")
        '‹b› 0∶00∶01'
    """
    return _COLON_OF_A_TIME.sub("∶", one_line(text).translate(_MARKUP))


FORMAT = ExportFormat("srt", ("cues-*.srt",), "the items of each track as subtitles of any player", write)
