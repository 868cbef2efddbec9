"""Onsets, exact to the frame."""

import numpy as np
import pytest
from frame_views import run_all

from reelwise.analysis.onsets import ENTRY
from reelwise.core.sound import Sound

RATE = 16000
GREY = np.full((9, 16, 3), 90, np.uint8)


def onsets(samples: np.ndarray, seconds: float, rate: int = 25) -> list:
    run = run_all([ENTRY], [GREY] * round(seconds * rate), rate, sound=Sound(samples.astype(np.float32), RATE))
    return run.findings["onsets"]


def noise(seconds: float, level: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, level, round(seconds * RATE))


@pytest.mark.parametrize("sample_rate", [8000, 44_100, 48_000])
def test_clicks_are_heard_at_any_rate(sample_rate):
    samples = np.random.default_rng(0).normal(0, 0.003, 6 * sample_rate)
    for second in (1, 3, 5):
        samples[second * sample_rate :][: sample_rate // 200] += 0.5
    run = run_all([ENTRY], [GREY] * 150, 25, sound=Sound(samples.astype(np.float32), sample_rate))
    assert [finding.start_frame for finding in run.findings["onsets"]] == [25, 75, 125]


@pytest.mark.parametrize("rate", [24, 25, 30, 60])
@pytest.mark.parametrize("level", [0.0, 0.003])
def test_clicks_lie_on_their_frames(rate, level):
    samples = noise(8, level)
    frames = [rate + 1, 2 * rate, 3 * rate + 5, 4 * rate + 7, 6 * rate]
    for frame in frames:
        place = -(-frame * RATE // rate)
        samples[place : place + 80] += 0.5 * np.random.default_rng(frame).normal(0, 1, 80)
    findings = onsets(samples, 8, rate)
    assert [one.start_frame for one in findings] == frames
    assert all(one.end_frame == one.start_frame + 1 and one.values["rise"] >= 6 for one in findings)


def test_a_louder_strike_scores_more():
    samples = noise(4, 0.001)
    samples[RATE : RATE + 800] += 0.03 * np.random.default_rng(1).normal(0, 1, 800)
    samples[3 * RATE : 3 * RATE + 800] += 0.3 * np.random.default_rng(2).normal(0, 1, 800)
    quiet, loud = onsets(samples, 4)
    assert quiet.score < loud.score


def test_steady_sounds_and_silence_have_none():
    time = np.arange(4 * RATE) / RATE
    assert not onsets(np.zeros(4 * RATE), 4)
    assert not onsets(noise(4, 0.1), 4)
    assert not onsets(0.3 * np.sin(2 * np.pi * (300 * time + 40 * time * time)), 4)


def test_the_end_of_a_sound_is_none():
    samples = noise(4, 0.1)
    samples[2 * RATE :] = 0
    assert not onsets(samples, 4)
