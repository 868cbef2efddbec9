"""One step of a convolutional LSTM, once its convolutions are done."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class ConvLSTMState(PlainLayer):
    """The next output and memory, from the convolutions of input and output and from the memory so far.

    The channels are those of the input gate, the forget gate, the candidate and the output gate, in this order.

    Source: Shi et al. 2015, "Convolutional LSTM Network", arXiv:1506.04214, equation 3. Otherwise: without peepholes.

    Example:
        >>> import numpy as np
        >>> open_gates = np.array([[[[9.0, -9.0, 9.0, 9.0]]]])  # take the candidate, forget the memory, show it
        >>> output, memory = ConvLSTMState()([open_gates, 0 * open_gates, np.full((1, 1, 1, 1), 5.0)])
        >>> round(float(output[0, 0, 0, 0]), 2), round(float(memory[0, 0, 0, 0]), 2)
        (0.76, 1.0)
    """

    def call(self, inputs: Any) -> Any:
        """Take the step.

        Args:
            inputs: Both convolutions (B, H, W, 4U) and the memory (B, H, W, U); the first alone where both output and
                memory are still 0.

        Returns:
            Output and memory, each (B, H, W, U).
        """
        gates, memory = (inputs[0] + inputs[1], inputs[2]) if isinstance(inputs, list | tuple) else (inputs, None)
        take, keep, candidate, show = ops.split(gates, 4, axis=-1)
        new = ops.sigmoid(take) * ops.tanh(candidate)
        memory = new if memory is None else ops.sigmoid(keep) * memory + new
        return ops.sigmoid(show) * ops.tanh(memory), memory

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, H, W, U), twice."""
        gates = input_shape[0] if isinstance(input_shape[0], list | tuple) else input_shape
        shape = (*gates[:-1], gates[-1] // 4)
        return shape, shape
