"""AdamW with a running mean of the weights that forgets its beginning."""

from typing import Any

import keras
from keras import ops


class _WarmMean:
    """Stands before an optimizer among the bases."""

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        """What Keras calls after each step; it has no public place for another momentum."""
        optimizer: Any = self
        steps: Any = ops.cast(optimizer.iterations, "float32")
        momentum: Any = ops.minimum((1.0 + steps) / (10.0 + steps), optimizer.ema_momentum)
        momentum = ops.where(steps > 0, momentum, 0.0)  # the first mean is the weights themselves
        for variable, mean in zip(trainable_variables, optimizer._model_variables_moving_average, strict=True):
            if mean is not None:
                mean.assign(mean + (1.0 - momentum) * (variable - mean))


def averaging_adamw(**arguments: Any) -> keras.optimizers.Optimizer:
    """AdamW whose running mean of the weights warms up.

    Keras' mean begins with the weights of the first step. With a momentum of 0.999 they still are 37 % of it after 1000
    steps, and a denoiser draws noise with it. Here the momentum of step n (from 0) is the smaller one of
    ``ema_momentum`` and (1 + n) / (10 + n), so that the mean is one over about the last tenth of all steps until the
    momentum is reached. The number of steps is one of the optimizer's variables, so a resumed training goes on with the
    same bits.

    Args:
        **arguments: As for ``keras.optimizers.AdamW``, with ``use_ema=True``.

    Source: the formula is that of ``num_updates`` in TensorFlow's ``tf.train.ExponentialMovingAverage``.
    """
    kind: Any = type(keras.optimizers.AdamW())  # on PyTorch, Keras has a class of its own, whose steps are faster
    return type("AveragingAdamW", (_WarmMean, kind), {})(**arguments)
