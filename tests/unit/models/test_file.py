"""The model file: what was saved comes back; what was changed is refused; nothing in it is ever run."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.modalities import Encoder, MetadataColumn
from reelwise.models.archive import DOCUMENT, MEMBERS, TENSORS
from reelwise.models.build import build_network
from reelwise.models.file import load_model_file, read_manifest, save_model
from reelwise.models.schema import SCHEMA_1, contract_of, parse_document
from reelwise.models.schema_1 import flat_contract
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput

pytestmark = pytest.mark.backend

OLD = Path(__file__).parents[2] / "golden" / "frames_only.keras"
MULTILABEL = OLD.with_name("multilabel.keras")
LOGITS = [
    [[0.5386050939559937, 1.5351290702819824], [-1.0910948514938354, 0.5132543444633484]],
    [[0.5669690370559692, 1.479381799697876], [-0.4412034749984741, 0.7904465794563293]],
]
KERNEL = "weights/space_1/kernel"
WIDE, LARGE = {"width": 128, "num_blocks": 5}, {"num_frames": 256, "input_size": 512}


def weights_of(network: keras.Model) -> list[np.ndarray]:
    return [keras.ops.convert_to_numpy(weight) for weight in network.weights]


def refused(path: Path, words: str) -> ModelFileError:
    before = (keras.config.floatx(), keras.config.dtype_policy().name, random.getstate(), keras.config.epsilon())
    with pytest.raises(ModelFileError, match=words) as caught:
        load_model_file(path)
    after = (keras.config.floatx(), keras.config.dtype_policy().name, random.getstate(), keras.config.epsilon())
    assert before == after
    assert str(path) in caught.value.message
    assert len(str(caught.value)) < 600
    return caught.value


def test_everything_comes_back(tmp_path: Path, small_contract: Contract) -> None:
    network = build_network(small_contract)
    for weight in network.weights:
        weight.assign(np.random.default_rng(0).normal(size=weight.shape))
    arrays = {"baselines/motion/weights": np.arange(6.0).reshape(2, 3), "classes": np.array([1, 2], np.int64)}
    arrays["learned_from.all"] = np.array([1, 2**64 - 1], np.uint64)
    save_model(tmp_path / "m.keras", network, small_contract, {"accuracy": 0.5, "x": [1]}, arrays, {"epochs": 3})
    loaded = load_model_file(tmp_path / "m.keras")
    assert loaded.contract == small_contract
    assert loaded.metrics == {"accuracy": 0.5, "x": [1]}
    assert loaded.training == {"epochs": 3}
    assert loaded.arrays.keys() == arrays.keys()
    for name, item in arrays.items():
        np.testing.assert_array_equal(loaded.arrays[name], item)
        assert loaded.arrays[name].dtype == item.dtype
    for ours, theirs in zip(weights_of(network), weights_of(loaded.network), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_summary_needs_no_network(
    good_file: Path, small_contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwise.models.file.build_checked", None)
    summary = read_manifest(good_file).summary()
    assert summary["architecture"] == "motion"
    assert summary["labels"] == ["a", "b"]
    assert summary["accuracy"] == 0.5
    assert summary["training"] == {"epochs": 3}
    assert json.loads(json.dumps(summary)) == summary
    assert read_manifest(good_file).contract == small_contract


def test_presets_are_written_out(tmp_path: Path, small_contract: Contract) -> None:
    short = replace(small_contract, network=NetworkSpec((Encoder("motion", "small", {"width": 4}),)))
    save_model(tmp_path / "m.keras", build_network(short), short)
    assert load_model_file(tmp_path / "m.keras").contract.network.first.arguments == {
        "cell": 8, "width": 4, "num_blocks": 2, "still": True, "dropout": 0.3,
    }  # fmt: skip


def test_equal_content_gives_equal_bytes_in_another_process(tmp_path: Path, good_file: Path) -> None:
    script = """
import sys, pathlib, keras
from reelwise.models.file import load_model_file, save_model
for _ in range(2):  # Keras has counted some operations by now
    loaded = load_model_file(pathlib.Path(sys.argv[1]))
save_model(pathlib.Path(sys.argv[2]), loaded.network, loaded.contract, loaded.metrics, loaded.arrays, loaded.training)
"""
    again = tmp_path / "again.keras"
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend(), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script, str(good_file), str(again)], env=environment, check=True)
    assert again.read_bytes() == good_file.read_bytes()


def test_saving_and_loading_draw_no_random_number(tmp_path: Path, good_file: Path, small_contract: Contract) -> None:
    network = build_network(small_contract)
    before = random.getstate()
    save_model(tmp_path / "m.keras", network, small_contract)
    load_model_file(good_file)
    assert random.getstate() == before


def test_a_network_trained_in_bfloat16_is_saved_in_float32(tmp_path: Path, small_contract: Contract) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        twin = build_network(small_contract)
        save_model(tmp_path / "m.keras", twin, small_contract)
        loaded = load_model_file(tmp_path / "m.keras")
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    assert {layer.compute_dtype for layer in loaded.network.layers if layer.weights} == {"float32"}
    opened = keras.saving.load_model(tmp_path / "m.keras")
    assert {layer.compute_dtype for layer in opened.layers if layer.weights} == {"float32"}


def test_the_network_of_another_contract_is_not_saved(tmp_path: Path, small_contract: Contract) -> None:
    other = replace(small_contract, output=ClassificationOutput(("a", "b", "c")))
    with pytest.raises(UsageError, match="not the one of its contract"):
        save_model(tmp_path / "m.keras", build_network(other), small_contract)
    assert os.listdir(tmp_path) == []


def test_large_tables_are_left_out_of_the_file(tmp_path: Path, small_contract: Contract) -> None:
    metrics = {"accuracy": 0.5, "confusion": [[10_000] * 500] * 500}
    save_model(tmp_path / "m.keras", build_network(small_contract), small_contract, metrics)
    assert load_model_file(tmp_path / "m.keras").metrics == {"accuracy": 0.5}


def test_no_leftovers_beside_the_file(tmp_path: Path, small_contract: Contract) -> None:
    save_model(tmp_path / "m.keras", build_network(small_contract), small_contract)
    assert os.listdir(tmp_path) == ["m.keras"]


def test_a_file_from_the_workshop_without_changes_loads(tmp_path: Path, workshop: Callable) -> None:
    load_model_file(workshop().put_together(tmp_path / "x.keras"))


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != DOCUMENT])
def test_a_part_that_was_exchanged(tmp_path: Path, workshop: Callable, name: str) -> None:
    shop = workshop()
    shop.parts[name] = shop.parts[name][:-1] + bytes([shop.parts[name][-1] ^ 1])
    refused(shop.zip_up(tmp_path / "x.keras"), f"{name} is not the one that was saved")


def test_weights_that_are_not_numbers(tmp_path: Path, workshop: Callable) -> None:
    for value in (np.nan, np.inf):
        shop = workshop()
        shop.tensors[KERNEL] = shop.tensors[KERNEL].copy()
        shop.tensors[KERNEL][0, 0, 0, 0] = value
        refused(shop.put_together(tmp_path / "x.keras"), "not numbers")


def _reshape(tensors: dict[str, np.ndarray]) -> None:
    tensors[KERNEL] = tensors[KERNEL].reshape(-1)


def _rename(tensors: dict[str, np.ndarray]) -> None:
    tensors["weights/other"] = tensors.pop(KERNEL)


def _drop(tensors: dict[str, np.ndarray]) -> None:
    del tensors[KERNEL]


def _add(tensors: dict[str, np.ndarray]) -> None:
    tensors["weights/more"] = np.zeros(3, np.float32)


def _double(tensors: dict[str, np.ndarray]) -> None:
    tensors[KERNEL] = tensors[KERNEL].astype(np.float64)


def _stray(tensors: dict[str, np.ndarray]) -> None:
    tensors["elsewhere"] = np.zeros(3, np.float32)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_reshape, "do not fit its network"),
        (_rename, "do not fit its network"),
        (_drop, "parameters, but its weights have"),
        (_add, "parameters, but its weights have"),
        (_double, "expected float32"),
        (_stray, "neither weights nor extras"),
    ],
)
def test_weights_of_another_network(tmp_path: Path, workshop: Callable, change: Callable, words: str) -> None:
    shop = workshop()
    change(shop.tensors)
    refused(shop.put_together(tmp_path / "x.keras"), words)


@pytest.mark.parametrize("header", [b"\xff" * 8, (2**62).to_bytes(8, "little"), b"\x02" + bytes(7) + b"[]", b""])
def test_weights_with_a_broken_header(tmp_path: Path, workshop: Callable, header: bytes) -> None:
    shop = workshop()
    shop.put_together(tmp_path / "x.keras")
    shop.parts[TENSORS] = header
    import hashlib

    shop.document["parts"][TENSORS] = {"bytes": len(header), "sha256": hashlib.sha256(header).hexdigest()}
    shop.parts[DOCUMENT] = json.dumps(shop.document).encode()
    refused(shop.zip_up(tmp_path / "x.keras"), "weights cannot be read")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"architecture": "resnet"}, "no model 'resnet'"),
        ({"preset": "huge"}, "no preset"),
        ({"arguments": {"width": 10**12}}, "expected an int from"),
        ({"arguments": {"width": 4.0}}, "expected an int from"),
        ({"arguments": {"width": True}}, "expected an int from"),
        ({"arguments": {"activation": "lambda"}}, "no argument 'activation'"),
        ({"arguments": {}}, "do not fit its network"),
        ({"architecture": "r2plus1d", "arguments": WIDE, "clip": LARGE}, "do not fit its network"),
        ({"num_views": 64, "clip": LARGE}, "bytes per batch"),
        ({"decode": {"size": 512, "max_frames": 100_000}}, "bytes of decoded frames"),
        ({"clip": {"input_size": 8}}, "too small"),
        ({"clip": {"num_frames": 1}}, "does not move"),
    ],
)  # fmt: skip
def test_impossible_contracts_are_refused(
    tmp_path: Path, workshop: Callable, change: dict[str, Any], words: str, nothing_is_allocated: None
) -> None:
    shop = workshop()
    contract = as_schema_1(shop)
    for name, value in change.items():
        contract[name] = {**contract[name], **value} if name in ("decode", "clip") else value
    refused(shop.put_together(tmp_path / "x.keras"), words)


def as_schema_1(shop: Any) -> dict[str, Any]:
    """The contract of a file in the form of schema 1, to be changed."""
    contract = contract_of("x", parse_document("x", json.dumps(shop.document).encode()))
    shop.document |= {"schema": SCHEMA_1, "contract": flat_contract(contract)}
    return shop.document["contract"]


def test_a_huge_network_is_refused_before_it_takes_memory(
    tmp_path: Path, workshop: Callable, nothing_is_allocated: None
) -> None:
    """Its arguments lie in their ranges, and 4,294,991,874 weights would take 17 GB."""
    shop = workshop()
    contract = as_schema_1(shop)
    arguments = {"width": 128, "num_convs": 1, "features": 2048, "picture": "rgb", "dropout": 0.0}
    clip = {**contract["clip"], "input_size": 512, "num_frames": 4}
    contract.update(architecture="cnn", preset="small", arguments=arguments, clip=clip)
    contract["decode"]["size"] = 512
    path = shop.put_together(tmp_path / "x.keras")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(path, "do not fit its network")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("MAX_PARAMETERS", "parameters, at most"),
        ("MAX_MULTIPLY_ADDS", "per clip, at most"),
        ("MAX_LAYER_VALUES", "numbers in one layer, at most"),
    ],
)
def test_a_valid_file_of_a_network_over_a_limit_is_refused(
    good_file: Path, limit: str, words: str, monkeypatch: pytest.MonkeyPatch, nothing_is_allocated: None
) -> None:
    monkeypatch.setattr(f"reelwise.models.file.{limit}", 10)
    refused(good_file, words)


@pytest.fixture
def nothing_is_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reelwise.models.unallocated.give_initial_values", None)


SOUND_ONLY = {
    "modalities": ["sound"],
    "architecture": "audio_cnn",
    "arguments": {},
    "sound": {
        "sample_rate": 16_000, "fft_length": 512, "window_length": 400, "hop_length": 160, "num_mels": 64,
        "max_seconds": "6/1",
    },
}  # fmt: skip
ENCODER = {"preset": "small", "arguments": {}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"modalities": ["sound"]}, "the settings of sound are None"),
        ({**SOUND_ONLY, "architecture": "motion"}, "motion reads frames, not sound"),
        (SOUND_ONLY, "do not fit its network"),
        (
            {**SOUND_ONLY, "sound": {**SOUND_ONLY["sound"], "max_seconds": "61/1"}},
            "these sound settings are out of range",
        ),
        (
            {
                **SOUND_ONLY,
                "num_views": 64,
                "sound": {**SOUND_ONLY["sound"], "max_seconds": "60/1", "hop_length": 16, "num_mels": 128},
            },
            "it needs",
        ),
        ({"encoders": [{"architecture": "audio_cnn", **ENCODER}]}, "does not fit 2 encoders"),
        ({"modalities": ["metadata"], "architecture": "metadata_mlp", "arguments": {}}, "at least one column"),
        ({"answers": ["frames", "together"]}, "the heads are"),
        ({"answers": ["frames"], "answer_weights": [0.5, 0.5]}, "2 weights for 1 heads"),
        ({"task": "regression"}, "a number is one label"),
        ({"thresholds": [0.5]}, "1 thresholds for 2 labels"),
    ],
)
def test_parts_that_do_not_fit_each_other(
    tmp_path: Path, workshop: Callable, change: dict[str, Any], words: str, nothing_is_allocated: None
) -> None:
    shop = workshop()
    as_schema_1(shop).update(change)
    refused(shop.put_together(tmp_path / "x.keras"), words)


def test_a_file_of_before_there_were_modalities_loads(tmp_path: Path, workshop: Callable, good_file: Path) -> None:
    shop = workshop()
    contract = as_schema_1(shop)
    new = ("encoders", "fusion", "sound", "metadata", "answers", "answer_weights", "target_mean", "target_scale")
    for name in (*new, "thresholds"):
        del contract[name]
    loaded = load_model_file(shop.put_together(tmp_path / "x.keras"))
    assert loaded.contract == load_model_file(good_file).contract


def test_a_file_of_an_older_reelwise_predicts_the_same() -> None:
    """Written by Reelwise before it heard, with the logits that it gave then (commit 15d0eac, TensorFlow)."""
    clips = np.random.default_rng(0).integers(0, 256, (2, 4, 36, 36, 3), dtype=np.uint8)
    expected = [[-1.0875499, -0.4166111], [-1.2559266, -0.3553503]]
    loaded = load_model_file(OLD)
    assert (loaded.contract.modalities, loaded.contract.network.head_names) == (("frames",), ())
    assert loaded.contract.output == ClassificationOutput(("a", "b"), temperature=1.5)
    assert (loaded.metrics, loaded.training) == ({"accuracy": 0.5}, {"epochs": 3})
    for network in (loaded.network, keras.saving.load_model(OLD)):
        np.testing.assert_allclose(keras.ops.convert_to_numpy(network(clips, training=False)), expected, atol=1e-5)


def test_a_multilabel_file_of_schema_1_predicts_the_same() -> None:
    """Written by the code before the contract was three (commit 434cb07, TensorFlow), with the logits of its heads."""
    clips = np.random.default_rng(0).integers(0, 256, (2, 4, 36, 36, 3), dtype=np.uint8)
    loaded = load_model_file(MULTILABEL)
    assert loaded.contract.network.head_names == ("frames", "frames_2")
    assert loaded.contract.output == MultilabelOutput(("dog", "car"), (0.125, 0.25), 0.75, (0.25, 0.5))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(loaded.network(clips, training=False)), LOGITS, atol=1e-5)


def test_a_file_of_schema_1_is_written_anew_in_schema_2(tmp_path: Path) -> None:
    loaded = load_model_file(MULTILABEL)
    save_model(tmp_path / "m.keras", loaded.network, loaded.contract, loaded.metrics, loaded.arrays, loaded.training)
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        assert json.loads(archive.read(DOCUMENT))["schema"] == "reelwise/model/2"
    again = load_model_file(tmp_path / "m.keras")
    assert again.contract == loaded.contract
    for one, other in zip(again.network.weights, loaded.network.weights, strict=True):
        assert np.array_equal(keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other))


def test_metadata_that_does_not_fit_into_the_file_is_refused_when_it_is_saved(
    tmp_path: Path, small_contract: Contract
) -> None:
    values = tuple(f"{number:0300d}" for number in range(1000))
    columns = tuple(MetadataColumn(f"column {number}", "category", values=values) for number in range(4))
    spec = replace(small_contract.input, modalities=("metadata",), metadata=columns)
    contract = replace(small_contract, input=spec, network=NetworkSpec((Encoder("metadata_mlp", "small"),)))
    with pytest.raises(UsageError, match="labels and metadata take") as caught:
        save_model(tmp_path / "m.keras", build_network(contract), contract)
    assert "columns" in caught.value.hint
    assert os.listdir(tmp_path) == []


def test_parts_that_are_not_listed(tmp_path: Path, workshop: Callable) -> None:
    shop = workshop()
    shop.put_together(tmp_path / "x.keras")
    del shop.document["parts"]["config.json"]
    shop.parts[DOCUMENT] = json.dumps(shop.document).encode()
    refused(shop.zip_up(tmp_path / "x.keras"), "does not list the parts")


def test_a_foreign_file_of_keras(tmp_path: Path) -> None:
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.save(tmp_path / "foreign.keras")
    refused(tmp_path / "foreign.keras", "saved by Keras itself")
    network.save(tmp_path / "foreign.h5")
    refused(tmp_path / "foreign.h5", "HDF5")


AUDIT = """
import json, pathlib, sys
import reelwise.models.file as file
from reelwise.core.errors import ReelwiseError

good, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
file.load_model_file(good)  # imports what a load imports
FORBIDDEN = ("pickle.", "marshal.", "exec", "compile", "import", "socket.", "urllib.", "subprocess.", "os.system",
             "os.exec", "os.posix_spawn", "ctypes.dlopen", "shutil.", "os.remove", "os.rename")
seen, watching = [], False

def hook(event, arguments):
    if watching and event.startswith(FORBIDDEN):
        seen.append((event, repr(arguments)[:200]))
    if watching and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, repr(arguments)[:200]))

sys.addaudithook(hook)
for path in [good, *sorted(folder.iterdir())]:
    watching = True
    try:
        file.load_model_file(path)
        verdict = "loaded"
    except ReelwiseError:
        verdict = "refused"
    watching = False
    print(json.dumps([path.name, verdict]))
print(json.dumps(["seen", seen]))
"""


def test_loading_runs_nothing(tmp_path: Path, good_file: Path, workshop: Callable) -> None:
    """What config.json and the HDF5 part say is never looked at, and nothing else in the file is run."""
    folder = tmp_path / "crafted"
    folder.mkdir()
    canary = tmp_path / "canary"
    call = {"module": "os", "class_name": "system", "config": {"command": f"touch {canary}"}, "registered_name": None}
    shop = workshop()
    shop.parts["config.json"] = json.dumps(call).encode()
    shop.put_together(folder / "evil_config.keras")  # hashes fit: it loads, and the configuration is not read
    shop = workshop()
    shop.parts["model.weights.h5"] = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    shop.put_together(folder / "pickled_weights.keras")
    shop = workshop()
    shop.parts[TENSORS] = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    shop.zip_up(folder / "pickled_tensors.keras")
    for name, value in (("builder", "os:system"), ("architecture", "os"), ("__reduce__", ["os.system", "id"])):
        shop = workshop()
        shop.document["contract"][name] = value
        shop.put_together(folder / f"contract_{name}.keras")
    (folder / "weights.pt").write_bytes(f"cos\nsystem\n(S'touch {canary}'\ntR.".encode())
    network = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x)])
    network.save(folder / "lambda.keras")
    network.save(folder / "lambda.h5")
    shutil.copy(good_file, folder / "same.keras")
    environment = {**os.environ, "KERAS_BACKEND": keras.backend.backend()}
    command = [sys.executable, "-c", AUDIT, str(good_file), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    verdicts = dict(json.loads(line) for line in done.stdout.splitlines())
    assert verdicts.pop("seen") == []
    assert not canary.exists()
    loaded = {name for name, verdict in verdicts.items() if verdict == "loaded"}
    assert loaded == {"good.keras", "same.keras", "evil_config.keras", "pickled_weights.keras"}
