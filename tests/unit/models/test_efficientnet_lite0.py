"""The network for photographs that comes with Reelwise: its weights are the published ones."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from safetensors.numpy import save_file

from reelwise.core.errors import ModelFileError
from reelwise.models.efficientnet_lite0.blocks import blocks, convolutions
from reelwise.models.efficientnet_lite0.weights import array_shapes, class_network, feature_network, load_weights

SCRIPTS = Path(__file__).parents[3] / "scripts"
BLACK_SWAN = 100
"""Number of the class in ImageNet-1k."""


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return load_weights()


def test_every_array_is_the_published_one_in_half_precision(arrays, monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    sys.modules.pop("convert_lite0", None)
    from convert_lite0 import published_arrays

    published = published_arrays()
    counters = {name for name in published if name.endswith("num_batches_tracked")}
    assert set(arrays) == set(published) - counters
    for name, array in arrays.items():
        # half a unit in the last place of float16: relative, or of its smallest normal number
        bound = np.maximum(np.abs(published[name]), 2.0**-14) * 2.0**-11
        assert (np.abs(array - published[name]) <= bound).all(), name


def test_the_network_has_the_published_number_of_weights(arrays):
    variances_and_means = sum(array.size for name, array in arrays.items() if "running" in name)
    assert sum(array.size for array in arrays.values()) - variances_and_means == 4_652_008
    assert len(list(blocks())) == 18
    assert len(list(convolutions())) == 1 + 2 + 15 * 3 + 1


@pytest.mark.backend
def test_features_do_not_depend_on_the_other_pictures(arrays):
    pictures = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
    network = feature_network(64, arrays)
    assert network.count_params() < 3_413_024  # normalisations are part of the convolutions
    assert not network.trainable_weights
    together = np.asarray(network.predict_on_batch(pictures))
    assert together.shape == (3, 1280)
    assert 0 <= together.min() < together.max() <= 6
    np.testing.assert_allclose(np.asarray(network.predict_on_batch(pictures[1:2]))[0], together[1], atol=1e-4)


@pytest.mark.backend
def test_features_are_the_same_on_every_back_end(arrays):
    pictures = np.stack([np.full((64, 64, 3), value, np.uint8) for value in (0, 127, 255)])
    pictures[1, 16:48, 16:48] = (200, 30, 60)
    features = np.asarray(feature_network(64, arrays).predict_on_batch(pictures))
    np.testing.assert_allclose(features.mean(axis=1), (0.014843, 0.074252, 0.006676), atol=1e-5)
    for column, value in LARGEST.items():
        assert features[1, column] == pytest.approx(value, abs=1e-4)


LARGEST = {71: 3.20006, 1044: 3.01027, 423: 2.73746, 661: 2.68446, 439: 2.62733}
"""Features of the second picture, by their number."""


@pytest.mark.real
def test_a_black_swan_is_a_black_swan(arrays, real_data):
    from reelwise.media.read_frames import read_frames

    frames = read_frames(real_data / "clips" / "blackswan.mp4")[::10]
    swans = np.stack([cv2.resize(frame, (160, 160), interpolation=cv2.INTER_AREA) for frame in frames])
    logits = np.asarray(class_network(160, arrays).predict_on_batch(swans))
    assert (logits.argmax(axis=1) == BLACK_SWAN).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("_conv_head.weight"), "_conv_head.weight is missing"),
        (lambda arrays: arrays.update(more=np.zeros(1, np.float32)), "more is not of this network"),
        (lambda arrays: arrays.update({"_fc.bias": np.zeros(10, np.float32)}), r"float32 \(10,\), expected \(1000,\)"),
        (lambda arrays: arrays.update({"_fc.bias": np.zeros(1000, np.int64)}), "_fc.bias is int64"),
        (lambda arrays: arrays["_fc.bias"].fill(np.nan), "_fc.bias has values that no training gives"),
        (lambda arrays: arrays["_bn1.running_var"].fill(-1), "_bn1.running_var has values that no training gives"),
    ],
)
def test_weights_of_another_network_are_refused(tmp_path, change, message):
    arrays = {name: np.ones(shape, np.float32) for name, shape in array_shapes()}
    change(arrays)
    save_file(arrays, tmp_path / "weights.safetensors")
    with pytest.raises(ModelFileError, match=message):
        load_weights(tmp_path / "weights.safetensors")


def test_a_file_that_is_no_safetensors_file_is_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_weights(path)
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_weights(tmp_path / "none.safetensors")


def test_a_file_that_is_far_too_large_is_not_read(tmp_path):
    path = tmp_path / "weights.safetensors"
    with path.open("wb") as stream:
        stream.truncate(65 << 20)
    with pytest.raises(ModelFileError, match="larger than 64 MiB"):
        load_weights(path)
