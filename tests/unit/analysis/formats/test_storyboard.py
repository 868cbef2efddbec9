"""storyboard.md: one line for each shot, with what every track says of it."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_tracks
import numpy as np
import pytest

from reelwise.analysis.formats.storyboard import FORMAT
from reelwise.analysis.results import Analysis, SegmentTrack, SignalTrack

MOTION = SignalTrack("motion", "", "signals.npz#motion", ("energy", "unknown"), {"energy": "grey levels"})
LOUDNESS = SignalTrack("sound", "", "signals.npz#sound", ("short_term",), {"short_term": "LUFS"}, step_seconds="1/10")


def storyboard(analysis: Analysis, folder: Path) -> list[str]:
    text = FORMAT.write(analysis, folder)["storyboard.md"]
    assert isinstance(text, str)
    return text.splitlines()


def write_signals(folder: Path, num_frames: int) -> None:
    energy = np.arange(num_frames, dtype=np.float32)
    motion = np.stack([energy, np.full(num_frames, np.nan, np.float32)], axis=1)
    np.savez(folder / "signals.npz", motion=motion, sound=np.arange(1000, dtype=np.float32)[:, None])


def test_a_shot_is_one_line(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), transition_length=3)
    write_signals(tmp_path, len(crafted.clock))
    analysis = replace(crafted.analysis, tracks=(*crafted.analysis.tracks, MOTION, LOUDNESS))
    lines = storyboard(analysis, tmp_path)
    assert lines[0] == "# film.mp4"
    assert "- 601.600 s, 15,040 frames, rate 25 per second" in lines
    assert "- sound: aac, 48000 Hz, 2 channels" in lines
    assert "- 9 shots" in lines
    shots = lines[lines.index("## Shots") + 2 :]
    assert len(shots) == 9
    assert shots[3] == (
        "4. **00:00:00:07–00:00:04:00** frames 7–99, 3.720 s, after a dissolve (score 0.90)"
        " · ![shot 4](../thumbs/shots-3.jpg) · quality: freeze 00:00:00:07–00:00:04:00 (score 0.50, strength 0.25)"
        " · motion: mean energy 53 grey levels · sound: mean short term 20.5 LUFS"
    )
    assert shots[2].endswith(
        " · motion: mean energy 2.5 grey levels · sound: mean short term 0.5 LUFS"
    )  # rows of 0.1 s, also those it shares


def test_a_variable_rate_shows_seconds(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_uneven()
    shots = [line for line in storyboard(crafted.analysis, tmp_path) if line[:1].isdigit()]
    assert shots[0].startswith("1. **00:00:00.000–00:00:00.0")
    assert len(shots) == 9


def test_pictures_are_keyframes_where_a_shot_has_none(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    bare = tuple(replace(shot, picture=None) for shot in analysis.items("shots"))
    inside = replace(bare[4], picture="thumbs/a (1).jpg")
    tracks = (SegmentTrack("shots", "", bare), SegmentTrack("keyframes", "", (inside,)))
    shots = [line for line in storyboard(replace(analysis, tracks=tracks), tmp_path) if line[:1].isdigit()]
    assert [("![" in line) for line in shots] == [number == 4 for number in range(9)]
    assert "](../thumbs/a%20%281%29.jpg)" in shots[4]
    assert not [line for line in shots if "keyframes" in line]


def test_many_labels_are_counted(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), labels=[f"l{number}" for number in range(8)])
    (line,) = [line for line in storyboard(crafted.analysis, tmp_path) if line.startswith("2.")]
    events = [f"l{number} at 00:00:00:01 (score 0.50, strength 0.25)" for number in range(5)]
    assert line.endswith(f"quality: {'; '.join(events)}; 3 more")


def test_one_of_a_kind_is_singular(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft([0, 1], Fraction(1, 25), [0, 1], labels=())
    lines = storyboard(crafted.analysis, tmp_path)
    assert "- 0.040 s, 1 frame" in lines
    assert "- 1 shot" in lines
    assert lines[-1] == "1. **00:00:00.000–00:00:00.040** frame 0, 0.040 s · ![shot 1](../thumbs/shots-0.jpg)"


def test_means_are_written_out_unless_they_are_zero(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), labels=())
    values = np.tile(np.array([2059.4, 6.7e-05, -0.387], np.float32), (len(crafted.clock), 1))
    np.savez(tmp_path / "signals.npz", quality=values)
    columns = ("sharpness", "clipped_low", "pan")
    track = SignalTrack("quality", "", "signals.npz#quality", columns, {"clipped_low": "% of pixels"})
    lines = storyboard(replace(crafted.analysis, tracks=(crafted.analysis.tracks[0], track)), tmp_path)
    assert lines[-1].endswith("quality: mean sharpness 2,059, pan −0.387")


def test_what_holds_for_the_whole_video_stands_above_the_shots(tmp_path: Path) -> None:
    crafted = crafted_tracks.with_programme(crafted_tracks.craft_rate(Fraction(25), labels=()))
    lines = storyboard(crafted.analysis, tmp_path)
    assert "- sound, whole video: programme, loudness −8.83 LUFS, peak 1.25 dBFS" in lines
    assert "programme" not in "".join(lines[lines.index("## Shots") :])


def test_a_waveform_has_no_mean(tmp_path: Path) -> None:
    crafted = crafted_tracks.craft_rate(Fraction(25), labels=())
    np.savez(tmp_path / "signals.npz", waveform=np.zeros((70_000, 2), np.float32))
    track = SignalTrack("waveform", "", "signals.npz#waveform", ("lowest", "highest"), {}, "1/100")
    plain = storyboard(crafted.analysis, tmp_path)
    assert storyboard(replace(crafted.analysis, tracks=(*crafted.analysis.tracks, track)), tmp_path) == plain


def test_hostile_names_are_text(tmp_path: Path) -> None:
    crafted = crafted_tracks.hostile()
    lines = storyboard(crafted.analysis, tmp_path)
    assert len([line for line in lines if line[:1].isdigit()]) == len(crafted.analysis.items("shots"))
    assert not [line for line in lines if line.startswith(("WEBVTT", "START"))]
    text = "\n".join(lines)
    assert "<script" not in text.replace("\\<", "")
    assert "![x](" not in text.replace("\\!", "").replace("\\[", "")


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no zip"])
def test_signals_that_are_gone_or_damaged_are_left_out(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "signals.npz").write_bytes(content)
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    lines = storyboard(replace(analysis, tracks=(*analysis.tracks, MOTION)), tmp_path)
    assert len([line for line in lines if line[:1].isdigit()]) == 9
    np.savez(tmp_path / "signals.npz", motion=np.zeros((3, 5), np.float32))
    assert storyboard(replace(analysis, tracks=(*analysis.tracks, MOTION)), tmp_path) == lines
    np.savez(tmp_path / "signals.npz", motion=np.array([{}], object))
    assert storyboard(replace(analysis, tracks=(*analysis.tracks, MOTION)), tmp_path) == lines
