import numpy as np
import pytest

from reelwise.transforms.frame_noise import NoiseSettings, add_noise, draw_levels, from_signed, level_weights, to_signed


def drawn(settings: NoiseSettings, num_frames: int = 8, count: int = 2000) -> np.ndarray:
    return np.stack([draw_levels(num_frames, settings, np.random.default_rng(seed)) for seed in range(count)])


def test_levels_of_whole_clips_are_logit_normal():
    levels = drawn(NoiseSettings(mean=0.5, deviation=0.7, share_first=0, share_ends=0, share_own=0))
    assert np.all(levels == levels[:, :1])
    assert levels.dtype == np.float32
    logits = np.log(levels[:, 0] / (1 - levels[:, 0]))
    assert logits.mean() == pytest.approx(0.5, abs=0.05)
    assert logits.std() == pytest.approx(0.7, abs=0.05)


def test_first_frames_are_given_in_every_number_but_never_all():
    levels = drawn(NoiseSettings(share_first=1, share_ends=0, share_own=0))
    numbers = (levels == 0).sum(axis=1)
    assert set(numbers.tolist()) == set(range(1, 8))
    for row, number in zip(levels, numbers, strict=True):
        assert np.all(row[:number] == 0)
        assert np.all(row[number:] == row[-1])
        assert row[-1] > 0


def test_both_ends_are_given_with_something_between():
    levels = drawn(NoiseSettings(share_first=0, share_ends=1, share_own=0))
    assert np.all(levels[:, [0, -1]] == 0)
    assert np.all((levels > 0).sum(axis=1) >= 2)
    assert {(int(np.argmax(row > 0)), int(np.argmax(row[::-1] > 0))) for row in levels} == {
        (first, last) for first in (1, 2) for last in (1, 2)
    }
    assert np.all((np.diff((levels > 0).astype(int), axis=1) != 0).sum(axis=1) == 2)  # one run of noisy frames


def test_levels_of_their_own_differ():
    levels = drawn(NoiseSettings(share_first=0, share_ends=0, share_own=1), count=50)
    assert all(len(np.unique(row)) == 8 for row in levels)


def test_shares_are_as_they_were_set():
    levels = drawn(NoiseSettings(share_first=0.3, share_ends=0.2, share_own=0.1), count=4000)
    is_given = levels == 0
    assert (is_given[:, 0] & ~is_given[:, -1]).mean() == pytest.approx(0.3, abs=0.03)
    assert (is_given[:, 0] & is_given[:, -1]).mean() == pytest.approx(0.2, abs=0.03)
    assert np.mean([len(np.unique(row)) == 8 for row in levels]) == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("num_frames", [1, 2])
def test_short_clips_always_have_something_to_draw(num_frames):
    assert np.all(drawn(NoiseSettings(share_first=0.5, share_ends=0.5, share_own=0), num_frames).max(axis=1) > 0)


@pytest.mark.parametrize(
    "wrong", [{"share_own": -0.1}, {"share_first": 0.8, "share_ends": 0.3}, {"deviation": 0.0}, {"label_dropout": 1.1}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="out of range"):
        NoiseSettings(**wrong)


def test_noise_is_added_on_a_straight_line_and_given_frames_stay():
    rng = np.random.default_rng(0)
    frames, noise = rng.normal(size=(2, 2, 4, 5, 5, 3)).astype(np.float32)
    levels = np.tile(np.array([0, 0.25, 0.5, 1], np.float32), (2, 1))
    noisy = add_noise(frames, levels, noise)
    assert noisy.dtype == np.float32
    assert np.array_equal(noisy[:, 0], frames[:, 0])
    assert np.array_equal(noisy[:, 3], noise[:, 3])
    np.testing.assert_allclose(noisy[:, 1], 0.75 * frames[:, 1] + 0.25 * noise[:, 1], atol=1e-6)


def test_weights_make_the_error_of_clean_frames_that_of_the_flow():
    rng = np.random.default_rng(0)
    frames, noise, guess = rng.normal(size=(3, 4, 2, 2, 3)).astype(np.float32)
    levels = np.array([0, 0.25, 0.5, 1], np.float32)
    flow = (add_noise(frames, levels, noise) - guess)[1:] / levels[1:, None, None, None]
    of_flow = np.square(flow - (noise - frames)[1:]).mean()
    of_frames = (level_weights(levels) * np.square(frames - guess).mean(axis=(1, 2, 3))).sum()
    assert of_frames == pytest.approx(of_flow, rel=1e-4)


def test_weights_of_nearly_clean_frames_are_bounded():
    assert level_weights(np.array([0.001, 1], np.float32)).tolist() == pytest.approx([200, 0.5])


def test_what_is_out_of_range_is_cut_off():
    assert from_signed(np.array([-3, -1, 0, 1, 7], np.float32)).tolist() == [0, 0, 128, 255, 255]
    assert to_signed(np.array([0, 255], np.uint8)).tolist() == [-1, 1]
