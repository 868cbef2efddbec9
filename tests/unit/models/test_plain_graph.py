"""The copy for Keras' own members: same outputs, nothing of ours in it, the same text every time."""

import json

import keras
import numpy as np
import pytest

from reelwise.core.contract import Contract
from reelwise.models.build import build_network
from reelwise.models.plain_graph import canonical_config, expand

pytestmark = pytest.mark.backend


def test_only_keras_is_named(small_contract: Contract) -> None:
    config = canonical_config(expand(build_network(small_contract)))
    assert "reelwise" not in config
    assert {layer["module"] for layer in json.loads(config)["config"]["layers"]} == {"keras.layers"}


def test_the_text_does_not_depend_on_what_was_built_before(small_contract: Contract) -> None:
    first = canonical_config(expand(build_network(small_contract)))
    keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Reshape((16, 3)), keras.layers.Activation("relu")])
    assert canonical_config(expand(build_network(small_contract))) == first


def test_names_are_still_unique_and_inputs_still_found(small_contract: Contract) -> None:
    config = json.loads(canonical_config(expand(build_network(small_contract))))["config"]
    names = [layer["name"] for layer in config["layers"]]
    assert len(set(names)) == len(names)
    assert config["input_layers"][0] == "clips"
    assert config["output_layers"][0] in names


def test_weights_are_copied(small_contract: Contract) -> None:
    network = build_network(small_contract)
    copy = expand(network)
    clips = np.random.default_rng(0).integers(0, 256, (2, *network.input_shape[1:]), dtype=np.uint8)
    np.testing.assert_allclose(copy.predict_on_batch(clips), network.predict_on_batch(clips), atol=1e-5)
    assert not any(a is b for a in copy.weights for b in network.weights)
