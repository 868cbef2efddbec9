"""The learning rate of every step: a short rise, then half a cosine."""

import keras

from reelwise.training.arrays import to_float
from reelwise.training.config import TrainConfig


def learning_rates(config: TrainConfig, num_steps: int) -> keras.optimizers.schedules.CosineDecay:
    """Keras' schedule for a training of ``num_steps`` steps.

    It is asked step by step instead of being built into the optimizer, because a budget fixes the number of steps only
    after the first epoch.

    Args:
        config: Peak and warm-up.
        num_steps: Steps of the whole training.
    """
    warmup = min(num_steps - 1, round(config.warmup_share * num_steps))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0 if warmup else config.learning_rate,
        decay_steps=num_steps + 1 - warmup,
        warmup_target=config.learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def learning_rate(schedule: keras.optimizers.schedules.CosineDecay, step: int) -> float:
    """The rate of one step, counted from 0; neither the first nor the last is wasted on a rate of 0."""
    return to_float(schedule(step + 1))
