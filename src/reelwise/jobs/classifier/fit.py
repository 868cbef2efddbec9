"""One training of one network on some of the videos."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from reelwise.core.backend import reproducible
from reelwise.core.contract import Contract
from reelwise.core.frames import FrameTimes
from reelwise.core.progress import Progress
from reelwise.datasets.batches import ClipBatches
from reelwise.datasets.metadata.columns import fit_columns
from reelwise.inference.model import Model
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.training_plan import TrainingPlan
from reelwise.models.build import build_network
from reelwise.models.inputs import clip_transform
from reelwise.models.transfer import copy_matching_weights, prefixes_to_skip
from reelwise.models.weights import load_application_weights
from reelwise.tasks import find_task
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit
from reelwise.transforms.augment import augmentation


@dataclass(frozen=True)
class Training:
    """One training of a run.

    Args:
        name: ``split``, ``fold-1`` … or ``refit``; its checkpoints lie under this name.
        train_indices: Videos to train on.
        validation_indices: Videos to choose the best epoch by; empty for a fixed number of epochs.
        seed: Of this training.
        budget_seconds: Its share of the time; None without a budget.
        epochs: A number of epochs that is fixed beforehand (for the refit); None by the training plan.
    """

    name: str
    train_indices: tuple[int, ...]
    validation_indices: tuple[int, ...] = ()
    seed: int = 0
    budget_seconds: float | None = None
    epochs: int | None = None

    @property
    def indices(self) -> tuple[int, ...]:
        """Every video that decides the weights: those trained on, and those that choose the best epoch."""
        return (*self.train_indices, *self.validation_indices)

    @property
    def title(self) -> str:
        """For progress, behind the model's name: empty for the only one, else ``, fold 1``."""
        return "" if self.name == "split" else f", {self.name.replace('-', ' ')}"


def fit_network(
    data: LabeledVideos,
    plan: TrainingPlan,
    training: Training,
    checkpoints: Checkpoints,
    start: Model | None,
    progress: Progress,
) -> FitResult:
    """Train one network, from its newest checkpoint when it is to be resumed.

    Args:
        data: All videos.
        plan: Model and configuration, with a fitted contract.
        training: On which videos.
        checkpoints: Where its state is kept.
        start: A model to copy fitting weights from, its head only for the same classes; None starts from random ones.
        progress: Shows how far it is.
    """
    has_validation = bool(training.validation_indices)
    config = plan.config_for(
        len(training.train_indices),
        training.seed,
        training.budget_seconds,
        has_validation=has_validation,
        epochs=training.epochs,
    )

    def build() -> keras.Model:
        network = build_network(plan.contract)
        if (weights := plan.extractor) is not None:
            load_application_weights(network, weights.application, weights.path, weights.download)
        if start is not None:
            copy_matching_weights(start.keras, network, prefixes_to_skip(start.contract, plan.contract))
        return network

    batches = train_batches(data, plan, training.train_indices, config.batch_size, training.seed)
    validation = None
    if has_validation:
        validation = validation_batches(data, plan, training.validation_indices, config.batch_size)
    training_data = TrainingData(batches, validation)
    with reproducible(training.seed):
        return fit(build, plan.objective, training_data, config, checkpoints=checkpoints, progress=progress)


def checkpoints_for(path: Path, plan: TrainingPlan, training: Training, fingerprint: str, resume: bool) -> Checkpoints:
    """The checkpoints of one training, ``checkpoints/<model>/<training>`` in the run folder.

    Args:
        path: The run folder.
        plan: The model.
        training: Which one.
        fingerprint: Of the data and of everything else that must match to resume.
        resume: Whether to continue from the newest.
    """
    folder = path / "checkpoints" / plan.folder_name / training.name
    return Checkpoints(folder, fingerprint=f"{fingerprint}/{plan.name}/{training.name}", resume=resume)


def fit_contract(contract: Contract, data: LabeledVideos, train_indices: Sequence[int]) -> Contract:
    """The contract with statistics of metadata columns and of a number, from the training videos alone.

    Args:
        contract: Of the training plan.
        data: All videos.
        train_indices: The videos to train on.
    """
    columns = [(column.name, column.kind) for column in contract.input.metadata]
    metadata = fit_columns(columns, [data.videos[i].metadata for i in train_indices])
    seconds = typical_seconds([data.videos[i].times for i in train_indices])
    mean, scale = find_task(contract.task).target_statistics(data.y[list(train_indices)])
    return replace(
        contract,
        input=replace(contract.input, metadata=metadata, typical_seconds=seconds),
        output=contract.label_output.with_values(mean=mean, scale=scale),
    )


def typical_seconds(times: Sequence[FrameTimes]) -> tuple[float, float, float]:
    """The 10th, 50th and 90th percentile of the length of videos or segments, in seconds."""
    low, middle, high = np.percentile([float(item.duration_seconds) for item in times], [10, 50, 90])
    return float(low), float(middle), float(high)


def train_batches(
    data: LabeledVideos, plan: TrainingPlan, indices: Sequence[int], batch_size: int, seed: int
) -> ClipBatches:
    """Shuffled, augmented clips with the weights of the task: classes of unequal size weigh alike.

    Args:
        data: All videos.
        plan: Augmentation, mixup, modality dropout and contract.
        indices: The training videos.
        batch_size: Clips in a step.
        seed: Of order and augmentation.
    """
    contract = plan.contract
    return ClipBatches(
        videos=[data.videos[i] for i in indices],
        targets=data.network_targets(contract, indices),
        spec=contract.input.clip,
        augment=augmentation(plan.config.augment, plan.flip),
        batch_size=batch_size,
        seed=seed,
        mixup=plan.config.mixup,
        weights=find_task(contract.task).sample_weights(data.y[list(indices)], len(data.labels)),
        clip_transform=clip_transform(plan.entry.input_kind),
        names=[data.names[i] for i in indices],
        input_spec=contract.input,
        modality_dropout=plan.modality_dropout,
    )


def validation_batches(data: LabeledVideos, plan: TrainingPlan, indices: Sequence[int], batch_size: int) -> ClipBatches:
    """The middle clip of each video, unchanged and in order, all with the same weight.

    Args:
        data: All videos.
        plan: Contract.
        indices: The validation videos.
        batch_size: Clips in a batch.
    """
    contract = plan.contract
    return ClipBatches(
        videos=[data.videos[i] for i in indices],
        targets=data.network_targets(contract, indices),
        spec=contract.input.clip,
        augment=None,
        batch_size=batch_size,
        seed=0,
        shuffle=False,
        clip_transform=clip_transform(plan.entry.input_kind),
        names=[data.names[i] for i in indices],
        input_spec=contract.input,
    )
