"""One battery for every entry of the catalogue that gives frames."""

import functools
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import reelwise.layers  # noqa: F401  (registers the layers)
from reelwise.catalog import Argument, Entry, Value
from reelwise.catalog.cost import preset_cost
from reelwise.core.backend import compiles_steps
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import UsageError
from reelwise.core.modalities import Encoder
from reelwise.datasets.batches import Batch
from reelwise.models.build import build_network
from reelwise.models.catalogue import CATALOG, find_entry
from reelwise.models.cost import network_cost
from reelwise.models.file import load_model_file, save_model
from reelwise.models.plain_graph import expand
from reelwise.tasks.prediction import PredictionOutput
from reelwise.training.config import TrainConfig
from reelwise.training.frames_objective import FramesObjective
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend

GOLDEN = Path(__file__).parents[1] / "golden" / "predicted_frames.json"
SIDE = 16
ENTRIES = [entry for entry in CATALOG if entry.gives == "frames"]
DEFAULTS = [pytest.param(entry, id=entry.name) for entry in ENTRIES]
PRESETS = [pytest.param(entry, preset, id=f"{entry.name}:{preset}") for entry in ENTRIES for preset in entry.presets]
CHOICES = [
    pytest.param(entry, name, choice, id=f"{entry.name}:{name}={choice}")
    for entry in ENTRIES
    for name, item in entry.arguments.items()
    for choice in (item.choices or ((True, False) if item.kind is bool else ()))
]


def network_of(
    entry: Entry, arguments: dict[str, Value], *, num_frames: int = 4, num_targets: int = 4, side: int = SIDE
) -> keras.Model:
    module, _, function = entry.builder.partition(":")
    context = keras.Input((num_frames, side, side, 3), dtype="uint8", name="clips")
    build = getattr(importlib.import_module(module), function)
    return keras.Model(context, build(context, num_targets=num_targets, **entry.resolve(None, arguments)))


def small(entry: Entry) -> dict[str, Value]:
    """Arguments of a network that computes in no time."""
    wanted: dict[str, Value] = {
        "width": 4,
        "mixer_width": 8,
        "num_blocks": 2,
        "kernel_size": 3,
        "units": 4,
        "num_layers": 2,
    }
    return {name: value for name, value in wanted.items() if name in entry.arguments}


def some_frames(num_clips: int, num_frames: int = 4, side: int = SIDE, seed: int = 0) -> np.ndarray:
    """(N, T, S, S, 3) uint8 of coarse squares."""
    coarse = np.random.default_rng(seed).integers(0, 256, (num_clips, num_frames, side // 4, side // 4, 3))
    return np.repeat(np.repeat(coarse, 4, axis=2), 4, axis=3).astype(np.uint8)


def predict(network: keras.Model, context: np.ndarray) -> np.ndarray:
    """Called directly: compiling every small network would take most of the time of these tests."""
    return keras.ops.convert_to_numpy(network(context, training=False))


def shake(network: keras.Model, seed: int = 1) -> None:
    """Weights that no initialiser would give, the running moments of normalisations among them."""
    rng = np.random.default_rng(seed)
    for weight in network.weights:
        fan_in = max(1, int(np.prod(weight.shape[:2] if weight.path.endswith("depthwise") else weight.shape[:-1])))
        value = rng.normal(size=weight.shape) / np.sqrt(fan_in)
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.path or "gamma" in weight.path else value)


@functools.cache
def ready(name: str) -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """A small network of an entry with shaken weights, frames for it, and what it predicts."""
    entry = find_entry(name)
    network = network_of(entry, small(entry))
    shake(network)
    context = some_frames(3)
    return network, context, predict(network, context)


@pytest.mark.parametrize(("entry", "preset"), PRESETS)
def test_a_preset_costs_what_the_catalogue_says(entry: Entry, preset: str) -> None:
    clip = entry.preset(preset).clip
    with keras.StatelessScope(initialize_variables=False):
        sizes = {"num_frames": clip.num_frames, "num_targets": clip.num_frames, "side": clip.input_size}
        network = network_of(entry, dict(entry.resolve(preset)), **sizes)
        assert network_cost(network) == preset_cost(entry.name, preset)
    assert network.output_shape == (None, clip.num_frames, clip.input_size, clip.input_size, 3)


@pytest.mark.parametrize("num_targets", [1, 3, 4, 7])
@pytest.mark.parametrize("num_frames", [1, 4])
@pytest.mark.parametrize("entry", DEFAULTS)
def test_an_untrained_network_repeats_the_last_frame(entry: Entry, num_frames: int, num_targets: int) -> None:
    network = network_of(entry, small(entry), num_frames=num_frames, num_targets=num_targets)
    context = some_frames(2, num_frames)
    predicted = predict(network, context)
    assert predicted.shape == (2, num_targets, SIDE, SIDE, 3)
    assert predicted.dtype == np.float32
    for frame in range(num_targets):
        np.testing.assert_allclose(predicted[:, frame], context[:, -1] / 255, atol=1e-7)


@pytest.mark.parametrize(("entry", "name", "choice"), CHOICES)
def test_each_choice_takes_any_number_of_frames_and_comes_back_from_a_file(
    entry: Entry, name: str, choice: Value, tmp_path: Path
) -> None:
    for num_frames, num_targets in ((4, 4), (2, 5), (4, 2)):
        sizes = {"num_frames": num_frames, "num_targets": num_targets}
        network = network_of(entry, {**small(entry), name: choice}, **sizes)
        assert network.output_shape == (None, num_targets, SIDE, SIDE, 3)
    shake(network)
    context = some_frames(2)
    network.save(tmp_path / "own.keras")
    opened = keras.saving.load_model(tmp_path / "own.keras")
    np.testing.assert_array_equal(predict(opened, context), predict(network, context))


@pytest.mark.parametrize("entry", DEFAULTS)
def test_every_number_changes_the_network(entry: Entry) -> None:
    arguments = {**entry.resolve(), **small(entry)}
    for name, item in entry.arguments.items():
        if item.kind is int:
            usual = _config(network_of(entry, _where_it_counts(entry, name, arguments)))
            changed = {**_where_it_counts(entry, name, arguments), name: _next_value(item, arguments[name])}
            assert _config(network_of(entry, changed)) != usual, name


def _where_it_counts(entry: Entry, name: str, arguments: dict[str, Value]) -> dict[str, Value]:
    """The inner width is of one kind of mixer alone."""
    return {**arguments, "mixer": "gsta"} if name == "expansion" else arguments


def _next_value(item: Argument, value: Value) -> int:
    """A value nearby."""
    return next(number for number in (2, 4, 3, 8, 12, 5) if number != value and item.minimum <= number <= item.maximum)


def _config(network: keras.Model) -> list[Any]:
    """What does not depend on how many networks there were before."""
    return [network_cost(network), *((layer.name, [w.shape for w in layer.weights]) for layer in network.layers)]


@pytest.mark.parametrize("entry", DEFAULTS)
def test_what_is_predicted_depends_on_the_clip_alone(entry: Entry) -> None:
    network, context, together = ready(entry.name)
    assert np.isfinite(together).all()
    assert np.ptp(together, axis=0).max() > 1e-2
    singles = np.concatenate([predict(network, context[i : i + 1]) for i in range(3)])
    np.testing.assert_allclose(together, singles, atol=5e-5)


@pytest.mark.parametrize("entry", DEFAULTS)
def test_every_frame_of_the_context_counts(entry: Entry) -> None:
    network, context, expected = ready(entry.name)
    for frame in range(4):
        other = context.copy()
        other[:, frame] = 255 - other[:, frame]
        assert np.abs(predict(network, other) - expected).max() > 1e-3, frame


@pytest.mark.parametrize("entry", DEFAULTS)
def test_the_gradient_reaches_every_weight(entry: Entry) -> None:
    network = network_of(entry, small(entry))
    shake(network)
    network.compile(keras.optimizers.SGD(10.0), "mse", jit_compile=compiles_steps())
    before = [np.array(keras.ops.convert_to_numpy(weight)) for weight in network.trainable_weights]
    network.train_on_batch(some_frames(4), some_frames(4, seed=1) / np.float32(255))
    after = [keras.ops.convert_to_numpy(weight) for weight in network.trainable_weights]
    weights = zip(network.trainable_weights, before, after, strict=True)
    still = [weight.path for weight, old, new in weights if np.array_equal(old, new)]
    assert still == []


@pytest.mark.parametrize("entry", DEFAULTS)
def test_a_bfloat16_twin_has_the_same_weights_and_gives_float32(entry: Entry) -> None:
    network, context, expected = ready(entry.name)
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        twin = network_of(entry, small(entry))
    finally:
        keras.config.set_dtype_policy("float32")
    assert [(w.path, w.shape, w.dtype) for w in twin.weights] == [(w.path, w.shape, w.dtype) for w in network.weights]
    assert twin.outputs[0].dtype == "float32"
    twin.set_weights(network.get_weights())
    np.testing.assert_allclose(predict(twin, context), expected, atol=0.25)


@pytest.mark.parametrize("entry", DEFAULTS)
def test_a_step_in_bfloat16_learns(entry: Entry) -> None:
    config = TrainConfig(batch_size=4, bfloat16=True)
    trainee = Trainee(lambda: network_of(entry, small(entry)), FramesObjective(), config)
    batch = Batch(some_frames(4), some_frames(4, seed=1), np.ones(4, np.float32), np.arange(4))
    losses = [trainee.step(batch, 0.01).loss for _ in range(2)]
    assert np.isfinite(losses).all()
    assert losses[0] != losses[1]
    assert {layer.compute_dtype for layer in trainee.stepping.layers} >= {"bfloat16"}


@pytest.mark.parametrize("entry", DEFAULTS)
def test_a_model_file_gives_back_contract_and_network(entry: Entry, tmp_path: Path) -> None:
    clip = ClipSpec(4, frame_stride=2, input_size=SIDE)
    spec = InputSpec(DecodeSettings(size=SIDE, fit="crop"), clip, num_views=1)
    arguments = {**entry.resolve(), **small(entry)}
    network_spec = NetworkSpec((Encoder(entry.name, entry.default_preset, arguments),))
    contract = Contract(spec, network_spec, PredictionOutput(num_targets=3, frame_rate=12.5))
    network = build_network(contract)
    shake(network)
    save_model(tmp_path / "model.keras", network, contract)
    loaded = load_model_file(tmp_path / "model.keras")
    assert loaded.contract == contract
    context = some_frames(2)
    np.testing.assert_array_equal(predict(loaded.network, context), predict(network, context))


def test_keras_alone_opens_every_network(tmp_path: Path) -> None:
    for entry in ENTRIES:
        network, context, expected = ready(entry.name)
        expand(network).save(tmp_path / f"{entry.name}.keras")
        np.savez(tmp_path / f"{entry.name}.npz", context=context, expected=expected)
    script = """
import sys, pathlib, numpy, keras
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.keras")):
    arrays = numpy.load(path.with_suffix(".npz"))
    network = keras.saving.load_model(path)
    network.save(path.with_suffix(".h5"))
    for opened in (network, keras.saving.load_model(path.with_suffix(".h5"))):
        frames = keras.ops.convert_to_numpy(opened(arrays["context"], training=False))
        print(f"{path.stem}:{opened is network}", float(numpy.abs(frames - arrays["expected"]).max()))
assert not [name for name in sys.modules if name.startswith("reelwise")]
"""
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend(), "KERAS_HOME": str(tmp_path)}
    command = [sys.executable, "-c", script, str(tmp_path)]
    environment["PYTHONPATH"] = ""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    differences = dict(line.split() for line in done.stdout.splitlines())
    assert set(differences) == {f"{entry.name}:{is_opened}" for entry in ENTRIES for is_opened in (True, False)}
    assert all(float(value) < 1e-5 for value in differences.values()), differences


@pytest.mark.parametrize("entry", DEFAULTS)
def test_every_back_end_gives_the_frames_of_the_golden_file(entry: Entry) -> None:
    """One row of pixels of each frame; written on TensorFlow, REELWISE_UPDATE_GOLDEN=1 writes it anew."""
    row = ready(entry.name)[2][:, :, SIDE // 2, :, 0]
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("REELWISE_UPDATE_GOLDEN"):
        golden[entry.name] = np.round(row.astype(float), 6).tolist()
        GOLDEN.write_text(json.dumps(golden, sort_keys=True) + "\n")
    np.testing.assert_allclose(row, golden[entry.name], atol=1e-4)


@pytest.mark.parametrize("entry", DEFAULTS)
def test_sides_that_cannot_be_halved_so_often_are_refused(entry: Entry) -> None:
    assert entry.check_shape is not None
    with pytest.raises(UsageError, match="34 pixels") as caught:
        entry.check_shape((8, 34), entry.resolve())
    assert "--size 32 or 36" in caught.value.hint
    with pytest.raises(UsageError, match="3 pixels") as caught:
        entry.check_shape((8, 3), entry.resolve())
    assert "--size 4" in caught.value.hint
    for preset in entry.presets:
        entry.check_shape((8, entry.preset(preset).clip.input_size), entry.resolve(preset))
