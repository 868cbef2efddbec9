"""The contract of every analyzer: odd videos give findings inside them, in order, or none."""

import gc
import math
import tracemalloc
from collections import deque
from collections.abc import Iterator

import numpy as np
import pytest
from frame_views import PictureLedger, Run, run_all, texture, views

from reelwise.analysis.analyzer import Setup
from reelwise.analysis.catalogue import CATALOGUE, choose_analyzers
from reelwise.core.errors import UsageError
from reelwise.core.sound import Sound

NAMES = [entry.name for entry in CATALOGUE]


def moving(num_frames: int, hw: tuple[int, int] = (90, 160), step: int = 2) -> Iterator[np.ndarray]:
    """A camera that goes over a scene, and begins again."""
    scene = texture(3, (hw[0], hw[1] + 200))
    for index in range(num_frames):
        place = index * step % 200
        yield scene[:, place : place + hw[1]]


def plain(num_frames: int, grey: int, hw: tuple[int, int] = (90, 160)) -> list[np.ndarray]:
    return [np.full((*hw, 3), grey, np.uint8)] * num_frames


def strobe(num_frames: int) -> list[np.ndarray]:
    return [np.full((90, 160, 3), 255 * (index // 2 % 2), np.uint8) for index in range(num_frames)]


def tone(seconds: float, level: float, rate: int = 16000) -> Sound:
    time = np.arange(round(seconds * rate)) / rate
    return Sound((level * np.sin(2 * np.pi * 440 * time)).astype(np.float32), rate)


CASES = {
    "one frame": lambda: run_all(CATALOGUE, moving(1)),
    "two frames": lambda: run_all(CATALOGUE, moving(2)),
    "black": lambda: run_all(CATALOGUE, plain(60, 0)),
    "grey": lambda: run_all(CATALOGUE, plain(60, 128)),
    "white": lambda: run_all(CATALOGUE, plain(60, 255)),
    "strobe": lambda: run_all(CATALOGUE, strobe(60)),
    "tiny": lambda: run_all(CATALOGUE, moving(60, (16, 16))),
    "one pixel": lambda: run_all(CATALOGUE, plain(5, 90, (1, 1))),
    "a line": lambda: run_all(CATALOGUE, moving(30, (2, 320))),
    "portrait": lambda: run_all(CATALOGUE, moving(60, (320, 180))),
    "1 fps": lambda: run_all(CATALOGUE, moving(40), rate=1.0, sound=tone(40, 0.5)),
    "240 fps": lambda: run_all(CATALOGUE, moving(700, step=1), rate=240.0, sound=tone(3, 0.5)),
    "silent sound": lambda: run_all(CATALOGUE, moving(60), sound=tone(2.4, 0.0)),
    "loud sound": lambda: run_all(CATALOGUE, moving(60), sound=tone(2.4, 1.5)),
    "short sound": lambda: run_all(CATALOGUE, moving(60), sound=tone(0.01, 0.5)),
    "long sound": lambda: run_all(CATALOGUE, moving(60), sound=tone(9, 0.5)),
    "stereo": lambda: run_all(CATALOGUE, moving(60), sound=Sound(np.zeros((16000, 2), np.float32), 16000)),
    "damage": lambda: run_all(CATALOGUE, moving(90), damaged=range(20, 50)),
}


@pytest.fixture(scope="module", params=CASES)
def run(request) -> Run:
    return CASES[request.param]()


@pytest.mark.parametrize("name", NAMES)
def test_findings_keep_the_contract(run, name):
    entry = next(entry for entry in CATALOGUE if entry.name == name)
    for finding in run.findings[name]:
        assert 0 <= finding.start_frame < finding.end_frame <= run.num_frames, finding
        assert 0.0 <= finding.score <= 1.0, finding
        assert finding.label in entry.labels, finding
        assert set(finding.values) <= set(entry.units), finding
        assert all(math.isfinite(value) for value in finding.values.values()), finding
        if finding.picture_frame is not None:
            assert finding.picture_frame in run.ledger.uses, finding
    by_label: dict[str, int] = {}
    for finding in sorted(run.findings[name], key=lambda one: one.start_frame):
        assert finding.start_frame >= by_label.get(finding.label, 0), f"{finding} lies over the one before"
        by_label[finding.label] = finding.end_frame


@pytest.mark.parametrize("name", NAMES)
def test_signals_keep_the_contract(run, name):
    entry = next(entry for entry in CATALOGUE if entry.name == name)
    own_signal, further = run.analyzers[name].signal(), run.analyzers[name].further_signals()
    assert set(further) <= set(entry.further_signals)
    assert not set(further) & set(NAMES)
    for signal in (own_signal, *further.values()):
        if signal is None:
            continue
        assert signal.values.dtype == np.float32
        assert signal.values.shape[1] == len(signal.columns)
        assert set(signal.units) <= set(signal.columns)
        assert not np.isinf(signal.values).any()
        if signal.step_seconds is None:
            assert len(signal.values) == run.num_frames


def test_every_picture_belongs_to_a_finding(run):
    frames = {finding.picture_frame for findings in run.findings.values() for finding in findings}
    assert set(run.ledger.uses) <= frames


def test_two_runs_are_equal():
    def once() -> tuple:
        sound = Sound(np.random.default_rng(0).normal(0, 0.1, 64000).astype(np.float32), 16000)
        run = run_all(CATALOGUE, [*moving(80), *plain(20, 0)], sound=sound)
        return run.findings, {name: signal.values.tobytes() for name, signal in run.signals().items()}

    assert once() == once()


def test_damage_alone_makes_no_finding():
    """Some damaged frames in a still video, grey as concealed ones are: the findings of the whole one.

    Boundaries of shots have a test of their own.
    """
    entries = [entry for entry in CATALOGUE if entry.name != "shots" and "shots" not in entry.needs]
    scene = texture(2, (90, 160))
    grey = np.full_like(scene, 128)

    def spans(damaged: range) -> list[tuple[str, int, int]]:
        pictures = [grey if index in damaged else scene for index in range(100)]
        findings = run_all(entries, pictures, damaged=damaged).findings
        return sorted((one.label, one.start_frame, one.end_frame) for items in findings.values() for one in items)

    assert spans(range(40, 56)) == spans(range(0))


@pytest.mark.parametrize("entry", CATALOGUE, ids=NAMES)
def test_memory_does_not_grow_with_the_video(entry):
    """From frame 600, when windows are full, to frame 1,600: a curve in memory would take 20 bytes a frame."""
    scene = texture(1, (18, 232))
    ledger = PictureLedger()
    analyzer = entry.start(Setup((18, 32), keep_picture=ledger.keep, drop_picture=ledger.drop))
    num_bytes = {}
    tracemalloc.start()
    try:
        for frame in views((scene[:, index * 3 % 200 :][:, :32] for index in range(1600)), entries=[entry]):
            ledger.newest = frame.index
            deque(analyzer.push(frame), maxlen=0)
            if frame.index in (600, 1599):
                gc.collect()
                num_bytes[frame.index] = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        analyzer.close()
    assert num_bytes[1599] - num_bytes[600] < 1000 * 8


def test_an_unknown_name_is_refused():
    with pytest.raises(UsageError, match="no analyzer is called 'shot'"):
        choose_analyzers("shot")


@pytest.mark.parametrize("name", NAMES)
def test_an_analyzer_comes_with_those_that_it_needs(name):
    names = [entry.name for entry in choose_analyzers(name)]
    for entry in choose_analyzers(name):
        assert all(names.index(needed) < names.index(entry.name) for needed in entry.needs)
