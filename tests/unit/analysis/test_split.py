"""The shots of an analysis as files: one per shot, without the frames of gradual transitions."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import crafted
import crafted_tracks
import pytest
from frame_numbers import read_number

from reelwise.analysis.results import SegmentTrack
from reelwise.analysis.split import write_shots
from reelwise.core.errors import DataError
from reelwise.media.clips import CopyResult
from reelwise.media.readers.pyav_reader import PyAVReader


def numbers_in(path: Path) -> list[int]:
    with PyAVReader(path) as reader:
        return [read_number(frame.image) for frame in reader]


def crafted_of(video: Path, **kwargs) -> crafted_tracks.Crafted:
    with PyAVReader(video) as reader:
        pts = [frame.pts for frame in reader]
        pts.append(reader.end_pts)
        first = pts[0]
        ticks = [each - first for each in pts]
        return crafted_tracks.craft(ticks, reader.time_base, (0, 3, 14, 30), first_pts=first, **kwargs)


def test_each_shot_is_a_file_of_its_frames(tmp_path: Path) -> None:
    video = crafted.make_video(tmp_path / "a.mkv", pts=lambda index: index * index + 7)
    analysis = crafted_of(video, transition_length=2).analysis
    assert write_shots(analysis, video, tmp_path / "clips").num_frames == 28
    paths = sorted((tmp_path / "clips").iterdir())
    assert [path.name for path in paths] == ["shot-0001.mp4", "shot-0002.mp4", "shot-0003.mp4"]
    assert [numbers_in(path) for path in paths] == [[0], list(range(3, 14)), list(range(14, 30))]


def test_no_shots_write_nothing(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft([0, 40], Fraction(1, 1000)).analysis
    assert write_shots(analysis, tmp_path / "none.mp4", tmp_path / "clips") == CopyResult(0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("order", [(1, 0), (0, 0)])
def test_shots_that_overlap_are_refused(order: tuple[int, int], tmp_path: Path) -> None:
    analysis = crafted_tracks.craft(range(11), Fraction(1, 25), (0, 5, 10)).analysis
    shots = SegmentTrack("shots", "", tuple(analysis.items("shots")[number] for number in order))
    with pytest.raises(DataError, match="overlap"):
        write_shots(replace(analysis, tracks=(shots,)), tmp_path / "a.mp4", tmp_path)
