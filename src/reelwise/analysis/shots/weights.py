"""Weights of the shot detector: the shipped ones, or those of a file."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from reelwise.analysis.shots.decoding import Calibration
from reelwise.analysis.shots.network import weight_shapes

SHIPPED_WEIGHTS = Path(__file__).with_name("weights.safetensors")


@dataclass(frozen=True, eq=False)
class DetectorWeights:
    """All that training made.

    Args:
        arrays: By name, of the shapes of ``weight_shapes``.
        calibration: How probabilities become scores.
    """

    arrays: Mapping[str, np.ndarray]
    calibration: Calibration


def load_weights(path: Path = SHIPPED_WEIGHTS) -> DetectorWeights:
    """Read weights.

    Args:
        path: A safetensors file with the arrays of ``weight_shapes`` and ``calibration``.

    Raises:
        ValueError: An array is missing or of another shape.
    """
    arrays = load_file(path)
    shapes = {**weight_shapes(), "calibration": (7,)}
    for name, shape in shapes.items():
        got = arrays[name].shape if name in arrays else None
        if got != shape:
            raise ValueError(f"{path.name}: {name} has the shape {got}, expected {shape}")
    numbers = [float(number) for number in arrays["calibration"]]
    calibration = Calibration((numbers[0], numbers[1]), (numbers[2], numbers[3], numbers[4]), (numbers[5], numbers[6]))
    return DetectorWeights(arrays, calibration)


@functools.cache
def shipped_weights() -> DetectorWeights:
    """The weights that come with the package, read once."""
    return load_weights()
