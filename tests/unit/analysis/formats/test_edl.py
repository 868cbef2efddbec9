"""shots.edl: CMX 3600, its timecodes read back by OpenTimelineIO."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_tracks
import opentimelineio
import pytest

from reelwise.analysis.formats.edl import FORMAT
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.results import Analysis

EVENT = re.compile(r"^(\d{3})  (\S{1,8}) +V +(C|D|W001) +(?:(\d{3}) )?" + r"(\S{11}) (\S{11}) (\S{11}) (\S{11})$")


def read_events(text: str, rate: Fraction) -> list[tuple[str, int, list[int]]]:
    """Kind, length and the four times of each event, in frames."""
    events = [match for line in text.splitlines() if (match := EVENT.match(line))]
    assert len(events) == len([line for line in text.splitlines() if re.match(r"\d{3} ", line)])
    return [
        (match[3], int(match[4] or 0), [round(opentimelineio.opentime.from_timecode(match[each], float(rate)).value)
         for each in (5, 6, 7, 8)])
        for match in events
    ]  # fmt: skip


def edl_of(analysis: Analysis, folder: Path) -> str:
    text = FORMAT.write(analysis, folder)["shots.edl"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("is_drop_frame", [True, False])
@pytest.mark.parametrize("rate", crafted_tracks.RATES)
def test_every_time_comes_back_to_its_frame(rate: Fraction, is_drop_frame: bool, tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(rate, Fraction(1, 1000)).analysis
    if not is_drop_frame:
        analysis = crafted_tracks.non_drop(analysis)
    text = edl_of(analysis, tmp_path)
    drops = is_drop_frame and rate in (Fraction(30000, 1001), Fraction(60000, 1001))
    assert text.splitlines()[1] == ("FCM: DROP FRAME" if drops else "FCM: NON-DROP FRAME")
    assert (";" in text) == drops
    spans = [[shot.start.frame, shot.end.frame] for shot in analysis.items("shots")]
    assert read_events(text, rate) == [("C", 0, span + span) for span in spans]


def test_a_gradual_transition_is_an_event_of_two_lines(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), transition_length=3)
    events = read_events(edl_of(crafted.analysis, tmp_path), Fraction(25))
    shot = crafted.analysis.items("shots")[3]
    assert shot.transition_in is not None
    assert [shot.transition_in.start_frame, shot.start.frame, shot.end.frame] == [4, 7, 100]
    assert events[2:5] == [("C", 0, [2, 4, 2, 4]), ("C", 0, [4, 4, 4, 4]), ("D", 3, [4, 100, 4, 100])]
    wipe = replace(shot, transition_in=replace(shot.transition_in, type="wipe"))
    shots = replace(crafted.analysis.tracks[0], items=(wipe,))
    text = edl_of(replace(crafted.analysis, tracks=(shots,)), tmp_path)
    assert read_events(text, Fraction(25))[1] == ("W001", 3, [4, 100, 4, 100])


def test_a_list_has_at_most_999_events(tmp_path: Path) -> None:
    time_base = Fraction(1, 25)
    files = FORMAT.write(crafted_tracks.craft(range(2000), time_base, range(2000)).analysis, tmp_path)
    assert list(files) == ["shots.edl", "shots-2.edl", "shots-3.edl"]
    events = [event for text in files.values() for event in read_events(str(text), Fraction(25))]
    assert [event[2][0] for event in events] == list(range(1999))
    assert str(files["shots-2.edl"]).splitlines()[3].startswith("001  ")


def test_names_stay_on_their_line(tmp_path: Path) -> None:
    analysis = crafted_tracks.hostile().analysis
    media = replace(analysis.media, file="dir/ab\n001  X  V  C\r\x0bñ<c>.mp4")
    lines = edl_of(replace(analysis, media=media), tmp_path).split("\n")
    assert lines[0] == "TITLE: ab 001 X V C ñ<c>"
    assert lines[3].startswith("001  AB001XVC V     C")
    assert len(lines) == 4 + 2 * len(analysis.items("shots"))


def test_a_day_is_the_longest(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft([0, 1], Fraction(1, 25), (0, 1)).analysis
    media = replace(analysis.media, variable_frame_rate=False, timecode_rate="25", num_frames=25 * 86_400)
    assert edl_of(replace(analysis, media=media), tmp_path)
    with pytest.raises(FormatError, match="longer than 24 hours"):
        edl_of(replace(analysis, media=replace(media, num_frames=25 * 86_400 + 1)), tmp_path)


def test_a_video_from_stdin_is_called_so(tmp_path: Path) -> None:
    assert edl_of(crafted_tracks.craft_rate(Fraction(25), file="-").analysis, tmp_path).startswith("TITLE: stdin\n")
