"""The pieces that a timeline of the video is cut into: its shots, and the frames of gradual transitions between."""

from collections.abc import Iterator
from dataclasses import dataclass

from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.tracks import shot_items
from reelwise.analysis.results import Analysis, Item, Moment


@dataclass(frozen=True)
class Piece:
    """A piece of the timeline.

    Args:
        name: Such as ``shot 2`` or ``dissolve 2``.
        start: Its first frame.
        end: The first frame behind.
        shot: The shot that it is, or that the transition leads to.
        is_transition: Whether it holds the frames that two shots share.
    """

    name: str
    start: Moment
    end: Moment
    shot: Item
    is_transition: bool = False


def timeline_pieces(analysis: Analysis) -> list[Piece]:
    """All pieces in order of time, each from its own first frame to the next one's.

    A gradual transition is a piece by itself: its frames belong to neither shot, and an editor wants them apart.

    Raises:
        FormatError: The analyzer of shots did not run, or the shots overlap.
    """
    return list(_pieces(shot_items(analysis)))


def _pieces(shots: tuple[Item, ...]) -> Iterator[Piece]:
    previous: Item | None = None
    for number, shot in enumerate(shots, 1):
        if previous and shot.start.frame < previous.end.frame:
            raise FormatError("shots overlap, and this format sets them one after the other.", hint="Analyze again.")
        if previous and shot.start.frame > previous.end.frame:
            kind = shot.transition_in.type if shot.transition_in else "gap"
            yield Piece(f"{kind} {number}", previous.end, shot.start, shot, is_transition=True)
        yield Piece(f"shot {number}", shot.start, shot.end, shot)
        previous = shot
