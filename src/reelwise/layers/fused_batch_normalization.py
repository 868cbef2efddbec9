"""Batch normalisation that trains by the one operation that TensorFlow and PyTorch have for it."""

from collections.abc import Callable
from typing import Any

import keras

Outcome = tuple[Any, Any, Any]
"""Outputs, and the mean and (biased) variance of each channel."""


@keras.saving.register_keras_serializable("reelwise")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """``keras.layers.BatchNormalization`` over the last axis: the same weights, the same formula, the same predictions.

    Keras writes the formula down in a dozen operations, each of which reads and writes the whole feature map, in
    float32; in a training step on a CPU they took longer than the convolutions. The fused operation reads it twice, in
    the dtype that it has, and sums in float32. On JAX, whose compiler fuses the dozen, and with a mask, this layer is
    Keras'. In a model file it stands as Keras' own (see :func:`reelwise.models.plain_graph.expand`).

    Source: Ioffe and Szegedy 2015, "Batch Normalization", arXiv:1502.03167, algorithm 1.
    """

    gamma: Any
    beta: Any
    moving_mean: Any
    moving_variance: Any
    input_spec: Any

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """(B, …, C) to the same shape, in the layer's compute dtype."""
        operation = _FUSED.get(keras.backend.backend())
        if operation is None or not training or not self.trainable or mask is not None or not self._is_plain():
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance = operation(inputs, self.gamma.value, self.beta.value, self.epsilon)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        return keras.ops.cast(outputs, self.compute_dtype)

    def _is_plain(self) -> bool:
        """Whether it is what the fused operation computes."""
        axes = self.axis if isinstance(self.axis, list | tuple) else [self.axis]
        is_last = list(axes) in ([-1], [self.input_spec.ndim - 1])
        return is_last and self.center and self.scale and not self.renorm


def _tensorflow(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> Outcome:
    import tensorflow as tf  # this module is read where TensorFlow is not installed, too

    is_map = inputs.shape.rank == 4  # without a reshape TensorFlow fuses what follows, too
    rows = inputs if is_map else tf.reshape(inputs, (-1, 1, 1, inputs.shape[-1]))
    none = tf.zeros((0,), tf.float32)
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=rows, scale=gamma, offset=beta, mean=none, variance=none, epsilon=epsilon, is_training=True
    )
    # The operation gives the variance over N - 1, as an estimate for the whole; Keras keeps the one over N.
    count = tf.cast(tf.size(rows) // rows.shape[-1], tf.float32)
    outputs = outputs if is_map else tf.reshape(outputs, tf.shape(inputs))
    return outputs, mean, variance * (count - 1) / count


def _torch(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> Outcome:
    import torch  # this module is read where PyTorch is not installed, too

    channels_first = inputs.movedim(-1, 1)  # a view: channels last in memory, for which PyTorch has kernels
    outputs, mean, inverse_deviation = torch.native_batch_norm(
        channels_first, gamma, beta, None, None, True, 0.0, epsilon
    )
    return outputs.movedim(1, -1), mean.detach(), inverse_deviation.detach() ** -2 - epsilon


_FUSED: dict[str, Callable[[Any, Any, Any, float], Outcome]] = {"tensorflow": _tensorflow, "torch": _torch}
