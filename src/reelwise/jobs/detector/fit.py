"""Trains the shot detector's network on examples, and hands its weights over to numpy."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from reelwise.analysis.shots.descriptors import NUM_CELLS
from reelwise.analysis.shots.features import NUM_CELL, NUM_GLOBAL
from reelwise.analysis.shots.network import NUM_KINDS, PLAN
from reelwise.jobs.detector.examples import Examples
from reelwise.models.shots.backbone import build

CUT_WEIGHT = 5.0
"""Of the loss of cuts beside that of gradual transitions: a cut has one frame, a dissolve twenty."""

LEAST_SCALE = 1e-3
"""Least standard deviation of a feature that it is divided by."""


@dataclass(frozen=True)
class FitPlan:
    """How long and how fast to train.

    Args:
        epochs: Passes over the examples; half a pass is allowed.
        batch_size: Sequences of a step.
        learning_rate: Highest rate, after 100 steps of warming up; falls by a cosine to nothing.
        weight_decay: Of AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101).
        seed: Of the initial weights and the order.
    """

    epochs: float = 5.0
    batch_size: int = 8
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    seed: int = 0


class _BatchSource(keras.utils.PyDataset):
    """Batches of standardised features with targets, in a new order each epoch."""

    def __init__(self, examples: Sequence[Examples], weights: Mapping[str, np.ndarray], plan: FitPlan) -> None:
        super().__init__()
        self._examples = examples
        self._weights = weights
        self._rng = np.random.default_rng(plan.seed)
        self._places = [(part, place) for part, one in enumerate(examples) for place in range(len(one))]
        self._batch_size = min(plan.batch_size, len(self._places))
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self._places) // self._batch_size

    def __getitem__(self, index: int) -> tuple[Any, np.ndarray]:
        batch = self._places[index * self._batch_size : (index + 1) * self._batch_size]
        whole, cells, targets = (
            np.stack([getattr(self._examples[part], name)[place] for part, place in batch])
            for name in ("whole", "cells", "targets")
        )
        weights = self._weights
        inputs = tuple(
            (features.astype(np.float32) - weights[f"{name}_mean"]) * weights[f"{name}_scale"]
            for name, features in (("whole", whole), ("cells", cells))
        )
        return inputs, targets[:, PLAN.reach : -PLAN.reach].astype(np.float32)

    def on_epoch_end(self) -> None:
        """Shuffle."""
        self._places = [self._places[place] for place in self._rng.permutation(len(self._places))]


def new_network() -> keras.Model:
    """The Keras twin of ``PLAN`` with new weights."""
    return build(
        num_whole=NUM_GLOBAL,
        grid=(NUM_CELLS, NUM_CELL),
        cell_width=PLAN.cell_width,
        cell_dilations=PLAN.cell_dilations,
        width=PLAN.width,
        dilations=PLAN.dilations,
        num_outputs=1 + NUM_KINDS,
    )


def fit_detector(
    examples: Sequence[Examples],
    plan: FitPlan,
    *,
    start: Mapping[str, np.ndarray] | None = None,
    on_step: Callable[[int, int, float], None] | None = None,
) -> dict[str, np.ndarray]:
    """Train the network.

    Args:
        examples: Sets of examples, drawn from alike.
        plan: How.
        start: Weights to go on from; None for new ones.
        on_step: Called with the step, the number of steps and the loss.

    Returns:
        Weights by name, kernels as float16: the shapes of ``weight_shapes``.
    """
    keras.utils.set_random_seed(plan.seed)
    network = new_network()
    scales = standardisation(examples) if start is None else start
    if start is not None:
        load_into(network, start)
    feed = _BatchSource(examples, scales, plan)
    num_steps = max(round(len(feed) * plan.epochs), 1)
    warmup = min(100, num_steps // 10)
    rate: Any = keras.optimizers.schedules.CosineDecay(
        plan.learning_rate / 100, num_steps, warmup_target=plan.learning_rate, warmup_steps=warmup
    )
    network.compile(keras.optimizers.AdamW(rate, weight_decay=plan.weight_decay, global_clipnorm=1.0), loss=shot_loss)
    # Variables that the first step makes would have TensorFlow trace that step twice.
    network.optimizer.build(network.trainable_variables)
    for step in range(num_steps):
        if step and step % len(feed) == 0:
            feed.on_epoch_end()
        loss = float(network.train_on_batch(*feed[step % len(feed)]))
        if on_step is not None:
            on_step(step, num_steps, loss)
    return weights_of(network, scales)


def shot_loss(targets: Any, logits: Any) -> Any:
    """Cross-entropies of "a shot starts here" and of the kind of gradual transition, mean over frames."""
    cut = ops.softplus(logits[..., 0]) - logits[..., 0] * targets[..., 0]
    kind = keras.losses.categorical_crossentropy(targets[..., 1:], logits[..., 1:], from_logits=True)
    return ops.mean(CUT_WEIGHT * cut + kind)


def standardisation(examples: Sequence[Examples]) -> dict[str, np.ndarray]:
    """Mean and one over the standard deviation of each feature, from 50 sequences of each set."""
    weights = {}
    for name in ("whole", "cells"):
        parts = [getattr(one, name)[:: math.ceil(len(one) / 50)] for one in examples]
        rows = np.concatenate([part.reshape(-1, part.shape[-1]) for part in parts]).astype(np.float32)
        weights[f"{name}_mean"] = rows.mean(axis=0)
        weights[f"{name}_scale"] = 1 / (rows.std(axis=0) + LEAST_SCALE)
    return weights


def weights_of(network: keras.Model, scales: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights as numpy's network names them."""
    weights = {
        name: scales[name].astype(np.float32) for name in ("whole_mean", "whole_scale", "cells_mean", "cells_scale")
    }
    for layer in network.layers:
        if arrays := layer.get_weights():
            kernel, bias = arrays
            kernel = kernel[:, 0] if kernel.ndim == 4 else kernel  # (3, 1, in, out): one cell at a time
            weights[f"{layer.name}.kernel"] = np.ascontiguousarray(kernel.astype(np.float16))
            weights[f"{layer.name}.bias"] = bias.astype(np.float32)
    return weights


def load_into(network: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Set the weights of the Keras twin."""
    for layer in network.layers:
        if arrays := layer.get_weights():
            kernel = weights[f"{layer.name}.kernel"].astype(np.float32).reshape(arrays[0].shape)
            layer.set_weights([kernel, weights[f"{layer.name}.bias"].astype(np.float32)])
