"""Baselines of one model: what they read, and their fit on the training videos."""

from collections.abc import Sequence

import numpy as np

from reelwise.evaluation.baselines import BaselineFeatures, Baselines, extract_features, fit_baselines
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.model_job import ModelJob
from reelwise.jobs.classifier.training_plan import TrainingPlan


def baseline_features(data: LabeledVideos, plan: TrainingPlan) -> BaselineFeatures:
    """What baselines read of all videos: as much as the model reads.

    Args:
        data: All videos.
        plan: The model.
    """
    contract = plan.contract
    columns = [column.name for column in contract.input.metadata]
    return extract_features(data.videos, reads_sound=contract.input.sound is not None, columns=columns)


def fit_job_baselines(job: ModelJob, train_indices: Sequence[int]) -> Baselines:
    """The baselines of a model, fitted on some of the videos.

    Args:
        job: The model.
        train_indices: The videos to fit on, rising.
    """
    data, rows = job.data, np.array(train_indices, np.int64)
    units = [data.split_plan.units[i] for i in train_indices]
    with job.context.measure("baselines"):
        return fit_baselines(
            job.features.take(rows), data.y[rows], len(data.labels), units, job.evaluation.seed, job.plan.contract.task
        )


def predict_baselines(job: ModelJob, baselines: Baselines, indices: Sequence[int]) -> dict[str, np.ndarray]:
    """{baseline: (n, C)} for n of the videos."""
    return baselines.predict(job.features.take(np.array(indices, np.int64)))
