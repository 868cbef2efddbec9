"""timeline.otio: read back by OpenTimelineIO, tick for tick."""

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import crafted_tracks
import opentimelineio
import pytest
from crafted_tracks import Crafted

from reelwise.analysis.formats.cuts import timeline_pieces
from reelwise.analysis.formats.otio import FORMAT


def timeline_of(crafted: Crafted, folder: Path) -> Any:
    text = FORMAT.write(crafted.analysis, folder)["timeline.otio"]
    assert isinstance(text, str)
    return opentimelineio.adapters.read_from_string(text, "otio_json")


@pytest.mark.parametrize("time_base", crafted_tracks.TIME_BASES)
@pytest.mark.parametrize("rate", [*crafted_tracks.RATES, None])
def test_ticks_come_back_without_loss(rate: Fraction | None, time_base: Fraction, tmp_path: Path) -> None:
    crafted = (
        crafted_tracks.craft_rate(rate, time_base, transition_length=3, first_pts=-7)
        if rate
        else crafted_tracks.craft_uneven(first_pts=10**9, transition_length=3)
    )
    (track,) = timeline_of(crafted, tmp_path).video_tracks()
    pieces = timeline_pieces(crafted.analysis)
    assert [piece.name for piece in pieces].count("dissolve 4") == 1
    first_pts = crafted.analysis.media.first_pts
    for piece, clip in zip(pieces, track, strict=True):
        start, duration = clip.source_range.start_time, clip.source_range.duration
        assert math.isclose(start.rate, 1 / crafted.clock.time_base, rel_tol=1e-15)
        assert (start.value, duration.value) == (piece.start.pts - first_pts, piece.end.pts - piece.start.pts)
        seconds = int(start.value) * crafted.clock.time_base
        assert crafted.frame_shown(seconds) == piece.start.frame == clip.metadata["reelwise"]["start_frame"]
        assert track.range_of_child(clip) == clip.source_range  # the timeline plays as the video does
    for item, marker in zip(crafted.analysis.items("quality"), track.markers, strict=True):
        assert marker.marked_range.start_time.value == item.start.pts - first_pts
        assert marker.marked_range.duration.value == item.end.pts - item.start.pts
        assert (marker.name, marker.metadata["reelwise"]["track"]) == ("freeze", "quality")


def test_transitions_are_in_the_metadata(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), transition_length=3)
    clips = list(timeline_of(crafted, tmp_path).find_clips())
    assert [clip.name for clip in clips[2:5]] == ["shot 3", "dissolve 4", "shot 4"]
    transition = clips[4].metadata["reelwise"]["transition_in"]
    assert dict(transition) == {"type": "dissolve", "start_frame": 4, "end_frame": 7, "score": 0.9}
    assert clips[0].media_reference.target_url.endswith("/film.mp4")


def test_a_time_base_that_is_no_unit_fraction(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft(range(101), Fraction(1001, 30_000), (0, 33, 100))
    clips = list(timeline_of(crafted, tmp_path).find_clips())
    assert [clip.source_range.start_time.to_frames() for clip in clips] == [0, 33]


def test_a_video_from_stdin_has_a_name_and_no_address(tmp_path: Path) -> None:
    timeline = timeline_of(crafted_tracks.craft_rate(Fraction(25), file="-"), tmp_path)
    assert timeline.name == "stdin"
    reference = timeline.video_tracks()[0][0].media_reference
    assert isinstance(reference, opentimelineio.schema.MissingReference)
    assert reference.available_range.duration.value > 0
