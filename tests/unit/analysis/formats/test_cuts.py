"""The pieces of a timeline: they cover the video, and each shot is one."""

from dataclasses import replace
from fractions import Fraction

import crafted_tracks
import pytest

from reelwise.analysis.formats.cuts import timeline_pieces
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.results import SegmentTrack, TransitionIn


def test_pieces_cover_the_video_also_where_it_fades_in_and_out() -> None:
    analysis = crafted_tracks.craft(range(41), Fraction(1, 25), (0, 20, 30, 40), first_pts=9).analysis
    first, second, third = analysis.items("shots")
    first = replace(
        first, start=replace(first.start, frame=5, pts=14), transition_in=TransitionIn("fade_black", 0, 5, 1)
    )
    second = replace(second, start=replace(second.start, frame=24, pts=33), transition_in=None)
    third = replace(third, end=replace(third.end, frame=36, pts=45))
    pieces = timeline_pieces(replace(analysis, tracks=(SegmentTrack("shots", "", (first, second, third)),)))
    assert [(piece.name, piece.start.frame, piece.end.frame, piece.is_transition) for piece in pieces] == [
        ("fade_black 1", 0, 5, True),
        ("shot 1", 5, 20, False),
        ("frames before shot 2", 20, 24, True),
        ("shot 2", 24, 30, False),
        ("shot 3", 30, 36, False),
        ("frames after shot 3", 36, 40, True),
    ]
    assert (pieces[0].start.pts, pieces[-1].end.pts) == (9, 49)


def test_shots_that_overlap_are_refused() -> None:
    analysis = crafted_tracks.craft(range(41), Fraction(1, 25), (0, 20, 40)).analysis
    shots = SegmentTrack("shots", "", analysis.items("shots")[::-1])
    with pytest.raises(FormatError, match="overlap"):
        timeline_pieces(replace(analysis, tracks=(shots,)))
