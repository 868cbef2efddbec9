"""The forward pass of a network over many batches, with what Keras does around each of them done once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras

Forward = Callable[[Any], Any]
"""From a batch of inputs to the outputs, which the device may still work on: reading them waits for it."""


@contextmanager
def forward_pass(network: keras.Model) -> Iterator[Forward]:
    """A block in which a network is run over batches, with the numbers of its ``predict_on_batch``.

    Keras' own compiled function is used, which Keras keeps for the network. ``predict_on_batch`` also waits for the
    outputs of each batch, and on JAX puts the weights back, since the function takes their memory: here that is done at
    the end of the block, until which the weights are not to be read.

    Args:
        network: Built; its weights do not change in the block.
    """
    model: Any = network
    model.make_predict_function()
    if keras.backend.backend() != "jax":
        yield lambda inputs: model.predict_function([(inputs,)])
        return
    variables = (model.trainable_variables, model.non_trainable_variables)
    state: Any = tuple([variable.value for variable in group] for group in variables)

    def forward(inputs: Any) -> Any:
        nonlocal state
        outputs, state = model.predict_function(state, iter([(inputs,)]))
        return outputs

    try:
        yield forward
    finally:
        for group, values in zip(variables, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
