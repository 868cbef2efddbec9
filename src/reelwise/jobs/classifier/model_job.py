"""One model of a run on one data set, and its trainings one by one."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import TrainingError
from reelwise.evaluation.baselines import BaselineFeatures
from reelwise.evaluation.mirror_trial import MirrorTrial
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.inference.model import Model
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.fit import Training, checkpoints_for, fit_contract, fit_network
from reelwise.jobs.classifier.head_outputs import predict_heads, predict_masked_heads
from reelwise.jobs.classifier.image_head import fit_image_head
from reelwise.jobs.classifier.mirroring import Mirroring
from reelwise.jobs.classifier.plan import EvaluationPlan
from reelwise.jobs.classifier.training_plan import TrainingPlan
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.last_good import FailedTraining, keep_last_good
from reelwise.models.image_stream import add_image_head, with_image_input
from reelwise.training.failures import LossNotFinite
from reelwise.training.fit import FitResult

ABLATION = "hide parts"
"""Key of the ablation's seconds in ``timings`` of run.json, where it has stood since the first version."""


@dataclass(frozen=True, eq=False)
class ModelJob:
    """One model to train and evaluate on one data set.

    Args:
        context: The run.
        plan: Model and configuration.
        data: Labelled videos with their split.
        evaluation: What is done with the trained model.
        features: What the baselines read, of all videos.
        mirroring: Asks training videos whether their clips may be mirrored.
        start: The ``--from`` model; None starts from random weights.
        training_seconds: The budget of each training; None without a budget.
        resume: Whether trainings continue from their checkpoints.
    """

    context: RunContext
    plan: TrainingPlan
    data: LabeledVideos
    evaluation: EvaluationPlan
    features: BaselineFeatures
    mirroring: Mirroring
    start: Model | None = None
    training_seconds: float | None = None
    resume: bool = False

    def seed_of(self, number: int) -> int:
        """The seed of one training of the run, so that folds differ and runs do not share seeds."""
        return self.evaluation.seed * 1000 + number

    def fit_contract(self, train_indices: Sequence[int]) -> Contract:
        """The contract with everything that the training videos decide: statistics, and whether clips are mirrored.

        It is that of the network to hand over, with image features if the plan has any.

        Args:
            train_indices: The videos to train on.
        """
        contract, trial = fit_contract(self.plan.contract, self.data, train_indices), self.mirror_trial(train_indices)
        if trial is not None:
            contract = replace(contract, input=replace(contract.input, mirror_views=trial.keeps_labels))
        return with_image_input(contract, self.plan.images)

    def mirror_trial(self, train_indices: Sequence[int]) -> MirrorTrial | None:
        """What the training videos say of mirrored clips; None where option or labels decide.

        Args:
            train_indices: The videos to train on.
        """
        if not self.plan.asks_mirror:
            return None
        with self.context.measure("mirroring"):
            return self.mirroring.trial(train_indices)

    def training_videos_of(self, indices: Iterable[int]) -> TrainingVideos:
        """These videos, and those that the model of ``--from`` was trained on."""
        own = TrainingVideos.of(self.data.contents(indices))
        return own if self.start is None else own.union(TrainingVideos.from_arrays(self.start.arrays))


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A trained network with its contract, not calibrated yet.

    Args:
        fit: The network, and how its training went.
        contract: With statistics of its training videos.
        indices: The videos that decided its weights, those that chose the best epoch among them.
        mirror_trial: What its training videos said of mirrored clips; None where they were not asked.
    """

    fit: FitResult
    contract: Contract
    indices: tuple[int, ...]
    mirror_trial: MirrorTrial | None = None

    @property
    def network(self) -> keras.Model:
        """Float32, with the weights to hand over."""
        return self.fit.network


@dataclass(frozen=True, eq=False)
class EvaluatedNetwork:
    """A trained network with its head outputs for videos that it was not trained on.

    Args:
        trained_network: The network.
        head_outputs: (n, H, C) of whole videos.
        masked_outputs: {ablation: (m, H, C)} of those that were predicted again with something masked.
        seconds: Wall time of the n predictions.
    """

    trained_network: TrainedNetwork
    head_outputs: np.ndarray
    masked_outputs: dict[str, np.ndarray]
    seconds: float


def train_and_predict(
    job: ModelJob,
    training: Training,
    indices: tuple[int, ...],
    masked_indices: tuple[int, ...],
    earlier: TrainedNetwork | None = None,
) -> EvaluatedNetwork:
    """Train one network, then predict videos with it, whole and masked.

    Args:
        job: The model.
        training: On which videos.
        indices: n videos to predict.
        masked_indices: m videos to predict again with modalities masked.
        earlier: A network of this job that is finished, kept when this training fails in its first epoch.
    """
    trained_network = train(job, training, earlier)
    network, contract, progress = trained_network.network, trained_network.contract, job.context.progress
    progress.stage(f"evaluate {job.plan.name}{training.title}")
    start = time.monotonic()
    with job.context.measure("evaluate"):
        head_outputs = predict_heads(network, contract, job.data, indices, progress)
    seconds = time.monotonic() - start
    with job.context.measure(ABLATION):
        masked_outputs = predict_masked_heads(network, contract, job.data, masked_indices, progress)
    return EvaluatedNetwork(trained_network, head_outputs, masked_outputs, seconds)


def train(job: ModelJob, training: Training, earlier: TrainedNetwork | None = None) -> TrainedNetwork:
    """Train one network.

    Args:
        job: The model.
        training: On which videos.
        earlier: A network of this job that is finished.

    Raises:
        TrainingError: The loss is not finite; the last good weights, or the earlier network, are in model.keras.
    """
    context, data = job.context, job.data
    contract = job.fit_contract(training.train_indices)
    plan = replace(job.plan, contract=with_image_input(contract, None))
    checkpoints = checkpoints_for(context.path, plan, training, data.fingerprint, job.resume)
    context.progress.stage(f"train {plan.name}{training.title}")
    with context.measure("train"):
        try:
            result = fit_network(data, plan, training, checkpoints, job.start, context.progress)
        except LossNotFinite as problem:
            raise _last_good(job, plan, training, problem, earlier) from problem
    for text in result.warnings:
        context.progress.warn(text)
    if contract.input.images is not None:
        with context.measure("image features"):
            head = fit_image_head(data, contract, training.train_indices, training.seed)
            result = replace(result, network=add_image_head(result.network, contract, head))
    return TrainedNetwork(result, contract, training.indices, job.mirror_trial(training.train_indices))


def _last_good(
    job: ModelJob, plan: TrainingPlan, training: Training, problem: LossNotFinite, earlier: TrainedNetwork | None
) -> TrainingError:
    """Keep the weights of this training from before the failure, else those of an earlier training."""
    network, contract, indices = None, plan.contract, training.indices
    if problem.last_good is None and earlier is not None:
        network, contract, indices = earlier.network, earlier.contract, earlier.indices
    arrays = job.training_videos_of(indices).to_arrays()
    dataset, split = job.data.video_set.dataset, job.data.split_plan.split
    failure = FailedTraining(
        contract, dataset, split, plan.objective, arrays, network, state="uncalibrated and not tested"
    )
    return keep_last_good(job.context.path, failure, problem)
