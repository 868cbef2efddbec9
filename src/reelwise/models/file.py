"""A model is one file with weights, contract and metrics; loading it runs no code from it."""

import hashlib
import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import safetensors
import safetensors.numpy

from reelwise.core.contract import Contract
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.models.archive import (
    DOCUMENT,
    MAX_DOCUMENT_BYTES,
    MEMBERS,
    TENSORS,
    Archive,
    damage_error,
    open_archive,
    write_archive,
)
from reelwise.models.cost import largest_values, network_cost
from reelwise.models.network_plan import check_contract, with_all_arguments
from reelwise.models.plain_graph import canonical_config, expand, save_weights
from reelwise.models.schema import SCHEMA, Document, contract_of, contract_to_json, parse_document
from reelwise.models.schema_1 import flat_contract
from reelwise.models.tensor_shapes import read_shapes
from reelwise.models.unallocated import build_checked, same_random_state

# Limits for files of strangers. The largest preset needs a thirtieth of the first and less of the others.
MAX_PARAMETERS = 250_000_000
"""1 GB of float32 weights."""

MAX_MULTIPLY_ADDS = 2_000_000_000_000
"""Of one clip: tens of seconds on one core."""

MAX_LAYER_VALUES = 1 << 28
"""Numbers that one layer gives or holds for one clip: 1 GiB in float32."""

MAX_BATCH_BYTES = 1 << 30
"""Of the network's inputs for all views of one video."""

MAX_DECODED_BYTES = 8 * MAX_BATCH_BYTES
"""Of the decoded frames of one video: 57,000 frames of 224 pixels."""

_MAX_EXTRA_BYTES = 256 << 20
"""Of all arrays beside the weights, such as fitted baselines; chosen by reasoning."""

_MAX_TABLE_BYTES = 20_000
"""Of one entry of the metrics, in a document that is too large otherwise: a table of some 1000 numbers."""

_WEIGHTS, _EXTRA = "weights/", "extra/"
"""Prefixes of the names of arrays."""


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """The content of a model file.

    Args:
        network: From uint8 clips, or its other inputs, to logits.
        contract: Its inputs, network and outputs.
        metrics: As in metrics.json, from when it was trained.
        arrays: Arrays saved beside the weights, such as fitted baselines.
        training: How it was trained, in a few numbers.
    """

    network: keras.Model
    contract: Contract
    metrics: dict[str, Any]
    arrays: dict[str, np.ndarray]
    training: dict[str, Any] = field(default_factory=dict)


def save_model(
    path: Path,
    network: keras.Model,
    contract: Contract,
    metrics: Mapping[str, Any] | None = None,
    extra_arrays: Mapping[str, np.ndarray] | None = None,
    training: Mapping[str, Any] | None = None,
) -> None:
    """Write a model file: whole or not at all, and the same bytes for the same content.

    Args:
        path: Usually ``model.keras``.
        network: From :func:`reelwise.models.build.build_network` with this contract; any dtype policy.
        contract: Written with every argument spelled out, so that later changes of a preset do not touch old files.
        metrics: JSON values; tables that do not fit into a megabyte are left out.
        extra_arrays: More arrays to save, by name.
        training: JSON values about the training.

    Raises:
        UsageError: The network is not the one that the contract describes.
    """
    path = Path(path)
    contract = with_all_arguments(contract)
    check_contract(contract)
    twin = _twin(network, contract)
    parts = {**_keras_parts(path, twin), TENSORS: _tensor_bytes(twin, extra_arrays or {})}
    document = {
        "schema": SCHEMA,
        "reelwise": version("reelwise"),
        "contract": contract_to_json(contract),
        "parameters": twin.count_params(),
        "metrics": dict(metrics or {}),
        "training": dict(training or {}),
        "parts": {name: {"bytes": len(part), "sha256": _sha256(part)} for name, part in parts.items()},
    }
    write_archive(path, {**parts, DOCUMENT: _document_bytes(document)})


def load_model_file(path: Path) -> LoadedModel:
    """Check a model file from the outside in, rebuild its network from the catalogue and read its weights.

    Only reelwise.json and the weight arrays are read. Keras' own members are there for Keras; here they are only
    compared with their hashes.

    Args:
        path: The model file.

    Raises:
        ModelFileError: It is damaged, not written by Reelwise or by a newer version, or exceeds a limit.
    """
    path = Path(path)
    document, contract, content = _read_checked(path)
    weights, extra = _read_tensors(path, content)
    network = build_checked(contract, lambda network: check_network(path, network, weights))
    for variable in network.weights:
        variable.assign(weights[variable.path])
    return LoadedModel(network, contract, document.metrics, extra, document.training)


@dataclass(frozen=True, eq=False)
class Manifest:
    """The checked description of a model file, without its network.

    Args:
        contract: Its inputs, network and outputs.
        metrics: From when it was trained.
        training: How it was trained.
        parameters: Numbers in its weights.
        reelwise: The version that wrote it.
    """

    contract: Contract
    metrics: dict[str, Any]
    training: dict[str, Any]
    parameters: int
    reelwise: str

    def summary(self) -> dict[str, Any]:
        """The fields of ``reelwise info --json`` about a model."""
        return {
            "architecture": self.contract.network.first.architecture,
            "preset": self.contract.network.first.preset,
            "labels": list(self.contract.output.classes),
            "parameters": self.parameters,
            **self._score(),
            "reelwise": self.reelwise,
            "contract": {**flat_contract(self.contract), **contract_to_json(self.contract)},
            "training": self.training,
        }

    def _score(self) -> dict[str, Any]:
        """The main metric of the task by its name; ``accuracy`` where there is none."""
        scores = ("accuracy", "map", "mae", "psnr", "class_accuracy", "kvd")
        names = [name for name in scores if self.metrics.get(name) is not None]
        return {name: self.metrics[name] for name in names[:1]} or {"accuracy": None}


def read_manifest(path: Path) -> Manifest:
    """The description of a model file, with every check of the loader but those of the weights; builds no network.

    Raises:
        ModelFileError: As for :func:`load_model_file`.
    """
    document, contract, _ = _read_checked(Path(path))
    return Manifest(contract, document.metrics, document.training, document.parameters, document.reelwise)


def _read_checked(path: Path) -> tuple[Document, Contract, bytes]:
    with open_archive(path) as archive:
        document = parse_document(str(path), archive.read(DOCUMENT))
        _check_parts(path, archive, document)
        contract = contract_of(str(path), document)
        _check_contract(path, contract)
        content = archive.read(TENSORS)
        _check_parameters(path, content, document.parameters)
        return document, contract, content


def _check_parts(path: Path, archive: Archive, document: Document) -> None:
    if set(document.parts) != set(MEMBERS) - {DOCUMENT}:
        raise damage_error(path, "reelwise.json does not list the parts of the file")
    for name, part in document.parts.items():
        if archive.size(name) != part.bytes or archive.sha256(name) != part.sha256:
            raise damage_error(path, f"{name} is not the one that was saved")


def _check_contract(path: Path, contract: Contract) -> None:
    """Whether the catalogue has such a network, and how much memory a batch for it takes."""
    try:
        check_contract(contract)
    except UsageError as problem:
        raise ModelFileError(
            f"{path}: {problem.message}", hint="Update Reelwise: the file may be of a newer version."
        ) from None
    decoded_bytes = contract.input.decode.max_frames * contract.input.decode.size**2 * 3
    batch_bytes = contract.input.num_views * _bytes_per_clip(contract)
    _check_limit(path, "bytes per batch of views", batch_bytes, MAX_BATCH_BYTES)
    _check_limit(path, "bytes of decoded frames", decoded_bytes, MAX_DECODED_BYTES)


def _check_parameters(path: Path, content: bytes, parameters: int) -> None:
    """Whether the arrays hold as many numbers as the document declares, from the header of the arrays."""
    shapes = read_shapes(path, content)
    num_values = sum(math.prod(shape) for name, shape in shapes.items() if name.startswith(_WEIGHTS))
    if num_values != parameters:
        raise damage_error(path, f"it declares {parameters:,} parameters, but its weights have {num_values:,}")
    _check_limit(path, "parameters", parameters, MAX_PARAMETERS)


def check_network(path: Path, network: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Whether the arrays fit a network and a clip is cheap enough, before the network is allocated.

    Args:
        path: The model file, for messages.
        network: Without values.
        weights: Arrays of the file by the path of the weight.

    Raises:
        ModelFileError: They do not, or it is not.
    """
    expected = {item.path: tuple(item.shape) for item in network.weights}
    shapes = {name: item.shape for name, item in weights.items()}
    if expected != shapes:
        odd = next((name for name in expected if expected[name] != shapes.get(name)), None) or next(
            iter(set(shapes) - set(expected))
        )
        difference = f"{str(odd)[:80]} is {shapes.get(odd)}, expected {expected.get(odd)}"
        raise damage_error(path, f"its weights do not fit its network ({difference})")
    if wrong := [name for name, item in weights.items() if item.dtype != np.float32]:
        raise damage_error(path, f"{wrong[0][:80]} is {weights[wrong[0]].dtype}, expected float32")
    _check_limit(path, "multiplications per clip", network_cost(network).multiply_adds, MAX_MULTIPLY_ADDS)
    _check_limit(path, "numbers in one layer", largest_values(network), MAX_LAYER_VALUES)


def _check_limit(path: Path, what: str, amount: int, limit: int) -> None:
    if amount > limit:
        raise ModelFileError(f"{path}: it needs {amount:,} {what}, at most {limit:,} are allowed.")


def _bytes_per_clip(contract: Contract) -> int:
    """Bytes of frames and sound that go in, and of frames that come out as float32; metadata and labels are small."""
    clip, sound = contract.input.clip, contract.input.sound
    # uint8 in and float32 out, or noisy float32 clips in and clean ones out
    num_bytes = {"clips": 8 * clip.num_frames}.get(
        contract.output.gives, clip.num_frames + 4 * contract.output.frames_given
    )
    frame_bytes = num_bytes * clip.input_size**2 * 3
    # float32 bands of every step, and its mask
    return frame_bytes if sound is None else frame_bytes + 4 * sound.num_steps * (sound.num_mels + 1)


def _read_tensors(path: Path, content: bytes) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    try:
        tensors = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError, OverflowError) as problem:
        raise damage_error(path, f"its weights cannot be read ({str(problem)[:80]})") from None
    weights = {name.removeprefix(_WEIGHTS): item for name, item in tensors.items() if name.startswith(_WEIGHTS)}
    extra = {name.removeprefix(_EXTRA): item for name, item in tensors.items() if name.startswith(_EXTRA)}
    if len(weights) + len(extra) != len(tensors):
        raise damage_error(path, "it holds arrays that are neither weights nor extras")
    if sum(item.nbytes for item in extra.values()) > _MAX_EXTRA_BYTES:
        raise damage_error(path, "its extra arrays are too large")
    for name, item in tensors.items():
        if item.dtype.kind == "f" and not np.isfinite(item).all():
            raise ModelFileError(
                f"{path}: {name[:80]} has values that are not numbers (NaN or infinite).", hint="Train it again."
            )
    return weights, extra


def _twin(network: keras.Model, contract: Contract) -> keras.Model:
    """The catalogue's float32 network with these weights: what the loader will build, never compiled."""
    twin = build_checked(contract)
    actual = [(item.path, tuple(item.shape)) for item in network.weights]
    expected = [(item.path, tuple(item.shape)) for item in twin.weights]
    if actual != expected:
        pairs = zip(actual, expected, strict=False)
        odd = next(((a, b) for a, b in pairs if a != b), (len(actual), len(expected)))
        raise UsageError(
            f"the network is not the one of its contract ({contract.network.name}): {odd[0]}, expected {odd[1]}."
        )
    twin.set_weights([np.asarray(value, np.float32) for value in network.get_weights()])
    return twin


@contextmanager
def _float32() -> Iterator[None]:
    """A block with the float32 dtype policy; the policy before it is restored."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _keras_parts(path: Path, twin: keras.Model) -> dict[str, bytes]:
    """Keras' own three members, for users who open the file with Keras."""
    with same_random_state(), _float32():
        plain = expand(twin)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent) as folder:
        weights = Path(folder) / "model.weights.h5"
        save_weights(plain, weights)
        content = weights.read_bytes()
    metadata = {"keras_version": keras.__version__, "date_saved": "1980-01-01@00:00:00"}
    return {
        "metadata.json": json.dumps(metadata).encode(),
        "config.json": canonical_config(plain).encode(),
        "model.weights.h5": content,
    }


def _tensor_bytes(twin: keras.Model, extra: Mapping[str, np.ndarray]) -> bytes:
    names = [item.path for item in twin.weights]
    weights = {
        _WEIGHTS + name: np.ascontiguousarray(value) for name, value in zip(names, twin.get_weights(), strict=True)
    }
    return safetensors.numpy.save(
        {**weights, **{_EXTRA + name: np.ascontiguousarray(item) for name, item in extra.items()}}
    )


def _document_bytes(document: dict[str, Any]) -> bytes:
    """The document; large tables of the metrics are left out, since the loader refuses a document over the limit."""
    content = _dump(document)
    if len(content) > MAX_DOCUMENT_BYTES:
        small = {key: value for key, value in document["metrics"].items() if len(_dump(value)) <= _MAX_TABLE_BYTES}
        content = _dump({**document, "metrics": small})
    if len(content) > MAX_DOCUMENT_BYTES:
        text = f"labels and metadata take {len(content):,} bytes of the model file, at most {MAX_DOCUMENT_BYTES:,}."
        raise UsageError(text, hint="Leave out columns of metadata with many or long values.")
    return content


def _dump(value: Any) -> bytes:
    return json.dumps(value, indent=1, allow_nan=False).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
