"""What a training job does, decided from its options once, before any data is read."""

from dataclasses import dataclass

from reelwise.core.backend import BackendInfo
from reelwise.inference.model import Model
from reelwise.jobs.classifier.model_request import ModelRequest, model_request
from reelwise.jobs.runs.data_plan import DataPlan, data_plan
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.options import TrainOptions


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
    return JobPlan(
        data=data_plan(options, backend),
        request=model_request(options, start.contract if start else None),
        evaluation=EvaluationPlan(options.ablate, not options.no_refit, options.seed),
        start=start,
        budget_seconds=parse_duration(options.budget),
        resume=options.resume,
        command=command,
    )
