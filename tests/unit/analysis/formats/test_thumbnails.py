"""Sprite sheets: each tile is the picture of its shot, and the cues cover the video."""

import io
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted_tracks
import numpy as np
import pytest
import webvtt
from PIL import Image

from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.thumbnails import FORMAT
from reelwise.analysis.results import Analysis, SegmentTrack, StripPicture


def read_tiles(files: dict[str, str | bytes]) -> list[tuple[str, str, float]]:
    """Start, end and mean brightness of each tile."""
    text = files["thumbnails.vtt"]
    assert isinstance(text, str)
    sheets = {name: np.asarray(Image.open(io.BytesIO(data))) for name, data in files.items() if isinstance(data, bytes)}
    tiles = []
    for caption in webvtt.from_buffer(io.StringIO(text)):
        match = re.fullmatch(r"(thumbnails(?:-\d+)?\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)", caption.text)
        assert match
        x, y, width, height = (int(each) for each in match.groups()[1:])
        tile = sheets[match[1]][y : y + height, x : x + width]
        assert tile.shape == (90, 160, 3)
        tiles.append((caption.start, caption.end, float(tile.mean())))
    return tiles


def test_tiles_show_their_shots(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path)
    crafted = crafted_tracks.craft_rate(Fraction(25), start_seconds=Fraction(1, 2))
    tiles = read_tiles(FORMAT.write(crafted.analysis, tmp_path))
    assert [round(tile[2] / 20) for tile in tiles] == list(range(9))
    starts = ["00:00:00.500", "00:00:00.540", "00:00:00.580", "00:00:00.780", "00:00:04.500"]
    assert [tile[0] for tile in tiles[:5]] == starts
    assert [tile[1] for tile in tiles[:4]] == starts[1:]
    assert tiles[-1][1] == "00:10:02.100"


def test_a_sheet_has_a_hundred_tiles_and_no_more_than_needed(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path, 205)
    crafted = crafted_tracks.craft(range(206), Fraction(1, 25), range(206))
    files = FORMAT.write(crafted.analysis, tmp_path)
    assert list(files) == ["thumbnails.vtt", "thumbnails.jpg", "thumbnails-2.jpg", "thumbnails-3.jpg"]
    tiles = read_tiles(files)
    assert [round(tile[2] / 20) for tile in tiles] == [round(number * 20 % 256 / 20) for number in range(205)]
    assert Image.open(io.BytesIO(files["thumbnails-3.jpg"])).size == (5 * 160, 90)  # type: ignore[arg-type]


def test_keyframes_come_before_shots(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path)
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    shots = analysis.items("shots")
    keyframes = SegmentTrack("keyframes", "", (shots[3], replace(shots[1], picture="thumbs/shots-7.jpg"), shots[3]))
    tiles = read_tiles(FORMAT.write(replace(analysis, tracks=(*analysis.tracks, keyframes)), tmp_path))
    assert [round(tile[2] / 20) for tile in tiles] == [7, 3]


def test_pictures_at_even_steps_come_before_all(tmp_path: Path) -> None:
    crafted_tracks.write_pictures(tmp_path)
    crafted = crafted_tracks.craft_rate(Fraction(25))
    moments = [crafted.clock.moment(frame) for frame in (0, 50, 100)]
    strip = tuple(
        StripPicture(each, f"thumbs/shots-{number}.jpg") for number, each in zip((5, 6, 2), moments, strict=True)
    )
    tiles = read_tiles(FORMAT.write(replace(crafted.analysis, strip=strip), tmp_path))
    assert [round(tile[2] / 20) for tile in tiles] == [5, 6, 2]
    assert [tile[0] for tile in tiles] == ["00:00:00.000", "00:00:02.000", "00:00:04.000"]


def with_picture(analysis: Analysis, name: str) -> Analysis:
    shots = analysis.tracks[0]
    assert isinstance(shots, SegmentTrack)
    return replace(analysis, tracks=(replace(shots, items=(replace(shots.items[0], picture=name),)),))


@pytest.mark.parametrize(
    "name", ["../outside.jpg", "/etc/hosts", "a\0b", "x" * 5000, "no.jpg", "text.jpg", "p.png", "."]
)
def test_what_is_no_picture_of_the_folder_is_left_out(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "analysis"
    folder.mkdir()
    Image.new("RGB", (16, 16)).save(tmp_path / "outside.jpg")
    Image.new("RGB", (16, 16)).save(folder / "p.png")
    (folder / "text.jpg").write_text("text", encoding="utf-8")
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    with pytest.raises(FormatError, match="made of pictures"):
        FORMAT.write(with_picture(analysis, name), folder)
    Image.new("RGB", (16, 16)).save(folder / "inside.jpg")
    assert FORMAT.write(with_picture(analysis, "inside.jpg"), folder)
