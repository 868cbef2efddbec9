"""Frames that are no numbers are refused, by what they are used in too."""

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError
from reelwise.inference.finite_frames import require_finite


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_is_enough(value: float) -> None:
    frames = np.zeros((2, 3, 4), np.float32)
    assert require_finite(frames) is frames
    frames[1, 2, 3] = value
    with pytest.raises(ModelFileError, match="weights are broken"):
        require_finite(frames)
