"""The base of every layer here: no weights, only ``keras.ops``, and a configuration read from the constructor."""

from typing import Any

import keras

from reelwise.core.config import SignatureConfig

# Keras' functions carry no types, and a checker reads None into what they return.
ops: Any = keras.ops


class PlainLayer(SignatureConfig, keras.layers.Layer):
    """A layer without weights whose ``call`` may also run on symbolic tensors.

    In a model file the ``keras.ops`` that it calls stand as layers of Keras (see
    :func:`reelwise.models.plain_graph.expand`), so that the file opens in Keras without Reelwise. An operation that was
    not used before needs a rule in :mod:`reelwise.models.stock_layers`.
    """

    def multiply_adds(self, input_shape: Any) -> int:
        """Multiplications with addition for one row of the batch; 0 for layers that only move, compare or average.

        Args:
            input_shape: As for ``compute_output_shape``; the first size, the batch, is free.
        """
        return 0

    def inner_values(self, input_shape: Any) -> int:
        """Numbers that it holds on its way for one row of the batch, where they may be more than it takes and gives.

        Args:
            input_shape: As for ``compute_output_shape``; the first size, the batch, is free.
        """
        return 0
