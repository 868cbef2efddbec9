"""Networks whose weights have no values yet."""

import random

import keras
import numpy as np
import pytest

from reelwise.core.contract import Contract
from reelwise.models.build import build_network
from reelwise.models.unallocated import build_checked, contract_cost

pytestmark = pytest.mark.backend


def shapes(network: keras.Model) -> list[tuple[str, tuple[int, ...]]]:
    return [(item.path, tuple(item.shape)) for item in network.weights]


def test_the_check_gets_the_network_before_its_weights_have_values(small_contract: Contract) -> None:
    seen = []
    network = build_checked(small_contract, lambda unallocated: seen.append(shapes(unallocated)))
    assert seen == [shapes(network)] == [shapes(build_network(small_contract))]
    clips = np.zeros((1, *network.input_shape[1:]), np.uint8)
    assert np.isfinite(keras.ops.convert_to_numpy(network(clips, training=False))).all()
    assert contract_cost(small_contract).parameters == network.count_params()


def test_a_check_that_fails_leaves_nothing_behind(small_contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: keras.Model) -> None:
        raise ValueError("no")

    with monkeypatch.context() as patch:
        patch.setattr("reelwise.models.unallocated.give_initial_values", None)
        with pytest.raises(ValueError, match="no"):
            build_checked(small_contract, refuse)
    assert shapes(build_checked(small_contract)) == shapes(build_network(small_contract))


def test_policy_and_random_numbers_stay_as_they_were(small_contract: Contract) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        before = random.getstate()
        network = build_checked(small_contract)
        assert random.getstate() == before
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        assert {layer.compute_dtype for layer in network.layers if layer.weights} == {"float32"}
    finally:
        keras.config.set_dtype_policy("float32")
