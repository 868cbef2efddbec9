"""Group normalisation from two sums over each map, instead of the moments of a map of five axes."""

from typing import Any

import keras

from reelwise.layers.plain_layer import ops


@keras.saving.register_keras_serializable("reelwise")
class FastGroupNormalization(keras.layers.GroupNormalization):
    """``keras.layers.GroupNormalization`` over the last axis of a map: the same weights, the same formula.

    Keras splits the channels into an axis of their own and reads the map a dozen times. Here the sums of the channels
    and of their squares are all that the groups need, and the map itself is multiplied and shifted once. Sums are
    float32 in a bfloat16 network too. In a model file it stands as Keras' own (see
    :func:`reelwise.models.plain_graph.expand`).

    Source: Wu and He 2018, "Group Normalization", arXiv:1803.08494, equations 1 to 6.
    """

    gamma: Any
    beta: Any
    axis: int
    groups: int

    def call(self, inputs: Any) -> Any:
        """(N, H, W, C) to the same shape, in the layer's compute dtype."""
        if len(inputs.shape) != 4 or self.axis not in (-1, 3) or not (self.center and self.scale):
            return super().call(inputs)
        _, height, width, channels = inputs.shape
        maps = ops.cast(inputs, "float32")
        count = height * width * channels // self.groups
        mean = self._of_groups(ops.sum(maps, axis=(1, 2))) / count  # (N, G)
        variance = self._of_groups(ops.sum(ops.square(maps), axis=(1, 2))) / count - ops.square(mean)
        deviation = ops.rsqrt(ops.maximum(variance, 0.0) + self.epsilon)
        factor = self._of_channels(deviation, channels) * self.gamma  # (N, 1, 1, C)
        shift = self.beta - self._of_channels(mean, channels) * factor
        return ops.cast(maps * factor + shift, self.compute_dtype)

    def _of_groups(self, sums: Any) -> Any:
        """(N, C) to (N, G): the sum of each group of channels."""
        return ops.sum(ops.reshape(sums, (-1, self.groups, sums.shape[-1] // self.groups)), axis=-1)

    def _of_channels(self, values: Any, channels: int) -> Any:
        """(N, G) to (N, 1, 1, C): its group's value for each channel."""
        return ops.reshape(ops.repeat(values, channels // self.groups, axis=-1), (-1, 1, 1, channels))
