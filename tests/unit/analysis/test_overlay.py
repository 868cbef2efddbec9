"""The overlay: what stands in which frames, and that the copy keeps its times."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted
import crafted_tracks
import numpy as np
import pytest

from reelwise.analysis import overlay
from reelwise.analysis.overlay import captions_of, write_overlay
from reelwise.analysis.results import SegmentTrack
from reelwise.media.annotated import Caption
from reelwise.media.readers.pyav_reader import PyAVReader


def test_every_finding_has_a_caption_in_its_frames() -> None:
    analysis = crafted_tracks.craft(range(31), Fraction(1, 25), (0, 10, 20, 30), transition_length=3).analysis
    keyframes = SegmentTrack("keyframes", "", analysis.items("shots"))
    captions = list(captions_of(replace(analysis, tracks=(*analysis.tracks, keyframes))))
    assert captions == [
        Caption(0, 7, "shot 1 of 3"),
        Caption(7, 10, "dissolve to shot 2  0.90"),
        Caption(10, 20, "shot 2 of 3"),
        Caption(20, 30, "shot 3 of 3"),
        Caption(0, 7, "quality: freeze  0.50"),
        Caption(10, 20, "quality: freeze  0.50"),
        Caption(20, 30, "quality: freeze  0.50"),
    ]


def test_what_holds_for_the_whole_video_has_none() -> None:
    analysis = crafted_tracks.craft(range(31), Fraction(1, 25), (0, 10, 20, 30), labels=()).analysis
    whole = replace(analysis.items("shots")[0], label="programme", end=analysis.items("shots")[-1].end)
    sound = SegmentTrack("sound", "reelwise.sound/3", (whole,))
    captions = captions_of(replace(analysis, tracks=(*analysis.tracks, sound)))
    assert not [caption for caption in captions if "sound" in caption.text]


def test_labels_are_words() -> None:
    analysis = crafted_tracks.craft(range(31), Fraction(1, 25), (0, 10, 30), labels=("repeated_frames",)).analysis
    assert "quality: repeated frames  0.50" in {caption.text for caption in captions_of(analysis)}


def test_names_are_one_line() -> None:
    captions = list(captions_of(crafted_tracks.hostile().analysis))
    assert not [caption for caption in captions if not caption.text.replace("  ", " ").isprintable()]


def changes_of(video: Path, copy: Path) -> Iterator[np.ndarray]:
    """(H, W) differences of each frame, whose times are the same."""
    with PyAVReader(video) as before, PyAVReader(copy) as after:
        for one, other in zip(before, after, strict=True):
            one_time, other_time = one.pts * before.time_base, (other.pts - after.start_pts) * after.time_base
            assert abs(one_time - other_time) < Fraction(1, 500)
            yield np.abs(one.image.astype(int) - other.image).mean(axis=2)


def test_the_copy_shows_more_text_where_there_is_more(tmp_path: Path) -> None:
    video = crafted.make_video(tmp_path / "a.mkv", pts=lambda index: index * index, size_hw=(240, 320))
    analysis = crafted_tracks.craft(range(31), Fraction(1, 25), (0, 10, 30), labels=()).analysis
    shots = analysis.items("shots")
    labels = SegmentTrack("quality", "", (replace(shots[1], label="x" * 40),))
    result = write_overlay(replace(analysis, tracks=(analysis.tracks[0], labels)), video, tmp_path / "b.mp4")
    assert result.num_frames == 30
    for index, changes in enumerate(changes_of(video, tmp_path / "b.mp4")):
        assert (changes[48:58, 40:300].mean() > 20) == (index >= 10)  # the third line, longer than the others
        assert changes[80:].mean() < 8  # below the box
        assert changes[:, 312:].mean() < 8  # beside it


def test_a_video_with_a_timecode_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(overlay, "write_annotated", lambda *_, **kwargs: seen.append(kwargs["timecode_rate"]))
    for times in (range(31), [index * index for index in range(31)]):
        write_overlay(crafted_tracks.craft(times, Fraction(1, 25), (0, 30)).analysis, tmp_path / "a", tmp_path / "b")
    assert seen == [25, None]
