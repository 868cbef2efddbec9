"""Which items say something of a moment, and which of the whole video."""

from dataclasses import replace
from fractions import Fraction

import crafted_tracks

from reelwise.analysis.formats.tracks import moment_items, whole_video_items
from reelwise.analysis.results import Item, SegmentTrack


def test_what_a_model_recognizes_stays_whatever_its_file_is_called() -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25))
    whole = Item("actions-0", "wave", 0.9, crafted.clock.moment(0), crafted.clock.moment(len(crafted.clock)))
    track = SegmentTrack("actions", "reelwise.keras", (whole,))
    analysis = replace(crafted.analysis, tracks=(track,))
    assert moment_items(analysis, track) == (whole,)
    assert not list(whole_video_items(analysis))


def test_what_an_analyzer_measures_of_the_whole_video_is_no_moment() -> None:
    analysis = crafted_tracks.with_programme(crafted_tracks.craft_rate(Fraction(25))).analysis
    track = analysis.track("sound")
    assert isinstance(track, SegmentTrack)
    assert [item.label for item in moment_items(analysis, track)] == ["silence"]
    assert [(each.id, item.label) for each, item in whole_video_items(analysis)] == [("sound", "programme")]
