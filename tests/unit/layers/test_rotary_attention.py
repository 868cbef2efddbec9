"""Positions as rotations: only distances matter, on each axis by itself."""

import keras
import numpy as np
import pytest

from reelwise.layers import RotaryAttention
from reelwise.layers.rotary_attention import rotary_angles

pytestmark = pytest.mark.backend

GRID = (3, 4, 5)


def scores(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    """(N, N) products of one query and one key, each as if it stood at every place."""
    layer = RotaryAttention(GRID, num_heads=1)
    turned = [keras.ops.convert_to_numpy(layer._turn(np.tile(item, (60, 1)))) for item in (query, key)]
    return turned[0] @ turned[1].T


def test_products_depend_on_distances_alone() -> None:
    query, key = np.random.default_rng(0).normal(size=(2, 16)).astype(np.float32)
    products = scores(query, key)
    places = np.stack(np.unravel_index(np.arange(60), GRID), axis=-1)
    by_distance: dict[tuple[int, ...], list[float]] = {}
    for row in range(60):
        for column in range(60):
            by_distance.setdefault(tuple(places[column] - places[row]), []).append(float(products[row, column]))
    assert len(by_distance) == 5 * 7 * 9
    assert max(max(values) - min(values) for values in by_distance.values()) < 1e-5
    means = np.array([values[0] for values in by_distance.values()])
    assert len(np.unique(means.round(4))) > 300  # and distances on each axis differ


def test_no_place_is_turned_like_another_and_lengths_stay() -> None:
    angles = rotary_angles(GRID, 16)
    assert angles.shape == (60, 8)
    assert len(np.unique(angles.round(9), axis=0)) == 60
    x = np.random.default_rng(1).normal(size=(60, 16)).astype(np.float32)
    turned = keras.ops.convert_to_numpy(RotaryAttention(GRID, num_heads=1)._turn(x))
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(x, axis=1), rtol=1e-5)


def test_it_is_attention() -> None:
    """Against a loop over heads, without positions in a grid of one place per clip."""
    rng = np.random.default_rng(2)
    queries_and_keys = rng.normal(size=(2, 6, 4, 8)).astype(np.float32)
    values = rng.normal(size=(2, 2, 3, 16)).astype(np.float32)
    layer = RotaryAttention((2, 3, 1), num_heads=2)
    got = keras.ops.convert_to_numpy(layer([queries_and_keys, values]))
    turned = keras.ops.convert_to_numpy(layer._turn(queries_and_keys.transpose(0, 2, 1, 3)))
    for clip in range(2):
        for head in range(2):
            logits = turned[clip, head] @ turned[clip, 2 + head].T / np.sqrt(8)
            weights = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            expected = weights @ values[clip].reshape(6, 16)[:, 8 * head : 8 * head + 8]
            np.testing.assert_allclose(got[clip].reshape(6, 16)[:, 8 * head : 8 * head + 8], expected, atol=1e-5)


@pytest.mark.parametrize("head_size", [4, 7])
def test_a_head_that_three_axes_cannot_share_is_refused(head_size: int) -> None:
    with pytest.raises(ValueError, match=f"a head of {head_size} features"):
        rotary_angles(GRID, head_size)
