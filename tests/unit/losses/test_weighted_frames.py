import numpy as np
import pytest

from reelwise.losses import WeightedFrames

pytestmark = pytest.mark.backend


def test_it_is_the_weighted_sum_of_the_frames_errors():
    rng = np.random.default_rng(0)
    frames, clean = rng.normal(size=(2, 3, 4, 5, 5, 3)).astype("float32")
    weights = rng.random((3, 4)).astype("float32")
    targets = np.concatenate([clean.reshape(3, 4, -1), weights[..., None]], axis=-1)
    errors = np.square(frames - clean).mean(axis=(2, 3, 4))
    expected = (weights * errors).sum(axis=1)
    sample_weights = np.array([1, 0, 1], "float32")
    assert float(WeightedFrames()(targets, frames)) == pytest.approx(expected.mean(), rel=1e-5)
    got = float(WeightedFrames()(targets, frames, sample_weight=sample_weights))
    assert got == pytest.approx((expected * sample_weights).sum() / 3, rel=1e-5)
