"""The learning rate of every step: a short rise, then half a cosine."""

import math

from reelwise.training.config import TrainConfig


def learning_rate(config: TrainConfig, step: int, num_steps: int) -> float:
    """What Keras' ``CosineDecay`` with warm-up gives, in plain numbers.

    It is computed for each step instead of being built into the optimizer, because a budget fixes the number of steps
    only after the first epoch. Keras' own object would take 53 ms for each step on JAX, which traces it anew each time;
    a test holds the two together. Neither the first step nor the last is wasted on a rate of 0.

    Args:
        config: Peak and warm-up.
        step: From 0.
        num_steps: Steps of the whole training.

    Example:
        >>> config = TrainConfig(learning_rate=1.0, warmup_share=0.5)
        >>> [round(learning_rate(config, step, 4), 2) for step in range(4)]
        [0.5, 1.0, 0.75, 0.25]

    Source:
        Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5 without restarts.
    """
    warmup = min(num_steps - 1, round(config.warmup_share * num_steps))
    if step + 1 < warmup:
        return config.learning_rate * (step + 1) / warmup
    share = (step + 1 - warmup) / (num_steps + 1 - warmup)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * share))
