"""Whoever goes to a time of an export sees the frame that it means: real files, whose frames carry their numbers."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import crafted
import crafted_tracks
import pytest
from crafted_tracks import Crafted
from frame_numbers import read_number
from sound_files import Track, make_sounding, tone

from reelwise.analysis.formats.chapters import FFMETADATA
from reelwise.analysis.formats.webvtt import CUES
from reelwise.media.readers.pyav_reader import PyAVReader

BOUNDARIES = (0, 1, 2, 9, 10, 25)


def analysis_of(video: Path) -> Crafted:
    with PyAVReader(video) as reader:
        pts = [frame.pts - reader.start_pts for frame in reader]
        pts.append(reader.end_pts - reader.start_pts)
        start = reader.start_seconds
        return crafted_tracks.craft(pts, reader.time_base, BOUNDARIES, first_pts=reader.start_pts, start_seconds=start)


def times_on_players_clock(video: Path, number: Callable[[av.VideoFrame], int]) -> list[tuple[Fraction, int]]:
    """When a player shows each frame, with what is painted in it: the earliest stream of a file starts at 0."""
    with av.open(str(video)) as container:
        start = Fraction(container.start_time or 0, av.time_base)
        stream = container.streams.video[0]
        assert stream.time_base is not None
        times = [((frame.pts or 0) * stream.time_base - start, number(frame)) for frame in container.decode(stream)]
    return sorted(times)


def brightness(frame: av.VideoFrame) -> int:
    return round(float(frame.to_ndarray(format="rgb24").mean()) / 8)


def painted(frame: av.VideoFrame) -> int:
    return read_number(frame.to_ndarray(format="rgb24"))


def sound_first(path: Path) -> Path:
    return make_sounding(path, [Track([(0, tone(1.3))], codec="aac")], num_frames=25, first_pts=7)


CASES = {
    "sound first.mp4": (sound_first, brightness),
    "sound first.mkv": (sound_first, brightness),
    "sound first.ts": (
        lambda path: make_sounding(path, [Track([(0, tone(1.3))], codec="mp2")], first_pts=7),
        brightness,
    ),
    "plain.avi": (lambda path: crafted.make_video(path, 25, codec="mpeg4"), painted),
    "uneven.mkv": (lambda path: crafted.make_video(path, 25, pts=lambda index: index * index + 3), painted),
    "ntsc.mp4": (lambda path: crafted.make_video(path, 25, time_base=Fraction(1001, 30_000), rate=30), painted),
}


@pytest.mark.parametrize("name", CASES)
def test_a_time_on_the_players_clock_shows_its_frame(name: str, tmp_path: Path) -> None:
    make, number = CASES[name]
    video = make(tmp_path / name)
    crafted_analysis = analysis_of(video)
    assert (crafted_analysis.clock.start_seconds > 0) == name.startswith("sound first")
    shown = times_on_players_clock(video, number)
    text = str(CUES.write(crafted_analysis.analysis, tmp_path)["cues-shots.vtt"])
    cues = [
        Fraction(int(minutes) * 60 + Fraction(seconds)) for minutes, seconds in re.findall(r"00:(\d\d):(\S+) -->", text)
    ]
    chapters = str(FFMETADATA.write(crafted_analysis.analysis, tmp_path)["chapters.ffmeta"])
    starts = [Fraction(int(start), 1000) for start in re.findall(r"START=(\d+)", chapters)]
    times = [time for time, _ in shown]
    numbers = [shown[bisect_right(times, time) - 1][1] for time in itertools.chain(cues, starts)]
    assert numbers == [*BOUNDARIES[:-1], *BOUNDARIES[:-1]]
