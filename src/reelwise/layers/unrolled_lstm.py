"""An LSTM for short sequences on a CPU: the input's part of all steps at once, and no loop in the graph."""

import functools
from typing import Any

import keras

from reelwise.core.backend import device_in_use
from reelwise.layers.plain_layer import ops

_MOST_STEPS = 128
"""Longer sequences are left to the loop: their graph would grow with them."""


@keras.saving.register_keras_serializable("reelwise")
class UnrolledLSTM(keras.layers.LSTM):
    """``keras.layers.LSTM`` with the same weights and the same formula; takes its plain form alone.

    Keras multiplies the input of every step by itself, inside of a loop whose bookkeeping takes TensorFlow longer than
    the small products in it. Here one product serves all steps, and the steps stand one behind the other. On JAX, which
    compiles the loop, on PyTorch, where this gains nothing, and on a GPU, where cuDNN does all of it, this layer is
    Keras'. In a model file it stands as Keras' own (see :func:`reelwise.models.plain_graph.expand`).

    Source: Hochreiter and Schmidhuber 1997, "Long Short-Term Memory", with the forget gate of Gers et al. 2000.
    """

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = None) -> Any:
        """(B, T, F) to (B, T, units), or (B, units) without ``return_sequences``."""
        is_plain = initial_state is None and mask is None and self._is_plain()
        num_steps = sequences.shape[1]
        if not is_plain or num_steps is None or num_steps > _MOST_STEPS or not _pays():
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        cell = self.cell
        inputs = ops.unstack(ops.matmul(sequences, cell.kernel) + cell.bias, num_steps, axis=1)
        state, outputs = None, []
        for step in inputs:
            gates = step + ops.matmul(outputs[-1], cell.recurrent_kernel) if outputs else step
            output, state = _next_state(gates, state)
            outputs.append(output)
        return ops.stack(outputs, axis=1) if self.return_sequences else outputs[-1]

    def _is_plain(self) -> bool:
        """Whether it is what :func:`_next_state` computes."""
        cell = self.cell
        functions = (cell.activation, cell.recurrent_activation)
        is_usual = functions == (keras.activations.tanh, keras.activations.sigmoid) and cell.use_bias
        has_options = self.go_backwards or self.stateful or self.return_state or cell.dropout or cell.recurrent_dropout
        return is_usual and not has_options


def _next_state(gates: Any, state: Any) -> tuple[Any, Any]:
    """Output and state of a step.

    Args:
        gates: (B, 4 units) before their functions: input, forget, candidate, output.
        state: (B, units), or None before the first step.
    """
    come, keep, candidate, show = ops.split(gates, 4, axis=-1)
    new = ops.sigmoid(come) * ops.tanh(candidate)
    state = new if state is None else ops.sigmoid(keep) * state + new
    return ops.sigmoid(show) * ops.tanh(state), state


@functools.cache
def _pays() -> bool:
    return keras.backend.backend() == "tensorflow" and device_in_use().kind == "cpu"
