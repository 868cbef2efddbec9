"""I3D against the same network of PyTorch's layers in three dimensions, with equal random weights.

The numbers were made by ``make_i3d_reference.py`` of this folder, and hold on whatever back end runs.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from i3d_weights import CLIPS, NUM_CLASSES, draw_clip, draw_weights

from reelwise.models.i3d.weights import expected_shapes, i3d_network

pytestmark = pytest.mark.backend

REFERENCE = np.load(Path(__file__).with_name("i3d_reference.npz"))
FACTS = json.loads(str(REFERENCE["facts"]))


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return draw_weights(expected_shapes(NUM_CLASSES))


def test_weights_have_the_names_and_shapes_of_the_reference() -> None:
    ours = [[name, list(shape)] for name, shape in expected_shapes(NUM_CLASSES)]
    assert sorted(ours) == sorted(FACTS["weights"])


@pytest.mark.parametrize("name", CLIPS)
def test_logits_are_those_of_the_reference(name: str, arrays: dict[str, np.ndarray]) -> None:
    num_frames, side = CLIPS[name]
    network = i3d_network(arrays, num_frames, side, Path("i3d.pt"))
    logits, expected = network.predict_on_batch(draw_clip(name)), REFERENCE[name]
    assert logits.shape == expected.shape == (1, NUM_CLASSES)
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(logits, expected, atol=1e-4 * np.abs(expected).max())
