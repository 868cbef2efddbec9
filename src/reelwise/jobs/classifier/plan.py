"""What a training job does, decided from its options once, before any data is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.cache.folder import cache_root
from reelwise.core.backend import BackendInfo
from reelwise.inference.model import Model
from reelwise.jobs.classifier.model_request import ModelRequest, model_request
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.runs.resume import resume_facts


@dataclass(frozen=True)
class DataPlan:
    """Which videos are read, how they are labelled, decoded and split.

    Args:
        data: Folder, list or synthetic set, as in the command.
        label_from: Where labels come from; None for the usual places.
        group: Column whose videos stay on one side of a split; None finds one.
        task: A task's name, or ``auto``.
        folds: Number of folds; None for one split.
        splits_csv: A list that decides the split.
        seed: Of split and synthetic data.
        cache_root: Folder of decoded frames and sound.
        cache_gb: Disk that the cache may take, in GB.
        threads: Decoding processes; None for one per core.
        resume_facts: What must match to resume, beside the data.
    """

    data: str
    label_from: str | None
    group: str | None
    task: str
    folds: int | None
    splits_csv: Path | None
    seed: int
    cache_root: Path
    cache_gb: float
    threads: int | None
    resume_facts: Mapping[str, Any]


@dataclass(frozen=True)
class EvaluationPlan:
    """What is done with a trained model.

    Args:
        ablation: ``mask`` (predict again, modalities masked), ``retrain`` (a model for each combination) or ``off``.
        refit: Whether the model handed over is trained anew on all videos.
        seed: Of bootstrap intervals and of the choice of videos to mask.
    """

    ablation: str
    refit: bool
    seed: int


@dataclass(frozen=True, eq=False)
class JobPlan:
    """Everything that one ``reelwise train`` does.

    Args:
        data: Which videos.
        request: Which models.
        evaluation: What is done with them.
        start: The ``--from`` model, whose weights are copied; None starts from random ones.
        budget_seconds: Time for all trainings; None without a budget.
        resume: Whether trainings continue from their checkpoints.
        command: The command line that does the run again.
    """

    data: DataPlan
    request: ModelRequest
    evaluation: EvaluationPlan
    start: Model | None
    budget_seconds: float | None
    resume: bool
    command: str


def plan_job(options: TrainOptions, backend: BackendInfo, start: Model | None, command: str) -> JobPlan:
    """The plan of a command.

    Args:
        options: The command's, checked.
        backend: As chosen.
        start: The ``--from`` model.
        command: The command line that does the run again.
    """
    data = DataPlan(
        data=options.data,
        label_from=options.label_from,
        group=options.group,
        task=options.task,
        folds=options.folds,
        splits_csv=options.splits,
        seed=options.seed,
        cache_root=cache_root(options.cache_dir),
        cache_gb=options.cache_gb,
        threads=options.threads,
        resume_facts=resume_facts(options, backend),
    )
    return JobPlan(
        data=data,
        request=model_request(options, start.contract if start else None),
        evaluation=EvaluationPlan(options.ablate, not options.no_refit, options.seed),
        start=start,
        budget_seconds=parse_duration(options.budget),
        resume=options.resume,
        command=command,
    )
