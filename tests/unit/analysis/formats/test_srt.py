"""Subtitles, read back by pysubs2."""

from fractions import Fraction
from pathlib import Path

import crafted_tracks
import pysubs2
import pytest

from reelwise.analysis.formats.srt import FORMAT


@pytest.mark.parametrize("rate", [*crafted_tracks.RATES, None])
def test_every_time_comes_back_to_its_frame(rate: Fraction | None, tmp_path: Path) -> None:
    start = Fraction(1001, 30_000)
    crafted = (
        crafted_tracks.craft_rate(rate, start_seconds=start)
        if rate
        else crafted_tracks.craft_uneven(start_seconds=start)
    )
    text = FORMAT.write(crafted.analysis, tmp_path)["cues-shots.srt"]
    assert isinstance(text, str)
    events = pysubs2.SSAFile.from_string(text, format_="srt").events
    for shot, event in zip(crafted.analysis.items("shots"), events, strict=True):
        assert event.text == "shot 1.00"
        for milliseconds, moment in ((event.start, shot.start), (event.end, shot.end)):
            time = Fraction(milliseconds, 1000)
            assert crafted.frame_shown(time, player=True) == crafted.nearest_frame(time, player=True) == moment.frame


def test_only_tracks_with_subtitles_have_a_file(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), labels=())
    assert list(FORMAT.write(crafted.analysis, tmp_path)) == ["cues-shots.srt"]


def test_what_holds_for_the_whole_video_is_no_subtitle(tmp_path: Path) -> None:
    crafted = crafted_tracks.with_programme(crafted_tracks.craft_rate(Fraction(25)))
    text = FORMAT.write(crafted.analysis, tmp_path)["cues-sound.srt"]
    assert isinstance(text, str)
    assert [event.text for event in pysubs2.SSAFile.from_string(text, format_="srt")] == ["silence 1.00"]


def test_hostile_labels_are_one_line_without_tags_and_codes(tmp_path: Path) -> None:
    crafted = crafted_tracks.hostile()
    text = FORMAT.write(crafted.analysis, tmp_path)["cues-quality.srt"]
    assert isinstance(text, str)
    events = pysubs2.SSAFile.from_string(text, format_="srt").events
    assert len(events) == len(crafted.analysis.items("quality")) == text.count("-->")
    lines = text.splitlines()
    assert len(lines) == 4 * len(events) - 1
    assert not set("<{\\") & set(text)
    assert lines[2] == "‹script›alert(1)‹/script› 0.50"
