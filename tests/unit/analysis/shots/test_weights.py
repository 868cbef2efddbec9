"""Weights from a file: what is wrong with one is said."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS, detector_path, load_weights, read_facts, shipped_weights
from reelwise.core.errors import ModelFileError, UsageError


def test_a_file_that_is_no_detector_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shots.safetensors"
    with pytest.raises(UsageError, match="there is no such file"):
        load_weights(path)
    path.write_bytes(b"no weights")
    with pytest.raises(ModelFileError, match="cannot be read as a shot detector"):
        load_weights(path)


def test_an_array_of_another_shape_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shots.safetensors"
    arrays = {**shipped_weights().arrays, "heads.bias": np.zeros(7, np.float32)}
    save_file(arrays, path)
    with pytest.raises(ModelFileError, match=r"heads\.bias has the shape \(7,\), expected \(6,\)"):
        load_weights(path)
    del arrays["heads.bias"]
    save_file(arrays, path)
    with pytest.raises(ModelFileError, match=r"heads\.bias has the shape None"):
        load_weights(path)


def test_weights_that_were_saved_are_those_that_load(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_file(dict(shipped_weights().arrays), path)
    weights = load_weights(path)
    assert weights.name == "own.safetensors"
    assert weights.calibration == shipped_weights().calibration


def test_a_file_that_cannot_be_a_detector_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shots.safetensors"
    with path.open("wb") as stream:
        stream.truncate(9 << 20)
    with pytest.raises(ModelFileError, match="larger than 8 MiB"):
        load_weights(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shots.safetensors"
    arrays = dict(shipped_weights().arrays)
    arrays["heads.bias"] = np.full_like(arrays["heads.bias"], np.nan)
    save_file(arrays, path)
    with pytest.raises(ModelFileError, match=r"heads\.bias does not hold numbers alone"):
        load_weights(path)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3"])
def test_numbers_of_a_type_that_numpy_has_not_are_refused(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "shots.safetensors"
    num_bytes = 16 if dtype == "BF16" else 8
    header = json.dumps({"calibration": {"dtype": dtype, "shape": [8], "data_offsets": [0, num_bytes]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(num_bytes))
    with pytest.raises(ModelFileError, match=r"shots\.safetensors: "):
        load_weights(path)


@pytest.mark.parametrize("facts", ["[1]", "{", "[" * 100_000, '{"seed": 5}'])
def test_facts_that_cannot_be_read_are_none(tmp_path: Path, facts: str) -> None:
    path = tmp_path / "shots.safetensors"
    save_file(dict(shipped_weights().arrays), path, {"reelwise": facts})
    assert read_facts(path) == ({"seed": 5} if "seed" in facts else {})
    save_file(dict(shipped_weights().arrays), path)
    assert read_facts(path) == {}


def test_a_run_folder_names_its_detector(tmp_path: Path) -> None:
    assert detector_path(tmp_path) is None
    assert detector_path(tmp_path / "own.SAFETENSORS") == tmp_path / "own.SAFETENSORS"
    file = tmp_path / "shots.safetensors"
    file.write_bytes(SHIPPED_WEIGHTS.read_bytes())
    assert detector_path(tmp_path) == file
