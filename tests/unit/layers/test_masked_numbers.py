"""A missing number is no average one, and a slip of the keyboard drowns nothing."""

import keras
import numpy as np
import pytest

from reelwise.layers import MaskedNumbers

pytestmark = pytest.mark.backend


def test_missing_is_a_state_of_its_own() -> None:
    inputs = np.array([[[0.0, 1.0], [0.0, 0.0]], [[1e9, 1.0], [np.nan, 0.0]]], np.float32)
    found = keras.ops.convert_to_numpy(MaskedNumbers(most=6.0)(inputs))
    assert found.tolist() == [[0.0, 0.0, 1.0, 0.0], [6.0, 0.0, 1.0, 0.0]]
