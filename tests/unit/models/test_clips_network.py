"""The network of new clips as contract and model file have it."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.modalities import Encoder
from reelwise.datasets.batches import Batch
from reelwise.generation.flow_matching import FlowObjective
from reelwise.models.build import build_network
from reelwise.models.file import load_model_file, read_manifest, save_model
from reelwise.tasks.generation import GenerationOutput
from reelwise.training.config import TrainConfig
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend

SIZES = {"patch_frames": 2, "patch_size": 8, "width": 16, "num_blocks": 1, "num_heads": 2, "detail": 4}


def contract(num_frames: int = 4, input_size: int = 16, **arguments: int) -> Contract:
    spec = InputSpec(
        DecodeSettings(input_size, fit="crop"), ClipSpec(num_frames, frame_stride=1, input_size=input_size), num_views=1
    )
    encoder = Encoder("flowdit", "nano", {**SIZES, **arguments})
    return Contract(spec, NetworkSpec((encoder,)), GenerationOutput(("a", "b"), 12.5))


def some_inputs() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((3, 4, 16, 16, 3)).astype(np.float32)
    return {"frames": frames, "levels": rng.random((3, 4), np.float32), "label": np.array([0, 1, 2], np.int32)}


def outputs_of(network: keras.Model) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(network(some_inputs(), training=False)))


def shaken_network() -> keras.Model:
    network = build_network(contract())
    for number, weight in enumerate(network.weights):
        weight.assign(np.random.default_rng((7, number)).normal(0, 0.15, weight.shape).astype(np.float32))
    return network


def test_a_model_file_gives_back_network_and_contract(tmp_path: Path) -> None:
    network = shaken_network()
    expected = outputs_of(network)
    assert expected.shape == (3, 4, 16, 16, 3)
    assert len({row.tobytes() for row in expected}) == 3
    save_model(tmp_path / "m.keras", network, contract())
    loaded = load_model_file(tmp_path / "m.keras")
    assert loaded.contract == contract()
    assert np.array_equal(outputs_of(loaded.network), expected)
    save_model(tmp_path / "again.keras", loaded.network, loaded.contract)
    assert (tmp_path / "again.keras").read_bytes() == (tmp_path / "m.keras").read_bytes()
    assert read_manifest(tmp_path / "m.keras").summary()["labels"] == ["a", "b"]


@pytest.mark.parametrize("detail", [0, 4])
def test_a_step_in_bfloat16_learns(detail: int) -> None:
    config = TrainConfig(batch_size=3, bfloat16=True)
    trainee = Trainee(lambda: build_network(contract(detail=detail)), FlowObjective(), config)
    targets = np.random.default_rng(1).standard_normal((3, 4, 16 * 16 * 3 + 1)).astype(np.float32)
    targets[..., -1] = 1  # weights of the frames
    batch = Batch(some_inputs(), targets, np.ones(3, np.float32), np.arange(3))
    losses = [trainee.step(batch, 0.01).loss for _ in range(2)]
    assert np.isfinite(losses).all()
    assert losses[0] != losses[1]
    assert {layer.compute_dtype for layer in trainee.stepping.layers} >= {"bfloat16"}


def test_keras_opens_the_file_with_plain_layers(tmp_path: Path) -> None:
    network = shaken_network()
    save_model(tmp_path / "m.keras", network, contract())
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert "reelwise>" not in json.dumps(json.loads(archive.read("config.json")))
    opened = keras.saving.load_model(tmp_path / "m.keras")
    opened.save(tmp_path / "m.h5")
    for copy in (opened, keras.saving.load_model(tmp_path / "m.h5")):
        np.testing.assert_allclose(outputs_of(copy), outputs_of(network), atol=1e-5)


def test_clips_that_do_not_divide_into_patches_are_refused() -> None:
    with pytest.raises(UsageError, match="5 frames do not divide"):
        build_network(contract(num_frames=5))


def test_a_file_that_asks_for_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_model(tmp_path / "m.keras", shaken_network(), contract())
    exact = 8 * 4 * 16 * 16 * 3
    monkeypatch.setattr("reelwise.models.file.MAX_BATCH_BYTES", exact)
    load_model_file(tmp_path / "m.keras")
    monkeypatch.setattr("reelwise.models.file.MAX_BATCH_BYTES", exact - 1)
    with pytest.raises(ModelFileError, match="bytes per batch"):
        load_model_file(tmp_path / "m.keras")
