"""A frozen image network gets weights that somebody trained, or the model is not built."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.modalities import Encoder
from reelwise.models import weights as module
from reelwise.models.application_lstm.extractor import keras_application
from reelwise.models.build import build_network
from reelwise.models.catalogue import find_entry
from reelwise.models.file import load_model_file, save_model
from reelwise.models.weights import load_application_weights
from reelwise.tasks.classification import ClassificationOutput

ARGUMENTS = find_entry("application_lstm").resolve("small", {"units": 4, "dropout": 0.0})
CONTRACT = Contract(
    InputSpec(DecodeSettings(size=40), ClipSpec(3, input_size=32)),
    NetworkSpec((Encoder("application_lstm", "small", ARGUMENTS),)),
    ClassificationOutput(("a", "b")),
)


def arrays(network: keras.Model) -> dict[str, np.ndarray]:
    return {item.path: np.array(keras.ops.convert_to_numpy(item)) for item in network.weights}


def clips(num_clips: int = 2) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (num_clips, 3, 32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    """What a user has: the application under Keras' own name, at another size."""
    network = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3), pooling="avg")
    for weight in network.weights:  # else what comes out at the end is too faint to learn from
        if "variance" in weight.path:
            weight.assign(keras.ops.full(weight.shape, 0.1))
    return network


@pytest.fixture(scope="module")
def file(trained: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    trained.save_weights(path)
    return path


@pytest.mark.backend
def test_training_leaves_the_image_network_alone_and_changes_the_rest(trained: keras.Model, file: Path) -> None:
    network = build_network(CONTRACT)
    load_application_weights(network, "mobilenet_v2", file, download=False)
    before, pretrained = arrays(network), arrays(trained)
    assert all(np.array_equal(before[name], pretrained[name]) for name in pretrained)
    assert {item.path for item in network.trainable_weights} == set(before) - set(pretrained)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.SGD(1.0), loss, jit_compile=compiles_steps())
    network.train_on_batch(clips(), np.eye(2, dtype=np.float32)[[0, 0]])
    after = arrays(network)
    assert [name for name in before if np.array_equal(before[name], after[name])] == list(pretrained)


@pytest.mark.backend
def test_features_are_those_of_keras_own_preprocessing(trained: keras.Model, file: Path) -> None:
    network = build_network(CONTRACT)
    load_application_weights(network, "mobilenet_v2", file, download=False)
    inner = keras.Model(network.inputs, network.get_layer("unfold_time").output)
    frames = clips(1)
    small = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg")
    small.set_weights(trained.get_weights())
    expected = small(keras.applications.mobilenet_v2.preprocess_input(frames[0].astype(np.float32)), training=False)
    got = keras.ops.convert_to_numpy(inner(frames, training=False))[0]
    np.testing.assert_allclose(got, keras.ops.convert_to_numpy(expected), rtol=1e-3, atol=1e-4)


def test_the_other_application_is_prepared_as_keras_prepares_it(tmp_path: Path) -> None:
    other = find_entry("application_lstm").resolve("base", {"units": 4})
    contract = replace(CONTRACT, network=NetworkSpec((Encoder("application_lstm", "base", other),)))
    network = build_network(contract)
    original = keras.applications.EfficientNetV2B0(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    ours = arrays(network)
    assert [item.path for item in original.weights] == [
        name for name in ours if not name.startswith(("lstm", "logits"))
    ]
    original.save_weights(tmp_path / "original.weights.h5")
    load_application_weights(network, "efficientnet_v2_b0", tmp_path / "original.weights.h5", download=False)
    frames = clips(1)
    inner = keras.Model(network.inputs, network.get_layer("unfold_time").output)
    got = keras.ops.convert_to_numpy(inner(frames, training=True))[0]
    expected = keras.ops.convert_to_numpy(original(frames[0].astype(np.float32), training=False))
    np.testing.assert_allclose(got, expected, atol=1e-5)


def test_the_model_file_needs_no_other_weights(file: Path, tmp_path: Path) -> None:
    network = build_network(CONTRACT)
    load_application_weights(network, "mobilenet_v2", file, download=False)
    save_model(tmp_path / "model.keras", network, CONTRACT)
    loaded = load_model_file(tmp_path / "model.keras").network
    outputs = [keras.ops.convert_to_numpy(one(clips(), training=False)) for one in (network, loaded)]
    np.testing.assert_array_equal(*outputs)


def test_without_weights_it_is_refused() -> None:
    with pytest.raises(UsageError, match="has no weights"):
        load_application_weights(build_network(CONTRACT), "mobilenet_v2", None, download=False)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    other.save_weights(tmp_path / "dense.weights.h5")
    other.save(tmp_path / "dense.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    for name in ("dense.weights.h5", "dense.h5", "text.h5"):
        with pytest.raises(ModelFileError, match="not weights of mobilenet_v2") as caught:
            module.read_application("mobilenet_v2", tmp_path / name, download=False)
        assert "include_top=False" in caught.value.hint


def test_old_files_without_classifier_fit_and_those_with_one_do_not(trained: keras.Model, tmp_path: Path) -> None:
    trained.save(tmp_path / "notop.h5")
    read = arrays(module.read_application("mobilenet_v2", tmp_path / "notop.h5", download=False))
    assert all(np.array_equal(read[name], value) for name, value in arrays(trained).items())
    keras.applications.MobileNetV2(weights=None).save(tmp_path / "top.h5")
    with pytest.raises(ModelFileError):
        module.read_application("mobilenet_v2", tmp_path / "top.h5", download=False)


def test_the_error_of_a_failed_download_has_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(application: str, weights: str | None = None, **where: object) -> keras.Model:
        if weights is None:
            return keras_application(application, **where)
        raise Exception("URL fetch failure on https://…: None -- Name or service not known")

    monkeypatch.setattr(module, "keras_application", fail)
    with pytest.raises(ModelFileError, match="cannot be downloaded") as caught:
        module.read_application("mobilenet_v2", None, download=True)
    assert "--extractor-weights" in caught.value.hint


def test_a_download_that_leaves_random_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = keras_application("mobilenet_v2", input_shape=(32, 32, 3))
    monkeypatch.setattr(module, "keras_application", lambda *_, **__: made)
    with pytest.raises(ModelFileError, match="holds no weights for Conv1/kernel"):
        module.read_application("mobilenet_v2", None, download=True)
