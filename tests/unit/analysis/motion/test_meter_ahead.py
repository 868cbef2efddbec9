"""The camera is measured the same in a process of its own, and where that process ends."""

import itertools
import os
import signal
import threading
from contextlib import suppress
from dataclasses import replace

import numpy as np
import psutil
import pytest
from motion_videos import seen_from, still
from plain_film import write_film

from reelwise.analysis.analyzer import Setup
from reelwise.analysis.engine import VideoPass, run_pass
from reelwise.analysis.motion import meter_ahead
from reelwise.analysis.motion.analyzer import ENTRY
from reelwise.analysis.motion.camera import CameraMeter
from reelwise.analysis.motion.meter_ahead import MeterAhead
from reelwise.analysis.pictures import PictureStore
from reelwise.core.errors import VideoError

NUM_AHEAD = 4


@pytest.fixture
def pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    pictures = [*seen_from(lambda frame: (3 * frame, frame), 12), *still(1, seed=6), np.zeros((180, 320, 3), np.uint8)]
    return list(itertools.pairwise(np.ascontiguousarray(picture[::2, ::2, 0]) for picture in pictures))


@pytest.fixture(autouse=True)
def early_process(monkeypatch):
    monkeypatch.setattr(meter_ahead, "_STARTS_WITH", 1)
    monkeypatch.setattr(meter_ahead, "_HELPS_FROM", 3)


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if meter_ahead.MODULE in child.cmdline()]


def measure(meter: MeterAhead, pairs, after_each=lambda: None):
    steps = []
    for place, pair in enumerate(pairs):
        meter.begin(*pair)
        if place >= NUM_AHEAD:
            steps.append(meter.next_step())
        after_each()
    return steps + [meter.next_step() for _ in range(min(NUM_AHEAD, len(pairs)))]


def test_a_process_measures_the_same_in_order(pairs):
    expected = [CameraMeter().measure(*pair) for pair in pairs]
    assert None in expected, "a cut"
    with MeterAhead(may_start_process=True) as meter:
        assert measure(meter, pairs) == expected
        assert children()
    assert not children()
    with MeterAhead(may_start_process=False) as meter:
        assert measure(meter, pairs, after_each=lambda: pytest.fail("a process") if children() else None) == expected


def test_what_a_killed_process_owes_is_measured_here(pairs):
    expected = [CameraMeter().measure(*pair) for pair in pairs]
    turns = itertools.count()

    def kill() -> None:
        if next(turns) == 6:
            os.kill(children()[0].pid, signal.SIGKILL)

    with MeterAhead(may_start_process=True) as meter:
        assert measure(meter, pairs, after_each=kill) == expected


def test_what_was_begun_can_be_asked_for_behind_the_end(pairs):
    meter = MeterAhead(may_start_process=True)
    for pair in pairs[:6]:
        meter.begin(*pair)
    meter.close()
    assert [meter.next_step() for _ in range(6)] == [CameraMeter().measure(*pair) for pair in pairs[:6]]
    with pytest.raises(RuntimeError, match="no pair was begun"):
        meter.next_step()


def test_it_goes_without_where_no_process_can_start(pairs, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(meter_ahead, "start_module", refuse)
    with MeterAhead(may_start_process=True) as meter:
        assert measure(meter, pairs) == [CameraMeter().measure(*pair) for pair in pairs]


@pytest.fixture
def make_pass(tmp_path):
    pictures = [np.ascontiguousarray(picture[:64, :96]) for picture in seen_from(lambda frame: (3 * frame, 0), 40)]
    film = write_film(tmp_path / "film.mkv", pictures)

    def make(num_threads: int) -> VideoPass:
        store = PictureStore(tmp_path / f"pictures-{num_threads}")
        return VideoPass(film, [ENTRY], Setup((0, 0)), store, num_threads)

    return make


def test_a_video_that_is_alone_has_the_process_and_the_same_motion(make_pass):
    seen: list[int] = []
    one = run_pass(replace(make_pass(1), on_progress=lambda *_: seen.append(len(children()))))
    assert not any(seen)
    two = run_pass(replace(make_pass(2), on_progress=lambda *_: seen.append(len(children()))))
    assert any(seen)
    assert not children()
    assert one.findings == two.findings
    assert one.findings["motion"]
    np.testing.assert_array_equal(one.signals["motion"].values, two.signals["motion"].values)


def test_a_pass_that_is_left_ends_the_process(make_pass):
    findings = iter(make_pass(2))
    next(findings)
    assert children()
    findings.close()
    assert not children()


def test_a_pass_that_another_thread_closes_does_not_wait_for_a_process_that_hangs(make_pass):
    def hang(*_: object) -> None:
        for child in children():
            child.suspend()

    video_pass = replace(make_pass(2), on_progress=hang)

    def read() -> None:
        with suppress(VideoError):
            run_pass(video_pass)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(1.5)
    assert reader.is_alive(), "it waits for the process"
    video_pass.close()
    reader.join(20.0)
    assert not reader.is_alive()
    assert not children()
