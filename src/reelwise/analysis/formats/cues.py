"""Items as cues in milliseconds of a player's clock: what subtitles and chapters are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from reelwise.analysis.formats.clock import DecimalClock
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.tracks import shot_items
from reelwise.analysis.results import Analysis, Item

MILLISECONDS = 3
"""Decimals of a second in cues and chapters; MP4 keeps no more of a chapter."""


@dataclass(frozen=True)
class Cue:
    """An item on a player's clock.

    Args:
        start: Milliseconds of its first frame, rounded up, so that a seek to it shows that frame.
        end: Milliseconds of the first frame behind, rounded up.
        item: The item.
    """

    start: int
    end: int
    item: Item


def cues_of(analysis: Analysis, items: Iterable[Item]) -> list[Cue]:
    """Cues in order of their start; items without a frame have none.

    Raises:
        FormatError: Frames are too short for milliseconds.
    """
    clock = player_clock(analysis)
    cues = [
        Cue(clock.units(item.start), clock.units(item.end), item) for item in items if item.end.frame > item.start.frame
    ]
    if any(cue.end <= cue.start for cue in cues):
        raise FormatError("an item is shorter than a millisecond.", hint="Use another format, such as csv.")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def player_clock(analysis: Analysis) -> DecimalClock:
    """Milliseconds as players count them: where the first frame lies on the container's clock is added."""
    return DecimalClock(analysis.media, MILLISECONDS, is_player_clock=True)


def chapters_of(analysis: Analysis) -> list[tuple[str, Cue]]:
    """Title and times of a chapter for each shot.

    Raises:
        FormatError: The analyzer of shots did not run, or frames are too short for milliseconds.
    """
    return [(f"Shot {number}", cue) for number, cue in enumerate(cues_of(analysis, shot_items(analysis)), 1)]
