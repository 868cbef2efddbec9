"""One battery for networks of several modalities: every fusion, and what happens when a modality is missing."""

import functools
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import FUSIONS, MODALITIES, Encoder, MetadataColumn, SoundInput
from reelwise.models.build import build_network
from reelwise.models.cost import network_cost
from reelwise.models.file import load_model_file, save_model
from reelwise.models.network_plan import plan_head_names
from reelwise.models.unallocated import contract_cost
from reelwise.tasks.classification import ClassificationOutput

Inputs = dict[str, np.ndarray]
NO_DROPOUT = {"dropout": 0.0}
FRAMES = {
    "motion": Encoder("motion", "small", {"width": 4, "num_blocks": 1, **NO_DROPOUT}),
    "lstm": Encoder("lstm", "small", {"units": 4, **NO_DROPOUT}),
}
SOUND = Encoder("audio_cnn", "small", {"width": 4, "num_convs": 2, **NO_DROPOUT})
HEARD_IN_ORDER = Encoder("audio_lstm", "small", {"width": 4, **NO_DROPOUT})
METADATA = Encoder("metadata_mlp", "small", {"embedding": 2, "units": 8, **NO_DROPOUT})
COLUMNS = (
    MetadataColumn("age", "number", 40.0, 12.0),
    MetadataColumn("site", "category", values=("a", "b", "c")),
    MetadataColumn("hand", "category", values=("left", "right")),
)
COMBINATIONS = {
    "everything": (FRAMES["motion"], SOUND, METADATA),
    "frames_and_sound": (FRAMES["lstm"], HEARD_IN_ORDER, None),
    "frames_and_metadata": (FRAMES["motion"], None, METADATA),
    "sound_and_metadata": (None, SOUND, METADATA),
}
CASES = [("everything", "gated"), ("everything", "concat"), ("everything", "attention")]
CASES += [("frames_and_sound", "attention"), ("frames_and_metadata", "concat"), ("sound_and_metadata", "gated")]


def contract_of(combination: str, fusion: str) -> Contract:
    encoders = [(name, encoder) for name, encoder in zip(MODALITIES, COMBINATIONS[combination], strict=True) if encoder]
    modalities = tuple(name for name, _ in encoders)
    spec = InputSpec(
        DecodeSettings(size=40),
        ClipSpec(4, input_size=36),
        modalities=modalities,
        sound=SoundInput(num_mels=16, max_seconds=Fraction(1, 2)) if "sound" in modalities else None,
        metadata=COLUMNS if "metadata" in modalities else (),
    )
    network = NetworkSpec(tuple(encoder for _, encoder in encoders), fusion)
    contract = Contract(spec, network, ClassificationOutput(("a", "b", "c")))
    return replace(contract, network=replace(network, head_names=plan_head_names(contract)))


def some_inputs(network: keras.Model, num_clips: int, seed: int = 0) -> Inputs:
    """Everything there, but a gap in the sound and every third number."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, item in network.input.items():
        shape = (num_clips, *item.shape[1:])
        found[name] = np.ones(shape, np.float32) if name.endswith("_present") else rng.normal(-7, 4, shape)
    if "clips" in found:
        found["clips"] = np.kron(rng.integers(0, 256, (num_clips, 4, 6, 6, 3)), np.ones((1, 1, 6, 6, 1)))
    if "categories" in found:
        found["categories"] = np.stack([rng.integers(0, 5, num_clips), rng.integers(5, 9, num_clips)], axis=1)
    if "numbers" in found:
        known = np.arange(num_clips)[:, None] % 3 > 0
        found["numbers"] = np.stack([rng.normal(size=known.shape) * known, known], axis=-1)
    if "sound" in found:
        found["sound_present"][:, 10:20] = 0
        found["sound"] *= found["sound_present"][..., None]
    return {name: found[name].astype(item.dtype) for name, item in network.input.items()}


def without(inputs: Inputs, modality: str) -> Inputs:
    """A modality missing, as the feed says it: zeros everywhere."""
    parts = {
        "frames": ("clips", "descriptors", "frames_present"),
        "sound": ("sound", "sound_present"),
        "metadata": ("numbers", "categories", "metadata_present"),
    }[modality]
    return {name: np.zeros_like(item) if name in parts else item for name, item in inputs.items()}


def shake(network: keras.Model) -> None:
    rng = np.random.default_rng(1)
    for weight in network.weights:
        value = rng.normal(size=weight.shape) / np.sqrt(max(1, int(np.prod(weight.shape[:-1]))))
        positive = "variance" in weight.path or "gamma" in weight.path
        weight.assign(np.abs(value) + 0.5 if positive else value * 1.4)


def answer(network: keras.Model, inputs: Inputs) -> np.ndarray:
    return keras.ops.convert_to_numpy(network(inputs, training=False))


@functools.cache
def ready(combination: str, fusion: str) -> tuple[Contract, keras.Model, Inputs, np.ndarray]:
    contract = contract_of(combination, fusion)
    network = build_network(contract)
    shake(network)
    inputs = some_inputs(network, 4)
    return contract, network, inputs, answer(network, inputs)


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_there_is_a_row_for_every_answer(case: tuple[str, str]) -> None:
    contract, network, inputs, answers = ready(*case)
    assert answers.shape == (4, len(contract.network.head_names), 3)
    assert answers.dtype == np.float32
    assert np.isfinite(answers).all()
    assert contract.network.head_names[-1] == "together"
    assert {name.removesuffix("_2") for name in contract.network.head_names[:-1]} == set(contract.modalities)
    assert (np.ptp(answers, axis=0).max(axis=-1) > 1e-4).all(), "an answer does not look at its input"
    assert list(network.input) == list(inputs)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_the_multiplications_of_the_fusion_are_counted(fusion: str) -> None:
    contract, network, _, _ = ready("everything", fusion)
    without_fusion = sum(network_cost(build_network(alone)).multiply_adds for alone in each_alone(contract))
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense) and "fusion" in layer.name]
    counted = sum(int(np.prod(layer.kernel.shape)) * int(np.prod(layer.output.shape[1:-1])) for layer in dense)
    attention = 2 * 9 * 64 if fusion == "attention" else 0
    assert network_cost(network).multiply_adds == without_fusion + counted + attention + 64 * 3
    assert network_cost(network) == contract_cost(contract)


def each_alone(contract: Contract) -> list[Contract]:
    """The contract of each modality by itself."""
    spec, no_heads = contract.input, {"fusion": "", "head_names": ()}
    return [
        replace(
            contract,
            input=replace(
                spec,
                modalities=(name,),
                sound=spec.sound if name == "sound" else None,
                metadata=spec.metadata if name == "metadata" else (),
            ),
            network=replace(contract.network, encoders=(encoder,), **no_heads),
        )
        for name, encoder in zip(contract.modalities, contract.network.encoders, strict=True)
    ]


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES[:3])
def test_one_clip_gives_the_same_in_any_batch(case: tuple[str, str]) -> None:
    _, network, inputs, answers = ready(*case)
    singles = [answer(network, {name: item[i : i + 1] for name, item in inputs.items()}) for i in range(4)]
    np.testing.assert_allclose(answers, np.concatenate(singles), atol=5e-5)


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_what_stands_under_a_mask_of_zero_changes_nothing(case: tuple[str, str]) -> None:
    _, network, inputs, answers = ready(*case)
    noise = {name: item.copy() for name, item in inputs.items()}
    rng = np.random.default_rng(5)
    if "sound" in noise:
        noise["sound"][:, 10:20] = rng.normal(0, 1000, (4, 10, 16))
    if "numbers" in noise:
        noise["numbers"][..., 0] += 1000 * (noise["numbers"][..., 1] == 0)
    np.testing.assert_allclose(answer(network, noise), answers, atol=1e-6)


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_a_missing_modality_says_nothing_and_the_others_answer_as_before(case: tuple[str, str]) -> None:
    contract, network, inputs, answers = ready(*case)
    for modality in contract.modalities:
        hidden = without(inputs, modality)
        found = answer(network, hidden)
        assert np.isfinite(found).all()
        for row, name in enumerate(contract.network.head_names[:-1]):
            if name.removesuffix("_2") == modality:
                assert (found[:, row] == 0).all()
            else:
                np.testing.assert_allclose(found[:, row], answers[:, row], atol=1e-5)
        assert np.abs(found[:, -1] - answers[:, -1]).max() > 1e-3
        noise = {**inputs, f"{modality}_present": hidden[f"{modality}_present"]}
        np.testing.assert_allclose(answer(network, noise), found, atol=1e-5, err_msg=f"{modality} under a mask of 0")


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_when_everything_is_missing_nothing_breaks(case: tuple[str, str]) -> None:
    contract, network, inputs, _ = ready(*case)
    for modality in contract.modalities:
        inputs = without(inputs, modality)
    answers = answer(network, inputs)
    assert np.isfinite(answers).all()
    assert (answers[:, :-1] == 0).all()
    assert np.ptp(answers, axis=0).max() == 0


@pytest.mark.backend
@pytest.mark.parametrize("encoder", [SOUND, HEARD_IN_ORDER])
def test_a_gap_is_not_silence(encoder: Encoder) -> None:
    contract = contract_of("sound_and_metadata", "gated")
    spec = replace(contract.network, encoders=(encoder, *contract.network.encoders[1:]))
    network = build_network(replace(contract, network=spec))
    shake(network)
    inputs = some_inputs(network, 2)
    gap = answer(network, inputs)
    silence = {**inputs, "sound": inputs["sound"].copy(), "sound_present": np.ones_like(inputs["sound_present"])}
    for level in (0.0, -7.0, -13.8):  # what a feed puts into gaps, what the network takes as 0, digital silence
        silence["sound"][:, 10:20] = level
        assert np.abs(answer(network, silence) - gap)[:, 0].max() > 1e-3


def several_heads_loss(targets: keras.KerasTensor, answers: keras.KerasTensor) -> keras.KerasTensor:
    targets = keras.ops.broadcast_to(targets[:, None], keras.ops.shape(answers))
    losses = keras.losses.categorical_crossentropy(targets, answers, from_logits=True)
    return keras.ops.mean(losses, axis=-1)


def weights_of(network: keras.Model) -> list[np.ndarray]:
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in network.trainable_weights]


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_the_gradient_reaches_every_weight(case: tuple[str, str]) -> None:
    network = build_network(contract_of(*case))
    shake(network)
    network.compile(keras.optimizers.SGD(1.0), several_heads_loss, jit_compile=compiles_steps())
    before = weights_of(network)
    network.train_on_batch(some_inputs(network, 12), np.eye(3, dtype=np.float32)[np.arange(12) % 3])
    still = [
        weight.path
        for weight, old, new in zip(network.trainable_weights, before, weights_of(network), strict=True)
        if np.array_equal(old, new)
    ]
    assert still == []


def test_a_modality_that_no_clip_of_many_batches_had_does_not_drown_the_rest() -> None:
    """Moments over no clip at all are 0, so what is standardised by them is huge; only a bound holds it."""
    network = build_network(contract_of("sound_and_metadata", "gated"))
    network.compile(keras.optimizers.SGD(1e-3), several_heads_loss, jit_compile=compiles_steps())
    inputs = some_inputs(network, 8)
    silent = without(inputs, "sound")
    for _ in range(60):
        network.train_on_batch(silent, np.eye(3, dtype=np.float32)[np.arange(8) % 3])
    names = ("fusion_sound_norm", "fusion_sound_masked")
    parts = keras.Model(network.input, [network.get_layer(name).output for name in names])
    unbounded, bounded = (np.abs(keras.ops.convert_to_numpy(part)).max() for part in parts(inputs, training=False))
    assert unbounded > 10
    assert bounded <= 3


@pytest.mark.parametrize("fusion", FUSIONS)
def test_what_only_two_modalities_together_tell_is_learned(fusion: str) -> None:
    """The class is whether a loud sound and a large number go together; either alone is chance."""
    contract = contract_of("sound_and_metadata", fusion)
    keras.utils.set_random_seed(3)
    network = build_network(contract)
    network.compile(keras.optimizers.Adam(2e-3), several_heads_loss, jit_compile=compiles_steps())
    rng = np.random.default_rng(0)

    def batch() -> tuple[Inputs, np.ndarray]:
        inputs = some_inputs(network, 32, int(rng.integers(1 << 30)))
        loud, large = rng.integers(0, 2, (2, 32))
        inputs["sound"] += 4.0 * (2 * loud - 1)[:, None, None] * inputs["sound_present"][..., None]
        inputs["numbers"] = np.stack([2.0 * large - 1, np.ones(32)], axis=-1)[:, None].astype(np.float32)
        return inputs, loud ^ large

    for _ in range(70):
        inputs, classes = batch()
        network.train_on_batch(inputs, np.eye(3, dtype=np.float32)[classes])
    inputs, classes = batch()
    found = answer(network, inputs).argmax(axis=-1) == classes[:, None]
    assert found[:, -1].mean() > 0.9
    assert (found[:, :-1].mean(axis=0) < 0.8).all()


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES)
def test_the_file_brings_it_back_and_keras_opens_it(case: tuple[str, str], tmp_path: Path) -> None:
    contract, network, inputs, answers = ready(*case)
    save_model(tmp_path / "model.keras", network, contract)
    loaded = load_model_file(tmp_path / "model.keras")
    loaded_network = loaded.contract.network
    assert loaded_network.encoders[1].arguments.keys() > contract.network.encoders[1].arguments.keys()
    assert replace(loaded.contract, network=replace(loaded_network, encoders=contract.network.encoders)) == contract
    np.testing.assert_array_equal(answer(loaded.network, inputs), answers)
    opened = keras.saving.load_model(tmp_path / "model.keras")
    opened.save(tmp_path / "held.h5")
    for copy in (opened, keras.saving.load_model(tmp_path / "held.h5")):
        np.testing.assert_allclose(answer(copy, inputs), answers, atol=2e-5)  # as in test_models.py: motion


def test_equal_content_gives_equal_bytes_in_another_process(tmp_path: Path) -> None:
    contract, network, _, _ = ready("everything", "attention")
    save_model(tmp_path / "model.keras", network, contract)
    script = """
import sys, pathlib
from reelwise.models.file import load_model_file, save_model
for _ in range(2):  # Keras has counted some operations by now
    loaded = load_model_file(pathlib.Path(sys.argv[1]))
save_model(pathlib.Path(sys.argv[2]), loaded.network, loaded.contract)
"""
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend(), "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", script, str(tmp_path / "model.keras"), str(tmp_path / "again.keras")]
    subprocess.run(command, env=environment, check=True)
    assert (tmp_path / "again.keras").read_bytes() == (tmp_path / "model.keras").read_bytes()


OPEN = """
import sys, numpy, keras
for path in sys.argv[1:]:
    known = dict(numpy.load(path + ".npz"))
    expected = known.pop("expected")
    network = keras.saving.load_model(path)
    answers = keras.ops.convert_to_numpy(network(known, training=False))
    print(float(numpy.abs(answers - expected).max()))
assert not [name for name in sys.modules if name.startswith("reelwise")]
"""


def test_keras_alone_gives_the_same_on_every_back_end(reading_backend: str, tmp_path: Path) -> None:
    paths = []
    for number, case in enumerate((CASES[0], CASES[3])):
        contract, network, inputs, answers = ready(*case)
        paths.append(str(tmp_path / f"{number}.keras"))
        save_model(Path(paths[-1]), network, contract)
        np.savez(f"{paths[-1]}.npz", expected=answers, **inputs)
    environment = {**os.environ, "KERAS_BACKEND": reading_backend, "KERAS_HOME": str(tmp_path), "PYTHONPATH": ""}
    command = [sys.executable, "-c", OPEN, *paths]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    differences = [float(line) for line in done.stdout.splitlines()]
    assert len(differences) == len(paths)
    assert max(differences) < 1e-4


@pytest.mark.backend
@pytest.mark.parametrize("case", CASES[:3])
def test_a_bfloat16_twin_has_the_same_weights(case: tuple[str, str]) -> None:
    contract, network, inputs, answers = ready(*case)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        twin = build_network(contract)
    finally:
        keras.config.set_dtype_policy("float32")
    assert [(w.path, w.shape, w.dtype) for w in twin.weights] == [(w.path, w.shape, w.dtype) for w in network.weights]
    assert twin.outputs[0].dtype == "float32"
    twin.set_weights(network.get_weights())
    np.testing.assert_allclose(answer(twin, inputs), answers, atol=0.5, rtol=0.2)
