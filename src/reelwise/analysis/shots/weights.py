"""Weights of the shot detector: the shipped ones, or those of a file."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file

from reelwise.analysis.shots.decoding import Calibration
from reelwise.analysis.shots.network import weight_shapes
from reelwise.core.errors import ModelFileError, UsageError
from reelwise.core.files import file_sha256
from reelwise.core.local_paths import not_a_file

SUFFIX = ".safetensors"
"""How the file of a detector ends, beside the .keras of classifiers."""

WEIGHTS_NAME = "shots.safetensors"
"""The detector in the run folder of ``reelwise train FOLDER --model shots``."""

SHIPPED_WEIGHTS = Path(__file__).with_name("weights.safetensors")

_MAX_BYTES = 8 << 20
"""Of the file of a detector: the shipped one has 0.2 MiB."""

_HINT = "Train one with: reelwise train FOLDER --model shots"


@dataclass(frozen=True, eq=False)
class DetectorWeights:
    """All that training made.

    Args:
        arrays: By name, of the shapes of ``weight_shapes``.
        calibration: How probabilities become scores.
        name: Of the file.
        sha256: Of the file.
    """

    arrays: Mapping[str, np.ndarray]
    calibration: Calibration
    name: str = ""
    sha256: str = ""

    @property
    def description(self) -> str:
        """Which detector this is, for analysis.json."""
        return f"{self.name}, sha256 {self.sha256}"


def load_weights(path: Path = SHIPPED_WEIGHTS) -> DetectorWeights:
    """Read weights.

    Args:
        path: A safetensors file with the arrays of ``weight_shapes`` and ``calibration``.

    Raises:
        UsageError: There is no such file.
        ModelFileError: It is not what training writes, or an array is missing or of another shape.
    """
    if not path.is_file():
        raise UsageError(not_a_file(path), hint=_HINT)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelFileError(f"{path}: is larger than {_MAX_BYTES >> 20} MiB, so no shot detector.", hint=_HINT)
        arrays = load_file(path)
    except (OSError, SafetensorError, AttributeError, TypeError) as error:  # the last two: a type that numpy has not
        raise ModelFileError(f"{path}: cannot be read as a shot detector: {error}.", hint=_HINT) from None
    shapes = {**weight_shapes(), "calibration": (8,)}
    for name, shape in shapes.items():
        got = arrays[name].shape if name in arrays else None
        if got != shape:
            raise ModelFileError(f"{path}: {name} has the shape {got}, expected {shape}.", hint=_HINT)
        if arrays[name].dtype.kind != "f" or not np.isfinite(arrays[name]).all():
            raise ModelFileError(f"{path}: {name} does not hold numbers alone.", hint=_HINT)
    numbers = [float(number) for number in arrays["calibration"]]
    cut, gradual = (numbers[0], numbers[1]), (numbers[2], numbers[3], numbers[4], numbers[5])
    calibration = Calibration(cut, gradual, (numbers[6], numbers[7]))
    return DetectorWeights(arrays, calibration, path.name, file_sha256(path))


def read_facts(path: Path) -> dict[str, Any]:
    """What the file of a detector says it was made of, such as its seed and its sources; whoever wrote it may lie.

    Args:
        path: A file that ``load_weights`` takes; one without readable facts has none.
    """
    try:
        with safe_open(path, "numpy") as file:
            facts = json.loads((file.metadata() or {}).get("reelwise", "{}"))
    except (OSError, SafetensorError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def detector_path(path: Path) -> Path | None:
    """The file of the detector that a path names: itself, or that of a run folder; None where it names something else.

    Example:
        >>> detector_path(Path("own/shots.safetensors")).name
        'shots.safetensors'
        >>> detector_path(Path("runs/clips-1/model.keras")) is None
        True
    """
    if path.suffix.lower() == SUFFIX and not path.is_dir():
        return path
    file = path / WEIGHTS_NAME
    return file if file.is_file() else None


@functools.cache
def shipped_weights() -> DetectorWeights:
    """The weights that come with the package, read once."""
    return load_weights()
