"""A convolution of size 1 with a stride, as one without over every other pixel."""

from typing import Any

import keras

from reelwise.layers.plain_layer import ops


@keras.saving.register_keras_serializable("reelwise")
class PointConv2D(keras.layers.Conv2D):
    """``keras.layers.Conv2D`` of size 1: the same weights, the same formula, the same predictions.

    With a stride it leaves pixels out; here they are left out before it. In oneDNN, by which TensorFlow and PyTorch
    compute, the gradient of such a convolution writes beyond its memory where channels are few, and the process ends
    (1×1, stride 2, 4 to 4 channels, one thread, on a processor with AVX2 alone). In a model file it stands as
    Keras' own (see :func:`reelwise.models.plain_graph.expand`).
    """

    strides: tuple[int, int]
    kernel_size: tuple[int, int]

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """(N, H, W, C) and (1, 1, C, F) to (N, H/stride, W/stride, F)."""
        if keras.backend.backend() == "jax" or tuple(self.kernel_size) != (1, 1):
            return super().convolution_op(inputs, kernel)
        down, across = self.strides
        return ops.conv(inputs[:, ::down, ::across], kernel, 1, "valid", "channels_last")
