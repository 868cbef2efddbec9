"""Differences of grey are exact, however they are computed."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.layers import FrameDifferences

pytestmark = pytest.mark.backend

CLIPS = np.random.default_rng(0).integers(0, 256, (2, 5, 12, 20, 3), dtype=np.uint8)
WEIGHTS = np.array([19595, 38470, 7471])


def compute(clips: np.ndarray, **arguments: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(FrameDifferences(**arguments)(clips))


@pytest.mark.parametrize("with_colours", [False, True])
def test_every_bit_is_that_of_whole_numbers(with_colours: bool) -> None:
    grey = CLIPS.astype(np.int64) @ WEIGHTS
    steps = (np.diff(grey, axis=1) / 65536 / 32).astype(np.float32)
    result = compute(CLIPS, with_colours=with_colours)
    np.testing.assert_array_equal(result[:, 1:, ..., -2], steps)
    np.testing.assert_array_equal(result[:, :-1, ..., -1], steps)
    assert not result[:, 0, ..., -2].any()
    assert not result[:, -1, ..., -1].any()
    if with_colours:
        np.testing.assert_allclose(result[..., :3], CLIPS / 127.5 - 1, atol=1e-6)


def test_what_does_not_move_vanishes() -> None:
    still = np.repeat(CLIPS[:, :1], 4, axis=1)
    assert not compute(still).any()
    assert not compute(still / np.float32(255), scale=0.2).any()


def test_a_bfloat16_network_gets_rounded_differences() -> None:
    rounded = compute(CLIPS, dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(FrameDifferences(dtype="mixed_bfloat16")(CLIPS).dtype) == "bfloat16"
    np.testing.assert_array_equal(
        rounded.astype(np.float32),
        keras.ops.convert_to_numpy(keras.ops.cast(compute(CLIPS), "bfloat16")).astype(np.float32),
    )
