"""One training of one model on some of the videos, and what it says of others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import prepare
from reelwise.core.contract import Contract
from reelwise.core.frames import DecodedVideo
from reelwise.core.progress import Progress
from reelwise.datasets.batches import ClipBatches, balanced_weights, one_hot
from reelwise.datasets.metadata.columns import fit_columns
from reelwise.evaluation.modality_worth import FrameOrder, masked_answers
from reelwise.inference.model import Model
from reelwise.inference.predictor import Predictor
from reelwise.jobs.classifier.recipe import Recipe
from reelwise.models.build import build_network
from reelwise.models.inputs import clip_transform
from reelwise.models.transfer import copy_matching_weights, names_to_leave
from reelwise.models.weights import load_application_weights
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit
from reelwise.transforms.augment import augmentation


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """All usable videos of a data set, with what trainings need to know of them.

    Args:
        videos: N decoded videos, with the sound and the metadata that some model of the run reads.
        y: What is to be said: (N,) int64 classes, (N, C) float32 0/1 labels, or (N,) float64 numbers.
        names: N names, for messages.
        num_classes: C; 1 for a number.
    """

    videos: Sequence[DecodedVideo]
    y: np.ndarray
    names: Sequence[str]
    num_classes: int

    def targets(self, contract: Contract, chosen: Sequence[int]) -> np.ndarray:
        """(n, C) float32: what the network is to answer for the chosen videos."""
        y = self.y[list(chosen)]
        if contract.task == "classification":
            return one_hot(y, self.num_classes)
        if contract.task == "multilabel":
            return y.astype(np.float32)
        return ((y - contract.target_mean) / contract.target_scale).astype(np.float32)[:, None]


@dataclass(frozen=True)
class Part:
    """One training of a run.

    Args:
        name: ``split``, ``fold-1`` … or ``refit``; its checkpoints lie under this name.
        learn: Indices to learn from.
        stop_by: Indices to choose the best epoch by; empty for a fixed number of epochs.
        seed: Of this training.
        budget_seconds: Its share of the time; None without a budget.
        epochs: A number of epochs that is fixed beforehand (for the refit); None by the recipe.
    """

    name: str
    learn: tuple[int, ...]
    stop_by: tuple[int, ...] = ()
    seed: int = 0
    budget_seconds: float | None = None
    epochs: int | None = None


def train_part(
    data: TrainingSet,
    recipe: Recipe,
    part: Part,
    checkpoints: Checkpoints,
    start: Model | None,
    progress: Progress,
) -> FitResult:
    """Train one network; goes on from its checkpoints when they say so.

    Args:
        data: All videos.
        recipe: Model and configuration.
        part: Who learns.
        checkpoints: Where its state is kept.
        start: A model to take fitting weights from, its head only for the same classes; None starts from random ones.
        progress: Who hears how far it is.
    """
    validated = bool(part.stop_by)
    config = recipe.for_clips(len(part.learn), part.seed, part.budget_seconds, validated, part.epochs)
    keras.backend.clear_session()
    prepare(part.seed)

    def build() -> keras.Model:
        network = build_network(recipe.contract)
        if (known := recipe.extractor) is not None:
            load_application_weights(network, known.application, known.path, known.download)
        if start is not None:
            copy_matching_weights(start.keras, network, names_to_leave(start.contract, recipe.contract))
        return network

    batches = _batches(data, recipe, part.learn, config.batch_size, part.seed)
    held_out = _batches(data, recipe, part.stop_by, config.batch_size, part.seed, learn=False) if validated else None
    return fit(build, batches, held_out, config, checkpoints=checkpoints, progress=progress)


def checkpoints_of(path: Path, recipe: Recipe, part: Part, fingerprint: str, resume: bool) -> Checkpoints:
    """The checkpoints of one part, ``checkpoints/<model>/<part>`` in the run folder."""
    folder = path / "checkpoints" / recipe.name.replace(":", "-").replace(" ", "-") / part.name
    return Checkpoints(folder, fingerprint=f"{fingerprint}/{recipe.name}/{part.name}", resume=resume)


def fitted_contract(contract: Contract, data: TrainingSet, learn: Sequence[int]) -> Contract:
    """The contract with what is learned of metadata and of the target before any step, from the training videos alone.

    Args:
        contract: As the recipe has it.
        data: All videos.
        learn: Indices of those to learn from.
    """
    chosen = [(column.name, column.kind) for column in contract.metadata]
    columns = fit_columns(chosen, [data.videos[i].metadata for i in learn])
    if contract.task != "regression":
        return replace(contract, metadata=columns)
    y = np.asarray(data.y, np.float64)[list(learn)]
    scale = float(y.std()) or 1.0
    return replace(contract, metadata=columns, target_mean=float(y.mean()), target_scale=scale)


def answers_of(
    network: Any, contract: Contract, data: TrainingSet, chosen: Sequence[int], progress: Progress
) -> np.ndarray:
    """(len(chosen), H, C) float64: mean over the views of each video, H = 1 for a network with one answer."""
    predictor = Predictor(network, contract)
    rows = []
    for done, index in enumerate(chosen, start=1):
        rows.append(predictor.answers(data.videos[index], data.names[index]))
        progress.update(done, len(chosen), "videos")
    return np.array(rows, np.float64).reshape(len(chosen), max(1, len(contract.answers)), data.num_classes)


def hidden_answers_of(
    network: Any, contract: Contract, data: TrainingSet, chosen: Sequence[int], progress: Progress
) -> dict[str, np.ndarray]:
    """The same for each way to hide a part of the videos: {look: (len(chosen), H, C)}; empty without videos."""
    if not len(chosen):
        return {}
    predictor = Predictor(network, contract)

    def answer(index: int, hidden: frozenset[str], order: FrameOrder) -> np.ndarray:
        return predictor.answers(data.videos[index], data.names[index], hidden=hidden, frame_order=order)

    return masked_answers(answer, chosen, contract.modalities, lambda done, of: progress.update(done, of, "videos"))


def _batches(
    data: TrainingSet, recipe: Recipe, chosen: Sequence[int], batch_size: int, seed: int, learn: bool = True
) -> ClipBatches:
    contract = recipe.contract
    balanced = learn and contract.task == "classification"
    return ClipBatches(
        videos=[data.videos[i] for i in chosen],
        targets=data.targets(contract, chosen),
        spec=contract.clip,
        augment=augmentation(recipe.config.augment, recipe.flip) if learn else None,
        batch_size=batch_size,
        seed=seed,
        shuffle=learn,
        mixup=recipe.config.mixup if learn else 0.0,
        weights=balanced_weights(data.y[list(chosen)], data.num_classes) if balanced else None,
        clip_transform=clip_transform(recipe.entry.input_kind),
        names=[data.names[i] for i in chosen],
        contract=contract,
        hide=recipe.hide if learn else 0.0,
    )
