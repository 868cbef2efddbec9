"""`rw.analyze_stream`: the findings of `rw.analyze`, as they become certain, and nothing left when it ends early."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import psutil
import pytest
from plain_film import make_film, plain_pictures

import reelwise as rw
from reelwise.analysis.results import SegmentTrack
from reelwise.core.errors import Interruption, UsageError, VideoError
from reelwise.jobs.analyses import plan
from reelwise.media.writers.writer import write_timed_video

LENGTHS = (30, 21, 40, 60)
"""Frames of the shots."""


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Four plain scenes at 25 frames per second, with a tone that pauses."""
    return make_film(tmp_path_factory.mktemp("films") / "film.mkv", lengths=LENGTHS, has_sound=True)


@pytest.fixture(scope="module")
def run(film, tmp_path_factory) -> rw.AnalyzeRun:
    return rw.analyze(film, out=tmp_path_factory.mktemp("analyses") / "out")


@pytest.fixture
def beginning(film, tmp_path) -> Path:
    """Nine tenths of the film, as a recorder has written them that then hangs."""
    path = tmp_path / "beginning.mkv"
    path.write_bytes(film.read_bytes()[: film.stat().st_size * 9 // 10])
    return path


def by_track(live_items: Iterable[rw.LiveItem]) -> dict[str, list[rw.Item]]:
    tracks: dict[str, list[rw.Item]] = {}
    for live_item in live_items:
        tracks.setdefault(live_item.track, []).append(live_item.item)
    return {name: sorted(items, key=when) for name, items in tracks.items()}


def when(item: rw.Item) -> tuple[int, int]:
    return item.start.frame, item.end.frame


def items_of(run: rw.AnalyzeRun, *, has_pictures: bool = True) -> dict[str, list[rw.Item]]:
    (analysis,) = run.analyses
    return {
        track.id: [replace(item, id="", picture=item.picture if has_pictures else None) for item in track.items]
        for track in analysis.tracks
        if isinstance(track, SegmentTrack) and track.items
    }


def test_the_items_are_those_of_the_analysis(film, run, tmp_path):
    items = by_track(rw.analyze_stream(film, cache_dir=tmp_path / "cache"))
    assert items == items_of(run, has_pictures=False)
    assert {"shots", "keyframes", "sound"} <= set(items)
    assert [item.start.frame for item in items["shots"]] == [0, 30, 51, 91]
    assert not list((tmp_path / "cache").glob("scratch-*"))


def test_with_a_folder_the_items_have_pictures_and_the_folder_is_the_same(film, run, tmp_path):
    items = by_track(rw.analyze_stream(str(film), out=tmp_path / "out"))
    assert items == items_of(run)
    folder = tmp_path / "out/film"
    assert all((folder / str(item.picture)).is_file() for item in items["shots"])
    for name in ("analysis.json", "signals.npz"):
        assert (folder / name).read_bytes() == (run.path / "film" / name).read_bytes()


def test_a_growing_file_gives_the_same_items_and_some_of_them_before_its_end(film, run, tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "FOLLOW_SECONDS", 4.0)
    growing, content = tmp_path / "growing.mkv", film.read_bytes()
    size = len(content) * 9 // 10
    growing.write_bytes(content[:size])
    stream = rw.analyze_stream(growing, follow=True)
    live_items = [next(stream)]
    with growing.open("ab") as target:  # the rest is written when the first finding is there
        target.write(content[size:])
    live_items += stream
    assert by_track(live_items) == items_of(run, has_pictures=False)


def test_a_stream_that_is_closed_leaves_nothing(beginning, tmp_path):
    children, threads = psutil.Process().children(), set(threading.enumerate())
    stream = rw.analyze_stream(beginning, follow=True, out=tmp_path / "out", cache_dir=tmp_path / "cache")
    assert next(stream).item.label
    assert len(psutil.Process().children()) > len(children)
    stream.close()
    assert psutil.Process().children() == children
    # The threads that read a worker's pipes end with it, a moment later.
    wait_until(lambda: set(threading.enumerate()) <= threads)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.json"]
    assert not list((tmp_path / "cache").glob("scratch-*"))


def test_a_token_stops_a_stream_that_waits_for_more(beginning):
    stop = rw.StopToken()
    stream = rw.analyze_stream(beginning, follow=True, stop=stop)
    next(stream)
    stop.set()
    with pytest.raises(Interruption, match="stopped as requested"):
        list(stream)


def test_where_the_rate_turns_variable_only_timecodes_differ(tmp_path):
    """Frames so far have a rate, and what is handed out is not taken back."""
    pictures = list(plain_pictures((60, 120, 120, 60)))
    steps = [40] * 300 + [40, 70, 20] * 20
    path = tmp_path / "film.mp4"
    times = accumulate(steps[:-1], initial=0)
    write_timed_video(path, zip(times, pictures, strict=True), Fraction(1, 1000))
    live = by_track(rw.analyze_stream(path, out=tmp_path / "out", do="shots"))["shots"]
    run = rw.analyze(from_analysis=tmp_path / "out/film")
    final = items_of(run)["shots"]
    assert [item.start.timecode for item in live] == ["00:00:00:00", None, None, None]
    assert {item.start.timecode for item in final} == {None}
    assert [without_timecodes(item) for item in live] == [without_timecodes(item) for item in final]


def without_timecodes(item: rw.Item) -> rw.Item:
    return replace(item, start=replace(item.start, timecode=None), end=replace(item.end, timecode=None))


PIPED = """
import sys, threading, time
import psutil
import reelwise as rw

stream = rw.analyze_stream("-", cache_dir=sys.argv[1])
items = [next(stream)] if sys.argv[2] == "first" else list(stream)
stream.close()
deadline = time.monotonic() + 10
while threading.active_count() > 1 and time.monotonic() < deadline:
    time.sleep(0.01)
print([live.item.start.frame for live in items if live.track == "shots"])
print(threading.active_count(), len(psutil.Process().children()))
"""


def test_a_pipe_may_be_read_to_its_end(film, tmp_path):
    command = [sys.executable, "-c", PIPED, str(tmp_path / "cache"), "all"]
    done = subprocess.run(command, input=film.read_bytes(), capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["[0, 30, 51, 91]", "1 0"]


def test_a_pipe_may_be_left_while_it_is_open(beginning, tmp_path):
    command = [sys.executable, "-c", PIPED, str(tmp_path / "cache"), "first"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(beginning.read_bytes())
        assert process.stdout.read().decode().splitlines()[1] == "1 0"
    assert not list((tmp_path / "cache").glob("scratch-*"))


def test_what_is_wrong_is_raised_when_the_first_item_is_asked_for(film, tmp_path):
    (tmp_path / "bad.mp4").write_text("no video", encoding="utf-8")
    stream = rw.analyze_stream(tmp_path / "bad.mp4")
    with pytest.raises(VideoError, match=r"bad\.mp4: "):
        next(stream)
    with pytest.raises(UsageError, match="analyze_stream takes one video, 2"):
        next(rw.analyze_stream(f"{tmp_path}/../{tmp_path.name}/*.m*", out=make_two(tmp_path, film)))
    for options in ({"resume": True, "out": tmp_path / "out"}, {"from_analysis": tmp_path}):
        with pytest.raises(UsageError, match="neither from_analysis nor resume"):
            next(rw.analyze_stream(film, **options))
    with pytest.raises(UsageError, match="out is missing"):
        next(rw.analyze_stream(film, split=True))
    with pytest.raises(UsageError, match="no option is called 'folow'"):
        rw.analyze_stream(film, folow=True)  # pyright: ignore[reportCallIssue]


def make_two(folder: Path, film: Path) -> Path:
    (folder / "two.mkv").write_bytes(film.read_bytes())
    return folder / "out"


def wait_until(is_done) -> None:
    deadline = time.monotonic() + 10
    while not is_done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
