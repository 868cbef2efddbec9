"""Sound, exact to the frame, over videos without anything to see."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from frame_views import Run, clock_of, run_all, views

from reelwise.analysis.analyzer import Setup
from reelwise.analysis.onsets import ENTRY as ONSETS
from reelwise.analysis.sound import waveform
from reelwise.analysis.sound.analyzer import ENTRY
from reelwise.analysis.sound.gaps import GapFinder
from reelwise.analysis.strip import _MAX_PICTURES
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.features.loudness import integrated_loudness

RATE = 16000
GREY = np.full((9, 16, 3), 90, np.uint8)


def sine(seconds: float, decibels: float, hertz: float = 997) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def analyze(samples: np.ndarray, seconds: float, rate: int = 25, start: Fraction = Fraction(0), present=None) -> Run:
    return run_all([ENTRY], [GREY] * round(seconds * rate), rate, sound=Sound(samples, RATE, start, present))


def spans(run: Run, label: str) -> list[tuple[int, int]]:
    return [(one.start_frame, one.end_frame) for one in run.findings["sound"] if one.label == label]


def programme(run: Run) -> dict:
    (whole,) = (one for one in run.findings["sound"] if one.label == "programme")
    return dict(whole.values)


def test_the_loudness_of_a_sine():
    tone = sine(8, -23)
    run = analyze(np.stack([tone, tone], axis=1), 8)
    assert programme(run) == {"loudness": pytest.approx(-23, abs=0.1), "peak": pytest.approx(-23, abs=0.1)}
    curve = run.signals()["sound"]
    assert curve.values.shape == (80, 2)
    assert curve.values[2:78, 0] == pytest.approx(-23, abs=0.1)
    assert curve.values[15:64, 1] == pytest.approx(-23, abs=0.1)
    assert np.isnan(curve.values[[0, 1, 79], 0]).all()


def test_the_curve_changes_when_the_sound_does():
    curve = analyze(np.concatenate([sine(4, -40), sine(4, -20)]), 8).signals()["sound"].values[:, 0]
    assert np.flatnonzero(curve > -33)[0] in range(38, 41)


def test_the_programme_has_the_loudness_of_the_whole_sound():
    samples = np.random.default_rng(0).normal(0, 0.1, (RATE * 6, 2)).astype(np.float32)
    assert programme(analyze(samples, 6))["loudness"] == integrated_loudness(Sound(samples, RATE))


@pytest.mark.parametrize("rate", [24, 25, 30, 60])
def test_silence_has_exact_frames(rate):
    samples = sine(6, -20)
    samples[2 * RATE : 4 * RATE] = 0
    ((start, end),) = spans(analyze(samples, 6, rate), "silence")
    assert abs(start - 2 * rate) <= 1
    assert abs(end - 4 * rate) <= 1


def test_sound_before_the_first_frame_and_behind_the_last_is_left_out():
    samples = np.concatenate([np.zeros(RATE, np.float32), sine(5, -20), np.zeros(2 * RATE, np.float32)])
    assert spans(analyze(samples, 5, start=Fraction(-1)), "silence") == []
    assert spans(analyze(samples, 5, start=Fraction(-1, 2)), "silence") == [(0, 12)]


def test_missing_sound_is_no_silence():
    samples = sine(4, -20)
    samples[RATE : 2 * RATE] = 0
    run = analyze(samples, 6, present=(Interval(0, RATE), Interval(2 * RATE, 4 * RATE)))
    assert spans(run, "no_sound") == [(25, 50), (100, 150)]
    assert spans(run, "silence") == []
    assert np.isnan(run.signals()["sound"].values[45:, 0]).all()


def test_a_track_that_ends_a_little_early_misses_nothing():
    assert spans(analyze(sine(3.9, -20), 4), "no_sound") == []


def test_clipping():
    samples = sine(6, -6)
    samples[2 * RATE : 3 * RATE] = np.clip(4 * samples[2 * RATE : 3 * RATE], -1, 1)
    assert spans(analyze(samples, 6), "clipping") == [(50, 75)]
    assert spans(analyze(sine(6, -0.5), 6), "clipping") == []


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000, 96_000])
def test_clipping_is_a_matter_of_time_and_not_of_samples(rate):
    """A wave of 1 kHz that touches full scale stays there for 45 microseconds, one that is cut off for 450."""
    wave = np.sin(2 * np.pi * 1000 * (np.arange(3 * rate) + 0.5) / rate).astype(np.float32)
    clipped_wave = wave.copy()
    clipped_wave[rate : 2 * rate] = np.clip(4 * wave[rate : 2 * rate], -1, 1)
    for samples, found in ((wave, []), (clipped_wave, [(25, 50)])):
        run = run_all([ENTRY], [GREY] * 75, 25, sound=Sound(samples, rate))
        assert spans(run, "clipping") == found


def test_a_sound_of_a_few_samples_has_a_peak():
    run = run_all([ENTRY], [GREY] * 25, 25, sound=Sound(np.ones(4, np.float32), 48_000))
    assert programme(run)["peak"] == 0


def test_no_sound_has_no_findings():
    run = run_all([ENTRY], [GREY] * 100)
    assert run.findings["sound"] == []
    assert run.signals() == {}
    assert not run.ledger.uses


def test_findings_have_pictures_in_a_long_video_and_few_wait():
    run = Run([ENTRY], Sound(np.zeros(1000 * RATE, np.float32), RATE), 1.0)
    most = 0
    for frame in views([GREY] * 1000, 1.0):
        run.push(frame)
        most = max(most, len(run.ledger.uses))
    run.finish()
    assert most <= _MAX_PICTURES + 1
    assert len(run.findings["sound"]) == 2
    assert {one.picture_frame for one in run.findings["sound"]} == set(run.ledger.uses)


def test_a_picture_stays_with_its_finding_when_the_strip_grows_thin():
    """At a frame per second the strip has frames 0, 2, 4…; past 400 s every other one goes."""
    samples = np.full(1000 * RATE, 0.5, np.float32)
    samples[9 * RATE : 11 * RATE] = 0
    run = Run([ENTRY], Sound(samples, RATE), 1.0)
    for frame in views([GREY] * 1000, 1.0):
        run.push(frame)
    pictures = {one.picture_frame for one in run.findings["sound"] if one.label == "silence"}
    assert pictures == {10}
    assert run.ledger.uses[10] == 1
    run.finish()
    assert set(run.ledger.uses) == {0, 10}


@pytest.mark.parametrize("piece_seconds", [0.01, 0.033, 3.0])
def test_findings_do_not_hang_on_the_pieces_in_which_sound_comes(piece_seconds):
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.05, (12 * RATE, 2)).astype(np.float32)
    samples[RATE : 2 * RATE] = samples[5 * RATE : 6 * RATE] = 0
    samples[3 * RATE : 3 * RATE + 4000] = 1.0
    samples[3 * RATE + 9000 : 4 * RATE] = 1.0
    for place in (35_000, 70_001, 130_000):
        samples[place : place + 80] = rng.normal(0, 0.5, (80, 2))
    sound = Sound(samples, RATE, Fraction(-1, 3), (Interval(0, 90_000), Interval(100_000, 12 * RATE)))
    entries = [ENTRY, ONSETS]
    runs = [run_all(entries, [GREY] * 290, 25, sound=sound, piece_seconds=seconds) for seconds in (piece_seconds, 0.25)]
    for name in ("sound", "onsets"):
        spans_of_both = [sorted(map(plain, run.findings[name])) for run in runs]
        assert spans_of_both[0] == spans_of_both[1]
        assert len(spans_of_both[0]) >= 3
    for name, signal in runs[0].signals().items():
        assert np.array_equal(signal.values, runs[1].signals()[name].values, equal_nan=True)


def plain(finding) -> tuple:
    return finding.start_frame, finding.end_frame, finding.label, finding.score, *finding.values.values()


def test_a_track_of_many_holes_takes_little_memory():
    analyzer = ENTRY.start(Setup((9, 16)))
    clock = clock_of(100_000)
    piece = np.full((4800, 2), 0.1, np.float32)
    tracemalloc.start()
    try:
        for second in range(100):
            assert not list(analyzer.push_sound(Sound(piece, 48_000, Fraction(second)), lambda: clock))[1:]
        num_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert num_bytes < 5_000_000


def test_sound_outside_of_the_video_shortens_no_gap():
    """What is missing counts in the video alone: 0.1 s at its start is no gap, however long before it sound was."""
    gaps = GapFinder()
    second = np.ones(RATE, np.float32)
    assert not list(gaps.push(Sound(second, RATE, Fraction(-2))))
    assert not list(gaps.push(Sound(second, RATE, Fraction(1, 10))))
    assert list(gaps.end(Fraction(2))) == [Interval(Fraction(11, 10), Fraction(2))]


def test_curves_of_frames_that_lie_years_apart_are_cut(monkeypatch):
    monkeypatch.setattr(waveform, "MAX_SECONDS", 10)
    maker = waveform.WaveformMaker()
    for start in (9, 10, 10**8):
        maker.push(Sound(np.ones(RATE, np.float32), RATE, Fraction(start)))
    values = maker.signal(Fraction(10**9)).values
    assert values.shape == (1000, 2)
    assert (values[900:] == 1).all()
