"""One battery for every entry of the catalogue that gives labels."""

import functools
import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import reelwise.layers  # noqa: F401  (registers the layers)
from reelwise.catalog import Argument, Entry, Value
from reelwise.core.backend import compiles_steps
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.datasets.batches import Batch
from reelwise.models.build import build_network
from reelwise.models.catalogue import CATALOG, find_entry
from reelwise.models.cost import network_cost
from reelwise.models.file import load_model_file, save_model
from reelwise.models.network_plan import plan_head_names
from reelwise.models.unallocated import contract_cost
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput
from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee

GOLDEN = Path(__file__).parents[1] / "golden" / "logits.json"
NUM_CLASSES = 3
RECURRENT = (keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU)
COLUMNS = (
    MetadataColumn("age", "number"),
    MetadataColumn("site", "category", values=("a", "b", "c")),
    MetadataColumn("weight", "number"),
    MetadataColumn("hand", "category", values=("left", "right")),
)
ENTRIES = [entry for entry in CATALOG if entry.gives == "labels"]  # test_frame_models.py has those that give frames
DEFAULTS = [pytest.param(entry, id=entry.name, marks=pytest.mark.backend) for entry in ENTRIES]
SMALL_NETWORKS = [
    pytest.param(entry, id=entry.name, marks=() if entry.name == "application_lstm" else pytest.mark.backend)
    for entry in ENTRIES
]
"""The image network of Keras, whose many layers JAX compiles one by one, is here on the default back end alone."""
PRESETS = [pytest.param(entry, preset, id=f"{entry.name}:{preset}") for entry in ENTRIES for preset in entry.presets]


def contract_of(
    entry: Entry, preset: str, arguments: dict[str, Value] | None = None, *, num_frames: int = 6
) -> Contract:
    labels = tuple(f"class {i}" for i in range(NUM_CLASSES))
    clip = ClipSpec(num_frames, max_span_seconds=Fraction(7, 3), input_size=36)
    return Contract(
        InputSpec(DecodeSettings(size=40), clip, **reads(entry)),
        NetworkSpec((Encoder(entry.name, preset, dict(arguments or {})),)),
        ClassificationOutput(labels),
    )


def reads(entry: Entry) -> dict[str, Any]:
    """The fields of an InputSpec that say what the entry reads."""
    sound = SoundInput(num_mels=16, max_seconds=Fraction(3, 4)) if entry.modality == "sound" else None
    return {
        "modalities": (entry.modality,),
        "sound": sound,
        "metadata": COLUMNS if entry.modality == "metadata" else (),
    }


def small(entry: Entry) -> dict[str, Value]:
    """Arguments of a network that computes in no time."""
    wanted = {"width": 4, "units": 4, "features": 8, "num_convs": 2, "num_blocks": 2, "embedding": 2, "dropout": 0.0}
    return {name: value for name, value in wanted.items() if name in entry.arguments}


def other_value(item: Argument, value: Value) -> Value:
    """A value that is neither the default nor large."""
    if item.kind is bool:
        return not value
    if item.kind is str:
        return next(choice for choice in item.choices if choice != value)
    if item.kind is float:
        return 0.25
    return next(n for n in range(max(int(item.minimum), 3), int(item.maximum) + 1) if n != value)


def some_input(network: keras.Model, num_clips: int, seed: int = 0) -> Any:
    rng = np.random.default_rng(seed)
    if isinstance(network.input, dict):
        return {name: some_part(rng, name, (num_clips, *item.shape[1:])) for name, item in network.input.items()}
    shape = (num_clips, *network.input_shape[1:])
    if len(shape) == 3:
        return rng.normal(size=shape).astype(np.float32)
    coarse = rng.integers(0, 256, (*shape[:2], 6, 6, 3))
    return np.repeat(np.repeat(coarse, shape[2] // 6, axis=2), shape[3] // 6, axis=3).astype(np.uint8)


def some_part(rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Sound with a gap, metadata with a number that is missing."""
    if name == "sound":
        return rng.normal(-7, 4, shape).astype(np.float32)
    if name == "categories":
        return np.stack([rng.integers(0, 5, shape[0]), rng.integers(5, 9, shape[0])], axis=1).astype(np.int32)
    if name == "numbers":
        numbers = rng.normal(size=shape).astype(np.float32)
        numbers[..., 1] = np.arange(shape[0] * shape[1]).reshape(shape[:2]) % 3 > 0
        return numbers
    present = np.ones(shape, np.float32)
    if name == "sound_present":
        present[:, shape[1] // 2 : shape[1] // 2 + 9] = 0
    return present


def single(clips: Any, index: int) -> Any:
    """One clip as a batch."""
    if isinstance(clips, dict):
        return {name: part[index : index + 1] for name, part in clips.items()}
    return clips[index : index + 1]


@functools.cache
def ready(name: str) -> tuple[Contract, keras.Model, Any, np.ndarray]:
    """A small network of an entry with shaken weights, clips for it, and what it says of them."""
    entry = find_entry(name)
    contract = contract_of(entry, entry.default_preset, small(entry))
    network = build_network(contract)
    shake(network)
    clips = some_input(network, 3)
    return contract, network, clips, answer(network, clips)


def answer(network: keras.Model, clips: Any) -> np.ndarray:
    """Called directly: compiling every small network would take most of the time of these tests."""
    return keras.ops.convert_to_numpy(network(clips, training=False))


def assert_close(entry: Entry, logits: np.ndarray, expected: np.ndarray) -> None:
    """In layers of Keras a quotient is a product with the inverse, which differs in the last digit; motion has some."""
    np.testing.assert_allclose(logits, expected, atol=1e-5 if entry.name == "motion" else 1e-6)


def shake(network: keras.Model, seed: int = 1) -> None:
    """Weights that no initialiser would give, the running moments of normalisations among them."""
    rng = np.random.default_rng(seed)
    for weight in network.weights:
        is_depthwise = len(weight.shape) == 4 and weight.shape[-1] == 1
        fan_in = max(1, int(np.prod(weight.shape[: -2 if is_depthwise else -1])))
        value = rng.normal(size=weight.shape) / np.sqrt(fan_in)
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.path or "gamma" in weight.path else value * 1.4)


@pytest.mark.parametrize(("entry", "preset"), PRESETS)
def test_a_preset_builds_and_costs_what_the_catalogue_says(entry: Entry, preset: str) -> None:
    wanted = entry.preset(preset).clip
    clip = ClipSpec(wanted.num_frames, input_size=wanted.input_size)
    contract = Contract(
        InputSpec(DecodeSettings(wanted.decode_size), clip, **reads(entry)),
        NetworkSpec((Encoder(entry.name, preset),)),
        ClassificationOutput(("a", "b", "c")),
    )
    network = build_network(contract)
    cost = contract_cost(contract)
    assert cost == network_cost(network)
    assert network.output_shape == (None, 3)
    assert network.count_params() == cost.parameters
    counted = sum(multiply_adds(layer) for layer in network.layers)
    by_histograms = sum(
        layer.multiply_adds(layer.input.shape) for layer in network.layers if "Histograms" in repr(layer)
    )
    assert cost.multiply_adds == counted + by_histograms
    assert (by_histograms > 0) == (entry.name == "motion")


@pytest.mark.parametrize(("entry", "preset"), PRESETS)
def test_a_builder_gives_as_many_streams_as_the_catalogue_says(entry: Entry, preset: str) -> None:
    contract = contract_of(entry, preset)
    output = replace(contract, output=MultilabelOutput(contract.labels))
    num_streams = entry.num_streams(entry.resolve(preset))
    names = plan_head_names(output)
    assert len(names) == (num_streams if num_streams > 1 else 0)
    network = build_network(replace(output, network=replace(output.network, head_names=names)))
    assert network.output_shape == ((None, num_streams, NUM_CLASSES) if names else (None, NUM_CLASSES))


def multiply_adds(layer: keras.layers.Layer) -> int:
    """Counted from what Keras built: every weight is used once per place that it is applied at."""

    def times(shape: tuple[int | None, ...]) -> int:
        return int(np.prod(shape[1:-1], dtype=np.int64))

    if isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
        folds = folded_frames(layer)
        return int(np.prod(layer.kernel.shape)) * times(layer.output.shape) * folds
    if isinstance(layer, keras.layers.ConvLSTM2D):
        frames, height, width = layer.input.shape[1:4]
        return (
            (int(np.prod(layer.cell.kernel.shape)) + int(np.prod(layer.cell.recurrent_kernel.shape)))
            * frames
            * height
            * width
        )
    if isinstance(layer, keras.layers.RNN):
        return (
            int(np.prod(layer.cell.kernel.shape)) + int(np.prod(layer.cell.recurrent_kernel.shape))
        ) * layer.input.shape[1]
    if isinstance(layer, keras.layers.Dense):
        return int(np.prod(layer.kernel.shape)) * times(layer.output.shape) * folded_frames(layer)
    return 0


def folded_frames(layer: keras.layers.Layer) -> int:
    """How many frames of a clip lie in the batch where a layer stands: what its fold put there."""
    frames = 1
    at = layer.input
    while True:
        source = at._keras_history.operation
        if source.__class__.__name__ == "TimeFold":
            return source.input.shape[1]
        kind, before = source.__class__.__name__, source.input
        if kind in ("Add", "Multiply"):
            before = before[0]
        is_flat = kind == "Reshape" and source.output.shape[1:3] != (1, 1)
        if kind in ("TimeUnfold", "InputLayer") or is_flat or not isinstance(before, keras.KerasTensor):
            return frames
        at = before


@pytest.mark.parametrize("entry", DEFAULTS)
def test_uint8_goes_in_and_logits_come_out(entry: Entry) -> None:
    _, network, _, logits = ready(entry.name)
    kinds = {"clips": "uint8", "categories": "int32"}
    assert all(item.dtype == kinds.get(item.name, "float32") for item in network.inputs)
    assert logits.shape == (3, NUM_CLASSES)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()
    assert (np.abs(logits.sum(axis=1) - 1) > 1e-3).all()
    assert np.ptp(logits, axis=0).max() > 1e-4, "the network does not look at its input"


@pytest.mark.parametrize("entry", SMALL_NETWORKS)
def test_one_clip_gives_the_same_in_any_batch(entry: Entry) -> None:
    _, network, clips, logits = ready(entry.name)
    singles = np.concatenate([answer(network, single(clips, i)) for i in range(3)])
    np.testing.assert_allclose(logits, singles, atol=5e-5)


@pytest.mark.parametrize("entry", DEFAULTS)
def test_the_gradient_reaches_every_weight(entry: Entry) -> None:
    network = build_network(contract_of(entry, entry.default_preset, small(entry)))
    shake(network)
    network.compile(
        keras.optimizers.SGD(1.0),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=compiles_steps(),
    )
    before = [np.array(keras.ops.convert_to_numpy(weight)) for weight in network.trainable_weights]
    network.train_on_batch(some_input(network, 8), np.eye(NUM_CLASSES, dtype=np.float32)[np.arange(8) % NUM_CLASSES])
    after = [keras.ops.convert_to_numpy(weight) for weight in network.trainable_weights]
    changed = [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    still = [w.path for w, has_changed in zip(network.trainable_weights, changed, strict=True) if not has_changed]
    assert still == []


@pytest.mark.parametrize("entry", SMALL_NETWORKS)
def test_other_arguments_come_back_from_the_file(entry: Entry, tmp_path: Path) -> None:
    defaults = entry.resolve()
    others = {**small(entry), **{name: other_value(item, defaults[name]) for name, item in entry.arguments.items()}}
    contract = contract_of(entry, entry.default_preset, others)
    network = build_network(contract)
    shake(network)
    clips = some_input(network, 2)
    expected = answer(network, clips)
    save_model(tmp_path / "model.keras", network, contract)
    loaded = load_model_file(tmp_path / "model.keras")
    assert loaded.contract == contract
    assert all(loaded.contract.network.first.arguments[name] != defaults[name] for name in defaults)
    np.testing.assert_array_equal(answer(loaded.network, clips), expected)


@pytest.mark.parametrize("entry", DEFAULTS)
def test_keras_opens_the_file_and_h5_holds_the_network(entry: Entry, tmp_path: Path) -> None:
    contract, network, clips, expected = ready(entry.name)
    save_model(tmp_path / "model.keras", network, contract)
    network.save(tmp_path / "own.keras")
    network.save(tmp_path / "own.h5")
    held = keras.saving.load_model(tmp_path / "model.keras")
    held.save(tmp_path / "again.keras")
    held.save(tmp_path / "held.h5")
    load_model_file(tmp_path / "model.keras").network.save(tmp_path / "again.h5")
    keras.saving.load_model(tmp_path / "again.h5").save(tmp_path / "third.h5")
    for name in ("own.keras", "own.h5", "again.h5", "third.h5"):
        opened = keras.saving.load_model(tmp_path / name)
        np.testing.assert_allclose(answer(opened, clips), expected, atol=1e-6, err_msg=name)
    assert_close(entry, answer(held, clips), expected)
    for name in ("again.keras", "held.h5"):
        opened = keras.saving.load_model(tmp_path / name)
        np.testing.assert_allclose(answer(opened, clips), answer(held, clips), atol=1e-6, err_msg=name)


@pytest.mark.parametrize("entry", SMALL_NETWORKS)
def test_what_keras_opens_is_copied_in_every_way_of_keras(entry: Entry, tmp_path: Path) -> None:
    contract, network, clips, expected = ready(entry.name)
    save_model(tmp_path / "model.keras", network, contract)
    held = keras.saving.load_model(tmp_path / "model.keras")
    held.save_weights(tmp_path / "held.weights.h5")
    from_json = keras.models.model_from_json(held.to_json())
    from_json.load_weights(tmp_path / "held.weights.h5")
    clone = keras.models.clone_model(held)
    clone.set_weights(held.get_weights())
    for copy in (from_json, clone):
        assert_close(entry, answer(copy, clips), expected)
    trained = {weight.path for weight in held.trainable_weights}
    assert trained == {weight.path for weight in network.trainable_weights}


@pytest.mark.backend
def test_keras_alone_opens_every_file(tmp_path: Path) -> None:
    for entry in ENTRIES:
        contract, network, clips, expected = ready(entry.name)
        save_model(tmp_path / f"{entry.name}.keras", network, contract)
        parts = clips if isinstance(clips, dict) else {"clips": clips}
        np.savez(tmp_path / f"{entry.name}.npz", expected=expected, **parts)
    script = """
import sys, pathlib, numpy, keras
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.keras")):
    known = numpy.load(path.with_suffix(".npz"))
    network = keras.saving.load_model(path)
    parts = {name: known[name] for name in known.files if name != "expected"}
    clips = parts if isinstance(network.input, dict) else parts["clips"]
    network.save(path.with_suffix(".h5"))
    for opened in (network, keras.saving.load_model(path.with_suffix(".h5"))):
        logits = keras.ops.convert_to_numpy(opened(clips, training=False))
        print(f"{path.stem}:{opened is network}", float(numpy.abs(logits - known["expected"]).max()))
assert not [name for name in sys.modules if name.startswith("reelwise")]
"""
    environment = {
        **os.environ,
        "KERAS_BACKEND": keras.backend.backend(),
        "KERAS_HOME": str(tmp_path),
        "PYTHONPATH": "",
    }
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    differences = dict(line.split() for line in done.stdout.splitlines())
    assert set(differences) == {f"{entry.name}:{is_opened}" for entry in ENTRIES for is_opened in (True, False)}
    assert all(float(value) < 1e-5 for value in differences.values()), differences


@pytest.mark.parametrize("entry", SMALL_NETWORKS)
def test_a_bfloat16_twin_has_the_same_weights(entry: Entry) -> None:
    contract, network, clips, expected = ready(entry.name)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        twin = build_network(contract)
    finally:
        keras.config.set_dtype_policy("float32")
    assert [(w.path, w.shape, w.dtype) for w in twin.weights] == [(w.path, w.shape, w.dtype) for w in network.weights]
    assert twin.outputs[0].dtype == "float32"
    twin.set_weights(network.get_weights())
    np.testing.assert_allclose(answer(twin, clips), expected, atol=0.5, rtol=0.2)


@pytest.mark.parametrize("entry", SMALL_NETWORKS)
def test_a_step_in_bfloat16_learns_and_recurrent_layers_compute_in_float32(entry: Entry) -> None:
    contract = contract_of(entry, entry.default_preset, small(entry))
    trainee = Trainee(lambda: build_network(contract), TaskObjective(), TrainConfig(batch_size=4, bfloat16=True))
    targets = np.eye(NUM_CLASSES, dtype=np.float32)[np.arange(4) % NUM_CLASSES]
    batch = Batch(some_input(trainee.network, 4), targets, np.ones(4, np.float32), np.arange(4))
    losses = [trainee.step(batch, 0.01).loss for _ in range(2)]
    assert np.isfinite(losses).all()
    assert losses[0] != losses[1]
    recurrent = [layer for layer in trainee.stepping.layers if isinstance(layer, RECURRENT)]
    assert all(layer.compute_dtype == "float32" for layer in recurrent), "cuDNN's LSTM takes no bfloat16"
    assert bool(recurrent) == any(part in entry.name for part in ("rnn", "gru", "_lstm")) or entry.name == "lstm"


@pytest.mark.parametrize("entry", DEFAULTS)
def test_every_back_end_gives_the_logits_of_the_golden_file(entry: Entry) -> None:
    """The golden file was written on TensorFlow; REELWISE_UPDATE_GOLDEN=1 writes it anew."""
    logits = ready(entry.name)[3]
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("REELWISE_UPDATE_GOLDEN"):
        golden[entry.name] = np.round(logits.astype(float), 7).tolist()
        GOLDEN.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
    np.testing.assert_allclose(logits, golden[entry.name], atol=1e-4)
