"""The squared error of frames, as Keras reduces it and by hand."""

import numpy as np
import pytest

pytestmark = pytest.mark.backend


def test_it_is_the_mean_squared_error_of_values_up_to_one():
    from reelwise.losses.frame_loss import FrameLoss

    rng = np.random.default_rng(0)
    targets = rng.integers(0, 256, (3, 2, 4, 4, 3), np.uint8)
    frames = rng.normal(0.5, 0.5, targets.shape).astype(np.float32)
    by_clip = ((targets / 255 - frames) ** 2).mean(axis=(1, 2, 3, 4))
    assert np.allclose(np.asarray(FrameLoss().call(targets, frames)), by_clip, atol=1e-6)
    weights = np.array([1, 1, 0], np.float32)
    # Keras divides by the batch, padding included; the training loop turns that back.
    loss = float(FrameLoss()(targets, frames, sample_weight=weights))
    assert np.isclose(loss, by_clip[:2].sum() / 3, atol=1e-6)
