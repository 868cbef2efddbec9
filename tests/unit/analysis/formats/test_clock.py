"""Rounded times: inside their frame, or refused."""

from dataclasses import replace
from fractions import Fraction

import crafted_tracks
import opentimelineio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.analysis.formats.clock import DecimalClock, TimecodeClock, timecode_clock
from reelwise.analysis.formats.format import FormatError


@settings(deadline=None, max_examples=50)
@given(
    gaps=st.lists(st.integers(180, 9000), min_size=2, max_size=30),
    first_pts=st.integers(-(10**9), 10**12),
    start=st.sampled_from([Fraction(0), Fraction(1, 44_100), Fraction(1, 3), Fraction(7001, 90_000)]),
    digits=st.sampled_from([3, 6, 9]),
)
def test_a_rounded_time_shows_its_frame(gaps: list[int], first_pts: int, start: Fraction, digits: int) -> None:
    pts = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
    crafted = crafted_tracks.craft(pts, Fraction(1, 90_000), first_pts=first_pts, start_seconds=start)
    clock = DecimalClock(crafted.analysis.media, digits, is_player_clock=True)
    for frame in range(len(pts)):
        time = Fraction(clock.units(crafted.clock.moment(frame)), 10**digits)
        assert crafted.frame_shown(time, player=True) == frame
        assert 0 <= time - start - crafted.clock.seconds_of(frame) < Fraction(1, 10**digits)


@pytest.mark.parametrize(
    ("rate", "is_refused"), [(240, False), (500, False), (600, False), (900, True), (1000, False), (1500, True)]
)
def test_frames_too_short_for_milliseconds_are_refused(rate: int, is_refused: bool) -> None:
    crafted = crafted_tracks.craft(
        crafted_tracks.frame_times(Fraction(rate), 500, Fraction(1, 10**6)), Fraction(1, 10**6)
    )
    media = replace(crafted.analysis.media, frame_rate=str(rate))
    clock = DecimalClock(media, 3)
    moments = [crafted.clock.moment(frame) for frame in range(500)]
    if is_refused:
        with pytest.raises(FormatError, match="too short for times of 3 decimals"):
            [clock.units(moment) for moment in moments]
    else:
        assert [crafted.nearest_frame(Fraction(clock.units(moment), 1000)) for moment in moments] == list(range(500))


@settings(deadline=None, max_examples=50)
@given(
    rate=st.sampled_from(crafted_tracks.RATES),
    frames=st.lists(st.integers(0, 23 * 3600 * 24), min_size=1, max_size=50),
    is_drop_frame=st.booleans(),
)
def test_a_timecode_is_read_back_as_its_frame(rate: Fraction, frames: list[int], is_drop_frame: bool) -> None:
    clock = TimecodeClock(rate, is_drop_frame and rate in (Fraction(30_000, 1001), Fraction(60_000, 1001)))
    for frame in frames:
        assert opentimelineio.opentime.from_timecode(clock.label(frame), float(rate)).to_frames() == frame


@pytest.mark.parametrize("rate", crafted_tracks.RATES)
def test_labels_are_those_of_the_analysis(rate: Fraction) -> None:
    analysis = crafted_tracks.craft_rate(rate).analysis
    for each in (analysis, crafted_tracks.non_drop(analysis)):
        clock = timecode_clock(each)
        assert clock.rate == rate
        if rate.denominator == 1 or each is analysis:
            assert [clock.label(item.start.frame) for item in each.items("shots")] == [
                item.start.timecode for item in each.items("shots")
            ]
        else:
            assert not clock.is_drop_frame
