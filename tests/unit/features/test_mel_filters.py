import numpy as np
import pytest

from reelwise.features.mel_filters import MelFilters, SparseBands, hz_to_mel, mel_matrix, mel_to_hz


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_scales_rise_and_go_both_ways(scale):
    hz = np.linspace(0, 20_000, 500)
    mels = hz_to_mel(hz, scale)
    assert (np.diff(mels) > 0).all()
    np.testing.assert_allclose(mel_to_hz(mels, scale), hz, atol=1e-8)


def test_known_points_of_the_scales():
    assert hz_to_mel(6400.0, "slaney") == pytest.approx(42)
    assert hz_to_mel(500.0, "slaney") == pytest.approx(7.5)
    assert hz_to_mel(700.0, "htk") == pytest.approx(2595 * np.log10(2))


@pytest.mark.parametrize("straight_in", ["hz", "mel"])
@pytest.mark.parametrize("norm", ["slaney", None])
def test_filters_are_triangles_side_by_side(straight_in, norm):
    weights = mel_matrix(MelFilters(30, 100.0, 7000.0, "htk", norm, straight_in), 16_000, 4096)
    assert weights.shape == (2049, 30)
    assert (weights >= 0).all()
    assert (np.diff(weights.argmax(axis=0)) > 0).all()
    hz = np.arange(2049) * 16_000 / 4096
    assert weights[(hz <= 100) | (hz >= 7000)].max() < 1e-9
    if norm is None:
        assert weights.max(axis=0) == pytest.approx(1, abs=0.15)
        inner = (hz > 200) & (hz < 6000)
        np.testing.assert_allclose(weights[inner].sum(axis=1), 1, atol=1e-9)
    elif straight_in == "hz":
        np.testing.assert_allclose(weights.sum(axis=0) * 16_000 / 4096, 1, rtol=0.2)


def test_sparse_sums_are_the_matrix_product_even_for_empty_filters():
    weights = mel_matrix(MelFilters(60), 16_000, 64)  # some filters are narrower than the bins
    assert (weights.sum(axis=0) == 0).any()
    power = np.random.default_rng(0).random((7, 33)).astype(np.float32)
    result = np.full((7, 60), -1, np.float32)
    SparseBands(weights).sum_into(power, result)
    np.testing.assert_allclose(result, power @ weights, atol=1e-6)
