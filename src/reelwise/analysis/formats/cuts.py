"""The pieces that a timeline of the video is cut into: its shots, and the frames of gradual transitions between."""

from collections.abc import Iterator
from dataclasses import dataclass

from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.tracks import shot_items, video_edges
from reelwise.analysis.results import Analysis, Item, Moment


@dataclass(frozen=True)
class Piece:
    """A piece of the timeline.

    Args:
        name: Such as ``shot 2`` or ``dissolve 2``.
        start: Its first frame.
        end: The first frame behind.
        shot: The shot that it is, that the transition leads to, or behind which the video goes on.
        is_transition: Whether its frames belong to no shot.
    """

    name: str
    start: Moment
    end: Moment
    shot: Item
    is_transition: bool = False


def timeline_pieces(analysis: Analysis) -> list[Piece]:
    """All pieces in order of time, which cover the whole video; none where there are no shots.

    A gradual transition is a piece by itself: its frames belong to neither shot, and an editor wants them apart.

    Raises:
        FormatError: The analyzer of shots did not run, or the shots overlap.
    """
    shots = shot_items(analysis)
    return list(_pieces(shots, *video_edges(analysis))) if shots else []


def _pieces(shots: tuple[Item, ...], first: Moment, last: Moment) -> Iterator[Piece]:
    end = first
    for number, shot in enumerate(shots, 1):
        if shot.start.frame < end.frame:
            raise FormatError("shots overlap, and this format sets them one after the other.", hint="Analyze again.")
        if shot.start.frame > end.frame:
            kind = shot.transition_in.type if shot.transition_in else "frames before shot"
            yield Piece(f"{kind} {number}", end, shot.start, shot, is_transition=True)
        yield Piece(f"shot {number}", shot.start, shot.end, shot)
        end = shot.end
    if end.frame < last.frame:  # a video that fades out
        yield Piece(f"frames after shot {len(shots)}", end, last, shots[-1], is_transition=True)
