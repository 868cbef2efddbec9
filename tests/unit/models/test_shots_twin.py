"""The shot detector in numpy equals its Keras twin."""

import numpy as np
import pytest

from reelwise.analysis.shots.features import features_of
from reelwise.analysis.shots.network import PLAN, ShotNetwork
from reelwise.analysis.shots.weights import shipped_weights

pytestmark = pytest.mark.backend


def test_probabilities_equal_those_of_the_twin() -> None:
    import keras

    from reelwise.jobs.detector.fit import load_into, new_network

    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (6, 28, 48, 3), np.uint8)
    features = features_of(np.repeat(pictures, 40, axis=0))
    weights = shipped_weights().arrays
    network = new_network()
    load_into(network, weights)
    whole = (features.whole - weights["whole_mean"]) * weights["whole_scale"]
    cells = (features.cells - weights["cells_mean"]) * weights["cells_scale"]
    logits = keras.ops.convert_to_numpy(network([whole[None], cells[None]]))[0]
    assert len(logits) == 240 - 2 * PLAN.reach
    expected = ShotNetwork(weights).push(features)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits[:, 0])), expected.cut, atol=1e-5)
    kinds = np.exp(logits[:, 1:])
    np.testing.assert_allclose(kinds / kinds.sum(axis=1, keepdims=True), expected.kinds, atol=1e-5)
