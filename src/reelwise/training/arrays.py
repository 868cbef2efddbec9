"""From a back end's tensors to numpy and back, always by copy."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np


def to_array(tensor: Any) -> np.ndarray:
    """A copy of a tensor or variable of whatever back end."""
    return np.array(keras.ops.convert_to_numpy(tensor))


def to_float(tensor: Any) -> float:
    """The value of a scalar tensor."""
    return float(to_array(tensor))


def assign_all(variables: Sequence[Any], values: Sequence[Any]) -> None:
    """Assign each value to the variable at its place.

    Values that are variables are copied first: on JAX an assignment shares the buffer, and the next training step gives
    that away.
    """
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value if isinstance(value, np.ndarray) else to_array(value))
