"""The network in numpy: pieces of any length give what the whole gives."""

import math

import numpy as np
import pytest

from reelwise.analysis.shots.descriptors import CELL_SIZE, SHIFTS, THUMBNAIL_HW, describe
from reelwise.analysis.shots.features import (
    BLOCK,
    LAGS,
    NUM_CELL,
    NUM_CELLS,
    NUM_GLOBAL,
    REACH,
    SHIFT_LAGS,
    Features,
)
from reelwise.analysis.shots.network import PLAN, ShotNetwork, weight_shapes
from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS


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
    assert SHIPPED_WEIGHTS.stat().st_size <= 400_000


def test_a_frame_costs_as_little_as_promised() -> None:
    """Multiplications and additions in matrix products, which are nearly all: of the network, and of likenesses."""
    kernels = {name: math.prod(shape) for name, shape in weight_shapes().items() if name.endswith(".kernel")}
    network = sum(2 * size * (NUM_CELLS if name.startswith("cells") else 1) for name, size in kernels.items())
    window = BLOCK + 2 * REACH  # all with all, once for a block
    cells = 2 * NUM_CELLS * (CELL_SIZE + 3) * window**2 / BLOCK
    one = describe(np.zeros((1, *THUMBNAIL_HW, 3), np.uint8))
    pairs = 2 * len(LAGS) * sum(vectors.shape[1] for vectors in (one.colors, one.chroma, one.edges))
    shifts = 2 * len(SHIFT_LAGS) * len(SHIFTS) * one.inner.shape[1]
    assert network + cells + pairs + shifts <= 5e6
