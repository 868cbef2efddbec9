"""One training of one model on some of the videos, and what it says of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import prepare
from reelwise.core.contract import Contract
from reelwise.core.frames import DecodedVideo
from reelwise.core.progress import Progress
from reelwise.datasets.batches import ClipBatches, balanced_weights, one_hot
from reelwise.inference.model import Model
from reelwise.inference.predictor import Predictor
from reelwise.jobs.recipe import Recipe
from reelwise.models.build import build_network
from reelwise.models.heads import HEAD
from reelwise.models.inputs import clip_transform
from reelwise.models.transfer import copy_matching_weights
from reelwise.models.weights import load_application_weights
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit
from reelwise.transforms.augment import augmentation


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """All usable videos of a data set, with what trainings need to know of them.

    Args:
        videos: N decoded videos.
        y: (N,) int64 classes.
        names: N names, for messages.
        num_classes: C.
    """

    videos: Sequence[DecodedVideo]
    y: np.ndarray
    names: Sequence[str]
    num_classes: int


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
            same_classes = start.labels == recipe.contract.labels
            copy_matching_weights(start.keras, network, () if same_classes else (HEAD,))
        return network

    batches = _batches(data, recipe, part.learn, config.batch_size, part.seed)
    held_out = _batches(data, recipe, part.stop_by, config.batch_size, part.seed, learn=False) if validated else None
    return fit(build, batches, held_out, config, checkpoints=checkpoints, progress=progress)


def checkpoints_of(path: Path, recipe: Recipe, part: Part, fingerprint: str, resume: bool) -> Checkpoints:
    """The checkpoints of one part, ``checkpoints/<model>/<part>`` in the run folder."""
    folder = path / "checkpoints" / recipe.name.replace(":", "-") / part.name
    return Checkpoints(folder, fingerprint=f"{fingerprint}/{recipe.name}/{part.name}", resume=resume)


def logits_of(
    network: Any, contract: Contract, data: TrainingSet, chosen: Sequence[int], progress: Progress
) -> np.ndarray:
    """(len(chosen), C) float64 mean logits of the views of each video."""
    predictor = Predictor(network, contract)
    rows = []
    for done, index in enumerate(chosen, start=1):
        rows.append(predictor.logits(data.videos[index], data.names[index]))
        progress.update(done, len(chosen), "videos")
    return np.array(rows, np.float64).reshape(-1, data.num_classes)


def _batches(
    data: TrainingSet, recipe: Recipe, chosen: Sequence[int], batch_size: int, seed: int, learn: bool = True
) -> ClipBatches:
    y = data.y[list(chosen)]
    return ClipBatches(
        videos=[data.videos[i] for i in chosen],
        targets=one_hot(y, data.num_classes),
        spec=recipe.contract.clip,
        augment=augmentation(recipe.config.augment, recipe.flip) if learn else None,
        batch_size=batch_size,
        seed=seed,
        shuffle=learn,
        mixup=recipe.config.mixup if learn else 0.0,
        weights=balanced_weights(y, data.num_classes) if learn else None,
        clip_transform=clip_transform(recipe.entry.input_kind),
        names=[data.names[i] for i in chosen],
    )
