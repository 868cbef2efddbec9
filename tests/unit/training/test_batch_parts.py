"""A batch in parts: the same outputs and steps, and only where it pays and is the same."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from reelwise.core.backend import operations_at_once, prepare
from reelwise.datasets.batches import Batch
from reelwise.generation.flow_matching import FlowObjective
from reelwise.models.flowdit.backbone import build_denoiser
from reelwise.training.batch_parts import BatchParts, in_parts
from reelwise.training.config import TrainConfig
from reelwise.training.trainee import Trainee

BATCH = 9


def denoiser() -> keras.Model:
    """With random weights everywhere, so that it gives no zeros."""
    prepare(0)
    network = build_denoiser(4, 16, 2, patch_frames=2, patch_size=8, width=16, num_blocks=1, num_heads=2)
    rng = np.random.default_rng(1)
    network.set_weights([0.2 * rng.standard_normal(array.shape) for array in network.get_weights()])
    return network


def batch() -> Batch:
    """9 noisy clips."""
    rng = np.random.default_rng(2)
    inputs: Any = {
        "frames": rng.standard_normal((BATCH, 4, 16, 16, 3), np.float32),
        "levels": rng.random((BATCH, 4), np.float32),
        "label": np.arange(BATCH, dtype=np.int32) % 3,
    }
    return Batch(
        inputs, rng.random((BATCH, 4, 16 * 16 * 3 + 1), np.float32), np.ones(BATCH, np.float32), np.arange(BATCH)
    )


@pytest.fixture
def two_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with TensorFlow on two processors, whatever runs here."""
    monkeypatch.setattr("reelwise.training.batch_parts.operations_at_once", lambda: 2)
    monkeypatch.setattr("reelwise.training.batch_parts._LEAST_WEIGHTS", 10_000)


@pytest.mark.backend
@pytest.mark.parametrize("num_parts", [2, 4])
def test_parts_give_what_the_whole_gives(num_parts: int) -> None:
    network = denoiser()
    parts = BatchParts(network, num_parts)
    inputs = batch().inputs
    outputs = [keras.ops.convert_to_numpy(model(inputs)) for model in (parts, network)]
    assert np.abs(outputs[1]).max() > 0.1
    np.testing.assert_allclose(*outputs, atol=1e-5)


@pytest.mark.usefixtures("two_operations")
@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_step_in_parts_is_a_step(monkeypatch: pytest.MonkeyPatch, ema: float | None) -> None:
    config = TrainConfig(batch_size=BATCH, clip_norm=1.0, ema=ema)
    trainee = Trainee(denoiser, FlowObjective(), config)
    assert isinstance(trainee.stepping, BatchParts)
    monkeypatch.setattr("reelwise.training.batch_parts.operations_at_once", lambda: 1)
    whole = Trainee(denoiser, FlowObjective(), config)
    assert not isinstance(whole.stepping, BatchParts)
    losses = [[one.step(batch(), 1e-3).loss for _ in range(3)] for one in (trainee, whole)]
    np.testing.assert_allclose(*losses, rtol=1e-5)
    assert losses[0][2] < losses[0][0]
    for one in (trainee, whole):
        one.publish()
    for got, wanted in zip(trainee.weights(), whole.weights(), strict=True):
        np.testing.assert_allclose(got, wanted, atol=1e-4)
    assert [array.shape for array in trainee.arrays()] == [array.shape for array in whole.arrays()]


@pytest.mark.usefixtures("two_operations")
def test_statistics_of_the_batch_small_batches_and_small_networks_stay_whole() -> None:
    assert isinstance(in_parts(denoiser(), 8), BatchParts)
    assert not isinstance(in_parts(denoiser(), 7), BatchParts)
    small = keras.Sequential([layers.Input((3,)), layers.Dense(3)])
    assert not isinstance(in_parts(small, 64), BatchParts)
    inputs = keras.Input((3,))
    inner = keras.Sequential([layers.Input((3,)), layers.Dense(5000), layers.BatchNormalization()])
    assert not isinstance(in_parts(keras.Model(inputs, inner(inputs)), 64), BatchParts)


@pytest.mark.backend
def test_two_operations_at_once_are_a_matter_of_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_NUM_INTEROP_THREADS", "2")
    assert operations_at_once() == (2 if keras.backend.backend() == "tensorflow" else 1)
