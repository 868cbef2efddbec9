"""One tiny run, made by the command itself, for all contract tests that need a trained model."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from reelwise.core.backend import BACKENDS
from reelwise.media.synthetic import Style, write_audio_visual_set, write_motion_set

NARROW: dict[str, Any] = {
    "cnn_lstm.num_convs": 2, "cnn_lstm.width": 4, "cnn_lstm.features": 16, "cnn_lstm.units": 8,
    "motion.num_blocks": 1, "motion.width": 8, "audio_cnn.num_convs": 2, "audio_cnn.width": 4,
}  # fmt: skip
"""Arguments of the networks of the tiny runs that are smaller than in their presets."""
KNOWN_WORDS = {
    "$schema", "$id", "title", "description", "anyOf", "enum", "type", "items", "properties", "required",
    "additionalProperties",
}  # fmt: skip
TYPES = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), "array": list,
    "object": dict,
}  # fmt: skip


def breaches_of(value: Any, schema: dict[str, Any], where: str = "") -> list[str]:
    """What in ``value`` is not as a JSON Schema says; knows the words that scripts/schemas.py writes, and no others."""
    if unknown := set(schema) - KNOWN_WORDS:
        raise ValueError(f"the validator does not know {unknown}")
    if "anyOf" in schema:
        each = [breaches_of(value, member, where) for member in schema["anyOf"]]
        return min(each, key=len)
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: {value!r} is not one of {schema['enum']}"]
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{where}: {value!r} is no {kind}"]
    if kind == "array":
        return [text for i, item in enumerate(value) for text in breaches_of(item, schema["items"], f"{where}[{i}]")]
    if kind == "object":
        return _breaches_of_object(value, schema, where)
    return []


def _breaches_of_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    breaches = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        if name in properties:
            breaches += breaches_of(item, properties[name], f"{where}.{name}")
        elif rest is False:
            breaches.append(f"{where}.{name} is not in the schema")
        elif isinstance(rest, dict):
            breaches += breaches_of(item, rest, f"{where}.{name}")
    return breaches


def breaches_of_document(document: dict[str, Any]) -> list[str]:
    """What in a document is not as the schema says that the package ships for it."""
    name = document["schema"].removeprefix("reelwise/").replace("/", "-")
    schema = json.loads((files("reelwise") / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    return breaches_of(document, schema)


@pytest.fixture(scope="session")
def schema_breaches() -> Callable[[dict[str, Any]], list[str]]:
    """What in a document of a command is not as its JSON Schema says; empty when all is right."""
    return breaches_of_document


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each back end; a clone needs but one of them, and .ci/run installs all."""
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed, which a clone does not need; .ci/run installs it")
    return request.param


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.backend if name == "tensorflow" else ()) for name in BACKENDS]
)
def reading_backend(request: pytest.FixtureRequest) -> str:
    """Each back end, for what the default one wrote; the default one, for what each of the others wrote."""
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed, which a clone does not need; .ci/run installs it")
    return request.param


@dataclass(frozen=True)
class TinyRun:
    """A finished ``reelwise train --json``: its clips, its folder, and all that stood on stdout."""

    clips: Path
    path: Path
    cache: Path
    document: dict[str, Any]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """18 clips of three motions, and a model that looked at them for two epochs; the tested model is handed over."""
    folder = tmp_path_factory.mktemp("commands")
    clips = folder / "clips"
    write_motion_set(clips, 18, 0, style=Style(size=48, num_frames=10, num_groups=6), labels=("bounce", "down", "up"))
    return _train(folder, "--model", "cnn_lstm")


@pytest.fixture(scope="session")
def fused_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """24 clips, some without sound, and a model of frames, sound and metadata."""
    folder = tmp_path_factory.mktemp("fused")
    style = Style(size=48, num_frames=10, frame_rate=24.0, num_groups=6)
    write_audio_visual_set(folder / "clips", 24, 0, "both", style=style, without_sound=0.3)
    return _train(folder, "--model", "motion", "--modalities", "frames,sound,metadata", "--fusion", "attention")


def _train(folder: Path, *options: str) -> TinyRun:
    from reelwise.cli.main import run
    from reelwise.models.catalogue import find_entry

    clips, path, cache = folder / "clips", folder / "run", folder / "cache"
    arguments = ["train", str(clips), "--out", str(path), "--cache-dir", str(cache), "--json", "--no-refit"]
    arguments += ["--size", "32", "--num-frames", "8", "--epochs", "2", "--batch-size", "6", *options]
    stdout = io.StringIO()
    with contextlib.redirect_stdout(stdout), pytest.MonkeyPatch.context() as patch:
        for name, value in NARROW.items():  # to trace or compile the networks is most of the time
            patch.setitem(find_entry(name.partition(".")[0]).presets["small"].arguments, name.partition(".")[2], value)
        assert run(arguments) == 0
    return TinyRun(clips, path, cache, json.loads(stdout.getvalue()))
