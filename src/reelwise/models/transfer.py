"""Weights from one network into another of the same kind, as far as they fit: fine-tuning on other classes."""

from collections.abc import Sequence

import keras


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
