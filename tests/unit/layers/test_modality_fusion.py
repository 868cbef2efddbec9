"""Shares of modalities: none for those that are missing, 1 in all for the others."""

import keras
import numpy as np
import pytest

from reelwise.layers import AttendPresent, GatedSum

pytestmark = pytest.mark.backend

RNG = np.random.default_rng(0)
SAID, GATES, KEYS = (RNG.normal(size=(3, 3, 5)).astype(np.float32) for _ in range(3))
THERE = np.array([[1, 1, 1], [1, 0, 1], [0, 0, 0]], np.float32)


def numbers(value: object) -> np.ndarray:
    return keras.ops.convert_to_numpy(value)


def test_gates_of_those_that_are_there_sum_to_one() -> None:
    ones = np.ones_like(SAID)
    np.testing.assert_allclose(numbers(GatedSum()([ones, GATES, THERE]))[:2], 1, atol=1e-6)
    np.testing.assert_array_equal(numbers(GatedSum()([ones, GATES, THERE]))[2], 0)


def test_two_gates_are_those_of_the_paper() -> None:
    gate = 1 / (1 + np.exp(-(GATES[:, 0] - GATES[:, 1])))
    expected = gate * SAID[:, 0] + (1 - gate) * SAID[:, 1]
    there = np.tile([1.0, 1.0], (3, 1)).astype(np.float32)
    np.testing.assert_allclose(numbers(GatedSum()([SAID[:, :2], GATES[:, :2], there])), expected, atol=1e-5)


def test_a_missing_modality_is_as_if_there_were_two() -> None:
    all_three = numbers(GatedSum()([SAID, GATES, THERE]))[1]
    two = numbers(GatedSum()([SAID[1:2, [0, 2]], GATES[1:2, [0, 2]], np.ones((1, 2), np.float32)]))[0]
    np.testing.assert_allclose(all_three, two, atol=1e-6)
    attended = numbers(AttendPresent()([SAID, KEYS, GATES, THERE]))[1, [0, 2]]
    parts = [part[1:2, [0, 2]] for part in (SAID, KEYS, GATES)]
    np.testing.assert_allclose(attended, numbers(AttendPresent()([*parts, np.ones((1, 2), np.float32)]))[0], atol=1e-5)


def test_attention_is_that_of_the_paper() -> None:
    likeness = SAID @ KEYS.transpose(0, 2, 1) / np.sqrt(5)
    shares = np.exp(likeness) / np.exp(likeness).sum(axis=-1, keepdims=True)
    there = np.ones((3, 3), np.float32)
    np.testing.assert_allclose(numbers(AttendPresent()([SAID, KEYS, GATES, there])), shares @ GATES, atol=1e-5)
