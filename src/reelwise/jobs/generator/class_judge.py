"""A classifier of real clips, which tells what a generated clip shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from reelwise.core.backend import reproducible
from reelwise.core.contract import Contract, NetworkSpec
from reelwise.core.errors import ModelFileError
from reelwise.datasets.labelled_windows import LabelledWindows
from reelwise.jobs.clips.batches import Drawing, window_batches
from reelwise.jobs.clips.plan import ClipPlan, only_encoder, samples_of
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.clip_features import ARCHITECTURE, PRESET, outputs_of
from reelwise.jobs.generator.fit import class_numbers
from reelwise.jobs.runs.context import RunContext
from reelwise.models.build import build_network
from reelwise.models.catalogue import find_entry
from reelwise.models.second_network import network_from_arrays, network_to_arrays
from reelwise.tasks import CLASSIFICATION
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.generation import generation_output
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.fit import fit
from reelwise.training.task_objective import TaskObjective
from reelwise.transforms.augment import Augmentation

_BATCH = 32
_CLIPS_IN_ALL = 40_000
"""Clips that it is trained on, over all epochs."""

_LEARNING_RATE = 6e-3
_CHANGED = {"dropout": 0.1, "num_convs": 3, "pooling": "max"}
"""Arguments of the encoder. One that knows a thing at every place needs fewer examples (LOG.md)."""

_AUGMENTATION = Augmentation(zoom=0.1, stretch=0.1, rotation_degrees=10, shift=0.1)
"""Chosen with the rate and the dropout on one moving digit of other hands (LOG.md)."""

_ARRAYS = "judge"
"""Prefix of the names of its arrays in a model file."""

_MOST_EPOCHS = 60
"""With few videos, more epochs only repeat them."""


@dataclass(frozen=True, eq=False)
class ClassJudge:
    """Sees the class of clips.

    Args:
        network: From (B, T, S, S, 3) uint8 to (B, K) logits.
    """

    network: keras.Model

    def to_arrays(self, contract: Contract) -> dict[str, np.ndarray]:
        """The network by name, for the model file.

        Args:
            contract: Of the model that makes clips.
        """
        return network_to_arrays(_ARRAYS, self.network, _contract(contract, _network()))

    def predict(self, clips: np.ndarray) -> np.ndarray:
        """(N,) numbers of classes for (N, T, S, S, 3) uint8."""
        return outputs_of(self.network, clips).argmax(axis=-1)


def train_judge(context: RunContext, data: ClipVideos, plan: ClipPlan, *, resume: bool) -> ClassJudge:
    """A classifier of the training videos; always the same for the same seed.

    Args:
        context: The run.
        data: All videos.
        plan: Which clips and classes.
        resume: Whether to go on from the newest checkpoint.
    """
    seed, indices = context.seed * 1000 + 1, data.split.train
    windows = data.windows(indices, plan.window)
    samples = samples_of(windows)
    drawing: Drawing = {"batch_size": _BATCH, "num_samples": samples, "seed": seed}
    clips = window_batches(data, plan, indices, windows, **drawing)
    labels = generation_output(plan.contract).labels
    batches = LabelledWindows(clips, class_numbers(data, plan, indices) or [], len(labels), _AUGMENTATION, seed)
    epochs = min(_MOST_EPOCHS, -(-_CLIPS_IN_ALL // samples))  # --epochs is for the model that it judges
    config = TrainConfig(
        epochs=epochs,
        batch_size=_BATCH,
        learning_rate=_LEARNING_RATE,
        augment="none",  # batches do it
        keep_best=False,
        seed=context.seed,
    )
    contract = _contract(plan.contract, _network())
    folder = context.path / "checkpoints" / plan.folder_name / "judge"
    checkpoints = Checkpoints(folder, fingerprint=f"{data.fingerprint}/{plan.name}/judge", resume=resume)
    context.progress.stage("train the judge")
    with reproducible(seed):
        result = fit(
            lambda: build_network(contract),
            TaskObjective(CLASSIFICATION),
            TrainingData(batches, None),
            config,
            checkpoints=checkpoints,
            progress=context.progress,
        )
    return ClassJudge(result.network)


def judge_from_arrays(arrays: Mapping[str, np.ndarray], contract: Contract, path: Path) -> ClassJudge:
    """The judge in a model file.

    Args:
        arrays: All arrays of the file.
        contract: Of the model that makes clips.
        path: The file, for messages.

    Raises:
        ModelFileError: It is missing, damaged or no judge.
    """

    def contract_of(network: NetworkSpec) -> Contract:
        if len(network.encoders) > 1 or network.first.architecture != ARCHITECTURE:
            text = f"{path}: its judge is {network.name[:80]}, expected {ARCHITECTURE}."
            raise ModelFileError(text, hint="Update Reelwise: the file may be of a newer version.")
        return _contract(contract, network)

    return ClassJudge(network_from_arrays(_ARRAYS, arrays, path, contract_of))


def _network() -> NetworkSpec:
    encoder = only_encoder(find_entry(ARCHITECTURE), PRESET).encoders[0]
    return NetworkSpec((replace(encoder, arguments={**encoder.arguments, **_CHANGED}),))


def _contract(contract: Contract, network: NetworkSpec) -> Contract:
    """That of a judge of the clips of a model."""
    return Contract(contract.input, network, ClassificationOutput(generation_output(contract).labels))
