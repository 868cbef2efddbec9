import numpy as np
import pytest

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound, no_sound
from reelwise.features.k_weighting import KWeighting, k_weighting_biquads
from reelwise.features.loudness import GATE_LUFS, channel_weights, integrated_loudness


def tone(seconds: float, db: float, rate: int = 48_000, hz: float = 1000.0) -> np.ndarray:
    wave = 10 ** (db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return wave.astype(np.float32)


def both(samples: np.ndarray, rate: int = 48_000, **fields) -> Sound:
    return Sound(np.stack([samples, samples], axis=1), rate, **fields)


# EBU Tech 3341 (2016), table 1, minimum requirements of a meter, cases 1 to 5: stereo, 1 kHz.


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(20, -23)], -23),
        ([(20, -33)], -33),
        ([(10, -36), (60, -23), (10, -36)], -23),
        ([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], -23),
        ([(20, -26), (20.1, -20), (20, -26)], -23),
    ],
)
def test_the_minimum_requirements_of_the_ebu(parts, expected):
    samples = np.concatenate([tone(seconds, db) for seconds, db in parts])
    assert integrated_loudness(both(samples)) == pytest.approx(expected, abs=0.1)


def test_surround_channels_count_more_and_low_frequency_effects_not_at_all():
    # EBU Tech 3341, case 6: 5.0 with -28, -28, -24, -30, -30 dB is -23 LUFS.
    levels = {"FL": -28, "FR": -28, "FC": -24, "LFE": 0, "BL": -30, "BR": -30}
    samples = np.stack([tone(20, db) for db in levels.values()], axis=1)
    assert integrated_loudness(Sound(samples, 48_000, channels=tuple(levels))) == pytest.approx(-23, abs=0.1)
    assert channel_weights((), 3).tolist() == [1, 1, 1]


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_every_rate_gives_the_same(rate):
    assert integrated_loudness(both(tone(3, -20, rate), rate)) == pytest.approx(-20, abs=0.1)


def test_mono_is_one_channel():
    sound = Sound(tone(3, -20), 48_000)
    assert integrated_loudness(sound) == pytest.approx(-23, abs=0.1)


NOTHING = [no_sound(48_000), both(np.zeros(96_000, np.float32)), both(tone(0.3, 0)), both(tone(3, -71))]


@pytest.mark.parametrize("sound", NOTHING)
def test_nothing_to_measure_is_the_gate(sound):
    assert integrated_loudness(sound) == GATE_LUFS == -70


def test_holes_do_not_count():
    samples = np.concatenate([tone(5, -23), np.zeros(480_000, np.float32), tone(5, -23)])
    present = (Interval(0, 240_000), Interval(720_000, 960_000))
    assert integrated_loudness(both(samples, present=present)) == pytest.approx(-23, abs=0.05)


def test_the_coefficients_are_those_that_the_standard_prints():
    shelf, high_pass = k_weighting_biquads(48_000)
    np.testing.assert_allclose(shelf[0], [1.53512485958697, -2.69169618940638, 1.19839281085285], atol=1e-9)
    np.testing.assert_allclose(shelf[1], [1, -1.69065929318241, 0.73248077421585], atol=1e-9)
    np.testing.assert_allclose(high_pass[1], [1, -1.99004745483398, 0.99007225036621], atol=1e-9)
    assert high_pass[0] == (1, -2, 1)


@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_convolution_gives_what_the_recursion_gives(rate):
    samples = np.random.default_rng(0).normal(size=3 * rate)
    wanted = samples
    for b, a in k_weighting_biquads(rate):
        x1 = x2 = y1 = y2 = 0.0
        out = np.empty_like(wanted)
        for i, x in enumerate(wanted.tolist()):
            y = b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2
            x1, x2, y1, y2, out[i] = x, x1, y, y1, y
        wanted = out
    found = weighted(rate, samples[:1], samples[1:1000], samples[1000:])
    np.testing.assert_allclose(found, wanted, atol=1e-9)
    assert np.array_equal(found, weighted(rate, samples)), "other blocks change no digit"


def weighted(rate: int, *blocks: np.ndarray) -> np.ndarray:
    weighting = KWeighting(rate)
    parts = [part for block in blocks for part in weighting.push(block[:, None])]
    return np.concatenate([*parts, *weighting.end()])[:, 0]


def test_blocks_overlap_by_three_quarters():
    """Two tones of 0.4 s that begin off the grid of 0.4 s: only a new block every 0.1 s hears each of them whole."""
    silence = np.zeros(round(0.6 * 48_000), np.float32)
    samples = np.concatenate(
        [silence, tone(0.4, -20), np.zeros(round(0.8 * 48_000), np.float32), tone(0.4, -20), silence]
    )
    # Shares of a block that a tone fills: 1/4, 2/4, 3/4, 4/4, 3/4, 2/4, 1/4; all are within 10 LU of their mean.
    expected = -20 + 10 * np.log10(np.mean([0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25]))
    assert integrated_loudness(both(samples)) == pytest.approx(expected, abs=0.15)
