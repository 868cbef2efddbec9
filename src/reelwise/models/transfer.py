"""Weights from one network into another of the same kind, as far as they fit: fine-tuning on other classes."""

from collections.abc import Sequence

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.models.heads import CLASS_CONDITION, HEAD
from reelwise.models.network_plan import TOGETHER


def prefixes_to_skip(source: Contract, target: Contract) -> tuple[str, ...]:
    """Prefixes of the names of weights that must not be copied although their shapes may fit.

    Heads for other classes start from random weights, and so does what steers a generator by class; so do the fusion of
    other modalities and the encoder of other columns of metadata or of other values of the same columns.

    Args:
        source: The contract of the network that weights come from.
        target: The contract of the network that they go to.

    Returns:
        For :func:`copy_matching_weights`.
    """
    prefixes: list[str] = []
    same_columns = _columns(source) == _columns(target)
    if (source.labels, source.task) != (target.labels, target.task):
        prefixes.append(HEAD)
    if source.output.classes != target.output.classes:
        prefixes.append(f"{CLASS_CONDITION}/")
    if not same_columns:
        prefixes += ["metadata_", f"{HEAD}_metadata/"]
    if not same_columns or (source.modalities, source.network.fusion) != (target.modalities, target.network.fusion):
        prefixes += ["fusion_", f"{HEAD}_{TOGETHER}/"]
    return tuple(prefixes)


def _columns(contract: Contract) -> list[tuple[object, ...]]:
    """Names, kinds and values of the columns; means and scales may differ, since numbers are standardised."""
    return [(column.name, column.kind, column.values) for column in contract.input.metadata]


def copy_matching_weights(source: keras.Model, target: keras.Model, skip: Sequence[str] = ()) -> list[str]:
    """Copy every weight whose name and shape are the same in both; the others keep their values.

    A head for another number of classes has another shape, so it keeps its random weights.

    Args:
        source: Where weights come from.
        target: Where they go.
        skip: Prefixes of the names of weights that are not copied, from :func:`prefixes_to_skip`.

    Returns:
        Names of the weights that were copied.
    """
    source_weights = {weight.path: weight for weight in source.weights}
    names = []
    for weight in target.weights:
        match = None if weight.path.startswith(tuple(skip)) else source_weights.get(weight.path)
        if match is not None and tuple(match.shape) == tuple(weight.shape):
            # A copy: on JAX both would else hold one array, which a step of one network takes away from the other.
            weight.assign(np.array(keras.ops.convert_to_numpy(match)))
            names.append(weight.path)
    return names
