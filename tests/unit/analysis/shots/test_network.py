"""The network in numpy: pieces of any length give what the whole gives."""

import math

import numpy as np
import pytest

from reelwise.analysis.shots.features import NUM_CELL, NUM_CELLS, NUM_GLOBAL, Features
from reelwise.analysis.shots.network import PLAN, ShotNetwork, weight_shapes


def random_weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = weight_shapes()
    return {
        name: rng.normal(0, 1 / math.sqrt(shape[-2] * 3 if len(shape) > 1 else 9), shape).astype(np.float32)
        for name, shape in shapes.items()
    }


def random_features(num_frames: int) -> Features:
    rng = np.random.default_rng(1)
    whole = rng.normal(0, 1, (num_frames, NUM_GLOBAL)).astype(np.float32)
    return Features(whole, rng.normal(0, 1, (num_frames, NUM_CELLS, NUM_CELL)).astype(np.float32))


@pytest.mark.parametrize("sizes", [(1,) * 130, (3, 40, 1, 86), (129, 1)])
def test_pieces_of_any_length_give_the_same(sizes: tuple[int, ...]) -> None:
    features = random_features(130)
    whole = ShotNetwork(random_weights()).push(features)
    network, start, pieces = ShotNetwork(random_weights()), 0, []
    for size in sizes:
        part = slice(start, start + size)
        pieces.append(network.push(Features(features.whole[part], features.cells[part])))
        start += size
    assert len(whole.cut) == 130 - 2 * PLAN.reach
    np.testing.assert_allclose(np.concatenate([piece.cut for piece in pieces]), whole.cut, atol=1e-6)
    np.testing.assert_allclose(np.concatenate([piece.kinds for piece in pieces]), whole.kinds, atol=1e-6)


def test_an_output_depends_on_the_frames_within_reach_and_on_no_other() -> None:
    features = random_features(2 * PLAN.reach + 3)
    before = ShotNetwork(random_weights()).push(features).cut
    features.whole[1] += 5
    features.cells[1] += 5
    after = ShotNetwork(random_weights()).push(features).cut
    assert (before != after).tolist() == [True, True, False]


def test_the_network_is_as_small_as_promised() -> None:
    num_weights = sum(math.prod(shape) for shape in weight_shapes().values())
    assert num_weights <= 300_000
