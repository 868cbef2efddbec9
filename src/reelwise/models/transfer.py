"""Weights from one network into another of the same kind, as far as they fit: fine-tuning on other classes."""

from collections.abc import Sequence

import keras

from reelwise.core.contract import Contract
from reelwise.models.heads import HEAD
from reelwise.models.network_plan import TOGETHER


def names_to_leave(source: Contract, target: Contract) -> tuple[str, ...]:
    """What the names of weights begin with that mean something else in the target, though their shapes may fit.

    Heads for other classes start anew; so does what joins other modalities, and what reads other columns of metadata
    or other values of the same columns.

    Args:
        source: Of the network that weights come from.
        target: Of the network that they go to.

    Returns:
        For :func:`copy_matching_weights`.
    """
    left: list[str] = []
    same_columns = _columns(source) == _columns(target)
    if (source.labels, source.task) != (target.labels, target.task):
        left.append(HEAD)
    if not same_columns:
        left += ["metadata_", f"{HEAD}_metadata/"]
    if not same_columns or (source.modalities, source.network.fusion) != (target.modalities, target.network.fusion):
        left += ["fusion_", f"{HEAD}_{TOGETHER}/"]
    return tuple(left)


def _columns(contract: Contract) -> list[tuple[object, ...]]:
    """Without means and scales: a standardised number means the same after another set of videos."""
    return [(column.name, column.kind, column.values) for column in contract.input.metadata]


def copy_matching_weights(source: keras.Model, target: keras.Model, skip: Sequence[str] = ()) -> list[str]:
    """Copy every weight whose name and shape are the same in both; the others keep what they have.

    A head for another number of classes has another shape, so it starts anew.

    Args:
        source: Where weights come from.
        target: Where they go.
        skip: Names that weights to leave out begin with, such as those of a head for other classes.

    Returns:
        Names of the weights that were copied.
    """
    known = {weight.path: weight for weight in source.weights}
    copied = []
    for weight in target.weights:
        found = None if weight.path.startswith(tuple(skip)) else known.get(weight.path)
        if found is not None and tuple(found.shape) == tuple(weight.shape):
            weight.assign(found)
            copied.append(weight.path)
    return copied
