"""Features: where the pairs of a lag lie, and what a mixture of two frames is made of."""

import numpy as np

from reelwise.analysis.shots.descriptors import THUMBNAIL_HW
from reelwise.analysis.shots.features import LAGS, MIX_SPANS, NUM_CELL, NUM_GLOBAL, SHIFT_LAGS, features_of

FIRST_MIX = 5 * len(LAGS) + len(SHIFT_LAGS)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*THUMBNAIL_HW, 3), np.uint8)


def test_a_cut_shows_at_its_frame_for_lag_one_and_around_it_for_longer_lags() -> None:
    features = features_of(np.stack([picture(0)] * 70 + [picture(1)] * 70))
    assert features.whole.shape == (140, NUM_GLOBAL)
    assert features.cells.shape == (140, 16, NUM_CELL)
    for column, lag in enumerate(LAGS):
        changed = np.flatnonzero(features.whole[:, column] > 0.1)
        assert changed.tolist() == list(range(70 - lag // 2, 70 + (lag + 1) // 2)), lag


def test_the_middle_of_a_dissolve_is_half_of_each() -> None:
    old, new = picture(0).astype(float), picture(1).astype(float)
    parts = np.clip((np.arange(100) - 30) / 40, 0, 1)[:, None, None, None]
    features = features_of(np.round(old + parts * (new - old)).astype(np.uint8))
    for place in range(len(MIX_SPANS)):
        part, rest = features.whole[50, FIRST_MIX + 2 * place : FIRST_MIX + 2 * place + 2]
        np.testing.assert_allclose(part, 0.5, atol=0.02)
        assert rest < 0.02


def test_what_crosses_is_no_mixture() -> None:
    frames = np.stack([picture(0)] * 40)
    frames[20] = picture(1)
    rest = features_of(frames).whole[20, FIRST_MIX + 1]
    assert rest > 1


def test_a_black_picture_is_like_another() -> None:
    features = features_of(np.zeros((10, *THUMBNAIL_HW, 3), np.uint8))
    assert np.isfinite(features.whole).all()
    assert (features.whole[:, : len(LAGS)] == 0).all()
    np.testing.assert_allclose(features.whole[:, len(LAGS) : 5 * len(LAGS)], 1, atol=1e-5)
