"""Attention of all patches of a clip to each other, with their places in time and space as rotations."""

import math
from typing import Any

import keras
import numpy as np

from reelwise.layers.plain_layer import PlainLayer, ops

_BASE = 100.0
"""The slowest rotation turns by about 1/100 radian from a patch to the next. Text has 10,000 for thousands of
positions; an axis of a clip has tens of patches. Source: Heo et al. 2024, arXiv:2403.13298, section 3.2."""


def rotary_angles(grid: tuple[int, int, int], head_size: int) -> np.ndarray:
    """How far each patch turns each pair of features of a head.

    A quarter of the pairs turns with time; of the others one half with the row and one with the column. The frequencies
    of each axis fall evenly in their logarithm.

    Args:
        grid: Patches in time, down and across.
        head_size: Features of a head; even, and 6 or more, so that each axis has a pair.

    Returns:
        (N, head_size / 2) float64 in radians, for the N patches in the order time, row, column.

    Raises:
        ValueError: The head is too small, or odd.

    Example:
        >>> rotary_angles((1, 2, 2), 8)[:, [0, 1, 2]].round(2).tolist()
        [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    """
    num_pairs = head_size // 2
    if head_size % 2 or num_pairs < 3:
        raise ValueError(f"a head of {head_size} features cannot be turned by three axes; give it 6 or more, even")
    num_time = max(1, num_pairs // 4)
    num_down = (num_pairs - num_time) // 2
    places = np.stack(np.meshgrid(*(np.arange(count) for count in grid), indexing="ij"), axis=-1).reshape(-1, 3)
    counts = (num_time, num_down, num_pairs - num_time - num_down)
    frequencies = [_BASE ** (-np.arange(count) / count) for count in counts]
    return np.concatenate([places[:, axis, None] * frequencies[axis] for axis in range(3)], axis=1)


@keras.saving.register_keras_serializable("reelwise")
class RotaryAttention(PlainLayer):
    """Scaled dot-product attention with rotary positions on three axes.

    The product of a query and a key depends on how far their patches are from each other, not on where they are.

    Args:
        grid: Patches in time, down and across.
        num_heads: H.
        **kwargs: As for every Keras layer.

    Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1; Su et al. 2021, "RoFormer", arXiv:2104.09864, equation
    34. Otherwise: each axis turns features of its own, and a pair is a feature of the first half of a head with that of
    the second.

    Example:
        >>> import numpy as np
        >>> queries_and_keys, values = np.zeros((1, 8, 4, 8), "float32"), np.ones((1, 2, 4, 16), "float32")
        >>> out = RotaryAttention(grid=(2, 2, 2), num_heads=2)([queries_and_keys, values])
        >>> tuple(out.shape), bool(np.allclose(out, 1))
        ((1, 2, 4, 16), True)
    """

    def __init__(self, grid: tuple[int, int, int], num_heads: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grid: tuple[int, int, int] = (grid[0], grid[1], grid[2])  # a list, out of a file
        self.num_heads = num_heads

    def call(self, inputs: Any) -> Any:
        """Attend.

        Args:
            inputs: Queries and keys in one array (B, N, 2H, D/H), first the heads of the queries; values (B, T', P, D)
                with T' * P = N.

        Returns:
            (B, T', P, D).
        """
        queries_and_keys, values = inputs
        heads, (num_times, num_places, width) = self.num_heads, values.shape[1:]
        head_size = width // heads
        rotated_heads = self._turn(ops.transpose(queries_and_keys, (0, 2, 1, 3)))  # (B, 2H, N, D/H)
        queries, keys = ops.split(rotated_heads, 2, axis=1)
        values = ops.reshape(values, (-1, num_times * num_places, heads, head_size))
        values = ops.transpose(values, (0, 2, 1, 3))  # (B, H, N, D/H)
        # Plain products: the same on every back end. Whether a fused call of Keras would be faster was not measured.
        scores = ops.matmul(queries, ops.transpose(keys, (0, 1, 3, 2))) * (1 / math.sqrt(head_size))
        head_outputs = ops.matmul(ops.softmax(scores, axis=-1), values)
        return ops.reshape(ops.transpose(head_outputs, (0, 2, 1, 3)), (-1, num_times, num_places, width))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, T', P, D)."""
        return input_shape[1]

    def multiply_adds(self, input_shape: Any) -> int:
        """Those of the two matrix products."""
        _, num_times, num_places, width = input_shape[1]
        return 2 * (num_times * num_places) ** 2 * width

    def inner_values(self, input_shape: Any) -> int:
        """How much each patch of each head listens to each other one."""
        _, num_times, num_places, _ = input_shape[1]
        return self.num_heads * (num_times * num_places) ** 2

    def _turn(self, x: Any) -> Any:
        """Each pair of features turned by the angle of its patch: (…, N, D/H)."""
        angles = rotary_angles(self.grid, x.shape[-1])
        cosines, sines = (ops.convert_to_tensor(function(angles), dtype=x.dtype) for function in (np.cos, np.sin))
        first, second = ops.split(x, 2, axis=-1)
        return ops.concatenate([first * cosines - second * sines, second * cosines + first * sines], axis=-1)
