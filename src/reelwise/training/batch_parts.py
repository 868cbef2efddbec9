"""A network that takes a batch in parts, which a back end computes side by side."""

from itertools import pairwise
from typing import Any

import keras
from keras import layers

from reelwise.core.backend import operations_at_once
from reelwise.layers import FusedBatchNormalization

_LEAST_ROWS = 4
"""Rows of a part: below, its operations are too small to be worth a processor of their own."""

_LEAST_WEIGHTS = 100_000
"""A network of metadata has fewer, and was slower in parts (LOG.md)."""

_BATCH_STATISTICS = (layers.BatchNormalization, FusedBatchNormalization)


def in_parts(network: keras.Model, batch_size: int) -> keras.Model:
    """The network, or one of the same weights that computes parts of each batch side by side, where that is faster.

    Many small operations leave all processors but one idle: each is too short to be shared, and TensorFlow waits for
    one before it begins the next. Those of two parts do not wait for each other. A network with statistics of the batch
    is left as it is, since parts would have other ones, and so is a very small one.

    Args:
        network: Functional.
        batch_size: Of its training.
    """
    num_parts = min(operations_at_once(), batch_size // _LEAST_ROWS)
    has_statistics = any(isinstance(layer, _BATCH_STATISTICS) for layer in network._flatten_layers())
    is_small = network.count_params() < _LEAST_WEIGHTS
    return network if num_parts < 2 or has_statistics or is_small else BatchParts(network, num_parts)


class BatchParts(keras.Model):
    """Each part of a batch through the same network, and the outputs one behind the other.

    Args:
        network: Functional, with one output.
        num_parts: Parts of a batch, as equal as can be.
    """

    def __init__(self, network: keras.Model, num_parts: int) -> None:
        super().__init__(name=network.name)
        self.network = network
        self.num_parts = num_parts
        self.build(network.input_shape)

    @property
    def output_shape(self) -> Any:
        """That of the network."""
        return self.network.output_shape

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The network's output for all rows.

        Args:
            inputs: As the network takes them, of B rows.
            training: As for every Keras layer.
        """
        first = keras.tree.flatten(inputs)[0]
        shape: Any = keras.ops.shape(first)
        size = shape[0]
        borders = [size * number // self.num_parts for number in range(self.num_parts + 1)]
        return keras.ops.concatenate(
            [
                self.network(keras.tree.map_structure(lambda x, s=start, e=end: x[s:e], inputs), training=training)
                for start, end in pairwise(borders)
            ],
            axis=0,
        )
