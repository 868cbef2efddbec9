"""The shot detector's network in Keras: what is trained; ``analysis/shots/network.py`` runs it in numpy."""

from collections.abc import Sequence
from typing import Any

from keras import Model, layers, ops


def build(
    *,
    num_whole: int,
    grid: tuple[int, int],
    cell_width: int,
    cell_dilations: Sequence[int],
    width: int,
    dilations: Sequence[int],
    num_outputs: int,
) -> Model:
    """The network on standardised features; each convolution takes ``2 * dilation`` frames away.

    Args:
        num_whole: Features of a whole frame.
        grid: How many cells a frame has, and features of each.
        cell_width: Channels of the convolutions that all cells share.
        cell_dilations: Their dilations.
        width: Channels of the convolutions after the cells are put together.
        dilations: Their dilations.
        num_outputs: Logits for each frame.

    Returns:
        A model of (B, T, num_whole) and (B, T, C, F) float32 that gives (B, T - 2 * reach, num_outputs) logits.
    """
    whole: Any = layers.Input((None, num_whole), name="whole")
    cells: Any = layers.Input((None, *grid), name="cells")
    x: Any = cells
    for place, dilation in enumerate(cell_dilations):
        x = _over_time(x, cell_width, dilation, f"cells_{place}")
    reach = sum(cell_dilations)
    over_cells = [ops.mean(x, axis=2), ops.max(x, axis=2)]
    x = layers.Concatenate(name="together")([whole[:, reach:-reach], *over_cells])[:, :, None]  # (B, T', 1, D)
    for place, dilation in enumerate(dilations):
        x = _over_time(x, width, dilation, f"whole_{place}")
    logits = layers.Dense(num_outputs, name="heads")(x[:, :, 0])
    return Model([whole, cells], logits, name="shots")


def _over_time(x: Any, width: int, dilation: int, name: str) -> Any:
    convolution = layers.Conv2D(width, (3, 1), dilation_rate=(dilation, 1), activation="relu", name=name)
    if x.shape[-1] != width:
        return convolution(x)
    return layers.Add(name=f"{name}_add")([x[:, dilation:-dilation], convolution(x)])
