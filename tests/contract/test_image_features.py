"""Image features beside any network: a fitted head that stands last, in the same file, on every back end."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.backend import start_backend
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.modalities import Encoder, ImageInput, SoundInput
from reelwise.models.build import build_network
from reelwise.models.file import load_model_file, save_model
from reelwise.models.image_extractor import ImageExtractor, shipped_images
from reelwise.models.image_stream import ImageHead, add_image_head, with_image_input
from reelwise.models.network_plan import check_contract, plan_head_names
from reelwise.models.schema import contract_to_json
from reelwise.tasks import find_task

start_backend()

pytestmark = pytest.mark.backend

IMAGES = ImageInput("efficientnet_lite0", "ab" * 32, num_stills=2, size=32, num_features=3)
LABELS = {"classification": ("a", "b", "c"), "multilabel": ("a", "b"), "regression": ("speed",)}
MOTION = Encoder("motion", "small", {"width": 4, "num_blocks": 1, "dropout": 0.0})
CNN = Encoder("cnn", "small", {"width": 4, "num_convs": 2, "features": 8, "dropout": 0.0})
SOUND = Encoder("audio_cnn", "small", {"width": 4, "num_convs": 2, "features": 8, "dropout": 0.0})


def contract_of(task: str, *encoders: Encoder) -> Contract:
    modalities = ("frames", "sound")[: len(encoders)]
    sound = SoundInput(num_mels=16, max_seconds=Fraction(1)) if len(encoders) > 1 else None
    spec = InputSpec(DecodeSettings(size=40), ClipSpec(4, input_size=36), modalities, sound=sound)
    network = NetworkSpec(encoders, "concat" if len(encoders) > 1 else "")
    contract = Contract(spec, network, find_task(task).output_type(LABELS[task]))
    return replace(contract, network=replace(network, head_names=plan_head_names(contract)))


def head_of(num_outputs: int) -> ImageHead:
    rng = np.random.default_rng(1)
    return ImageHead(
        mean=rng.normal(size=6).astype(np.float32),
        deviation=rng.uniform(0.5, 2, 6).astype(np.float32),
        kernel=rng.normal(size=(num_outputs, 6)).astype(np.float32),
        bias=rng.normal(size=num_outputs).astype(np.float32),
    )


def inputs_of(network: keras.Model) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    made = {}
    for tensor in network.inputs:
        shape = (3, *tensor.shape[1:])
        if tensor.dtype == "uint8":
            made[tensor.name] = rng.integers(0, 256, shape, np.uint8)
        else:
            made[tensor.name] = np.ones(shape, np.float32) if "present" in tensor.name else rng.normal(size=shape)
    made["images"][2] *= 1e4  # an outlier, which is clipped
    return {name: array.astype(np.uint8 if array.dtype == np.uint8 else np.float32) for name, array in made.items()}


@pytest.mark.parametrize(
    ("task", "encoders", "names"),
    [
        ("classification", (MOTION,), ("frames", "images")),
        ("classification", (CNN,), ("frames", "images")),
        ("multilabel", (MOTION,), ("frames", "frames_2", "images")),
        ("regression", (CNN,), ("frames", "images")),
        ("classification", (CNN, SOUND), ("frames", "sound", "together", "images")),
    ],
)
def test_a_fitted_head_stands_beside_the_others(task, encoders, names, tmp_path: Path):
    alone = contract_of(task, *encoders)
    contract = with_image_input(alone, IMAGES)
    assert contract.network.head_names == names
    assert with_image_input(contract, None) == alone
    network, num_outputs = build_network(alone), len(LABELS[task])
    larger = add_image_head(network, contract, head := head_of(num_outputs))
    inputs = inputs_of(larger)
    rows = np.asarray(larger.predict_on_batch(inputs))
    assert rows.shape == (3, len(names), num_outputs)

    own = {name: array for name, array in inputs.items() if name != "images"}
    others = np.asarray(network.predict_on_batch(own if len(encoders) > 1 else own["clips"]))
    np.testing.assert_allclose(rows[:, :-1], others.reshape(3, -1, num_outputs), atol=1e-5)
    standard = np.clip((inputs["images"] - head.mean) / head.deviation, -10, 10)
    np.testing.assert_allclose(rows[:, -1], standard @ head.kernel.T + head.bias, rtol=1e-4, atol=1e-4)

    save_model(tmp_path / "model.keras", larger, contract)
    loaded = load_model_file(tmp_path / "model.keras")
    assert loaded.contract.input.images == IMAGES
    np.testing.assert_array_equal(np.asarray(loaded.network.predict_on_batch(inputs)), rows)
    by_keras = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(np.asarray(by_keras.predict_on_batch(inputs)), rows, atol=1e-4)


def test_the_head_gives_nothing_where_the_frames_are_missing():
    contract = with_image_input(contract_of("classification", CNN, SOUND), IMAGES)
    network = add_image_head(build_network(with_image_input(contract, None)), contract, head_of(3))
    inputs = inputs_of(network)
    inputs["frames_present"][1] = 0
    rows = np.asarray(network.predict_on_batch(inputs))
    assert not rows[1, -1].any()
    assert rows[0, -1].any()


def test_files_without_image_features_are_written_as_before():
    assert "images" not in contract_to_json(contract_of("classification", CNN))["input"]


def test_a_contract_with_other_heads_is_refused():
    contract = contract_of("classification", CNN)
    with pytest.raises(UsageError, match="the heads are"):
        check_contract(replace(contract, input=replace(contract.input, images=IMAGES)))
    sound = InputSpec(DecodeSettings(), ClipSpec(), ("sound",), sound=SoundInput())
    with pytest.raises(UsageError, match="image features are of frames"):
        replace(sound, images=IMAGES)


@pytest.mark.parametrize("change", [{"num_stills": 0}, {"num_stills": 1000}, {"size": 16}, {"num_features": 10**6}])
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(UsageError, match="out of range"):
        replace(IMAGES, **change)


@pytest.mark.parametrize("change", [{"extractor": "resnet"}, {"sha256": "0" * 64}, {"num_features": 512}])
def test_features_that_this_version_cannot_make_are_refused(change):
    with pytest.raises(ModelFileError, match="the model reads image features of"):
        ImageExtractor(replace(shipped_images(), **change))


def test_stills_of_one_video_are_described_by_themselves():
    extractor = ImageExtractor(replace(shipped_images(), size=32))
    stills = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    features = extractor.features(stills)
    assert features.shape == (2, 1280)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(extractor.features(stills), features)
