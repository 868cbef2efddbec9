"""Cues and chapters in WebVTT, read back by webvtt-py and pysubs2."""

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_tracks
import pysubs2
import pytest
import webvtt
from crafted_tracks import Crafted

from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.webvtt import CHAPTERS, CUES

STARTS = (Fraction(0), Fraction(1024, 44_100), Fraction(7, 3))


def text_of(files: dict[str, str | bytes], name: str) -> str:
    text = files[name]
    assert isinstance(text, str)
    return text


def cases() -> list[Crafted]:
    even = [
        crafted_tracks.craft_rate(rate, transition_length=3, start_seconds=STARTS[1]) for rate in crafted_tracks.RATES
    ]
    coarse = [crafted_tracks.craft_rate(rate, Fraction(1, 1000), first_pts=-40) for rate in crafted_tracks.RATES]
    uneven = [crafted_tracks.craft_uneven(start_seconds=start, transition_length=3) for start in STARTS]
    return [*even, *coarse, *uneven]


@pytest.mark.parametrize("crafted", cases(), ids=lambda crafted: f"{crafted.clock.rate}")
def test_cues_come_back_to_their_frames(crafted: Crafted, tmp_path: Path) -> None:
    text = text_of(CUES.write(crafted.analysis, tmp_path), "cues-shots.vtt")
    shots = crafted.analysis.items("shots")
    captions = list(webvtt.from_buffer(io.StringIO(text)))
    events = pysubs2.SSAFile.from_string(text, format_="vtt").events
    for shot, caption, event in zip(shots, captions, events, strict=True):
        assert (caption.identifier, caption.text) == (shot.id, "shot 1.00")
        for moment, label, milliseconds in (
            (shot.start, caption.start, event.start),
            (shot.end, caption.end, event.end),
        ):
            hours, minutes, seconds = label.split(":")
            time = int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
            assert time == Fraction(milliseconds, 1000)
            assert crafted.frame_shown(time, player=True) == moment.frame
            assert crafted.nearest_frame(time, player=True) == moment.frame


@pytest.mark.parametrize("crafted", cases()[:3], ids=lambda crafted: f"{crafted.clock.rate}")
def test_chapters_are_the_shots(crafted: Crafted, tmp_path: Path) -> None:
    text = text_of(CHAPTERS.write(crafted.analysis, tmp_path), "chapters.vtt")
    captions = list(webvtt.from_buffer(io.StringIO(text)))
    cues = list(webvtt.from_buffer(io.StringIO(text_of(CUES.write(crafted.analysis, tmp_path), "cues-shots.vtt"))))
    assert [(each.start, each.end) for each in captions] == [(each.start, each.end) for each in cues]
    assert [each.text for each in captions] == [f"Shot {number}" for number in range(1, len(captions) + 1)]


def test_each_track_has_a_file_and_hostile_names_stay_text(tmp_path: Path) -> None:
    crafted = crafted_tracks.hostile()
    files = CUES.write(crafted.analysis, tmp_path)
    assert len(files) == len(crafted.analysis.tracks)
    for text, track in zip(files.values(), crafted.analysis.tracks, strict=True):
        assert isinstance(text, str)
        captions = list(webvtt.from_buffer(io.StringIO(text)))
        assert len(captions) == len(track.items) == text.count("-->")
        assert text.count("\n\n") == len(captions)
    labels = [caption.text for caption in webvtt.from_buffer(io.StringIO(text_of(files, "cues-quality.vtt")))]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 0.50" in labels


@pytest.mark.parametrize("name", ["NOTE", "STYLE", "REGION", "NOTE -->", "", "a\nb"])
def test_an_identifier_begins_no_other_block(name: str, tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25))
    shots = crafted.analysis.tracks[0]
    item = replace(shots.items[0], id=name)
    files = CUES.write(replace(crafted.analysis, tracks=(replace(shots, items=(item,)),)), tmp_path)
    (caption,) = webvtt.from_buffer(io.StringIO(text_of(files, "cues-shots.vtt")))
    assert caption.text == "shot 1.00"


def test_items_shorter_than_a_millisecond_are_refused(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft([0, 10_000, 10_010, 90_000], Fraction(1, 90_000), (0, 1, 2, 3))
    with pytest.raises(FormatError, match="shorter than a millisecond"):
        CUES.write(crafted.analysis, tmp_path)
