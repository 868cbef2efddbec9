"""Train, test and refit one model of a run, with an ablation by retraining where the plan wants one."""

from dataclasses import replace

from reelwise.jobs.classifier.ablation import combinations_to_retrain, with_retrained
from reelwise.jobs.classifier.baselines import baseline_features
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.folds_run import run_folds
from reelwise.jobs.classifier.mirroring import Mirroring
from reelwise.jobs.classifier.model_job import ModelJob
from reelwise.jobs.classifier.plan import EvaluationPlan, JobPlan
from reelwise.jobs.classifier.result import ModelResult
from reelwise.jobs.classifier.split_run import run_split
from reelwise.jobs.classifier.training_plan import TrainingPlan, plan_for_modalities
from reelwise.jobs.runs.context import RunContext


def run_model(
    context: RunContext, job_plan: JobPlan, plan: TrainingPlan, data: LabeledVideos, budget_seconds: float | None
) -> ModelResult:
    """Everything about one model, from its first epoch to calibrated predictions.

    Args:
        context: The run.
        job_plan: What the run does.
        plan: How this model is trained.
        data: On what.
        budget_seconds: This model's share of the budget; None without one.
    """
    evaluation = job_plan.evaluation
    if evaluation.ablation != "retrain" or len(plan.contract.modalities) == 1:
        return _run(_job(context, job_plan, plan, data, budget_seconds))
    combinations = combinations_to_retrain(plan)
    share = budget_seconds / (1 + len(combinations)) if budget_seconds else None
    result = _run(_job(context, job_plan, plan, data, share))
    # The models of fewer modalities are only tested: they get no refit, no ablation, and none of the start's weights.
    alone = replace(job_plan, evaluation=EvaluationPlan("off", refit=False, seed=evaluation.seed), start=None)
    probs_by_modalities = {}
    for modalities in combinations:
        job = _job(context, alone, plan_for_modalities(plan, modalities), data, share)
        probs_by_modalities[modalities] = _run(job).test.probs
    return with_retrained(result, probs_by_modalities)


def _run(job: ModelJob) -> ModelResult:
    return run_folds(job) if job.data.split_plan.fold else run_split(job)


def _job(
    context: RunContext, job_plan: JobPlan, plan: TrainingPlan, data: LabeledVideos, budget_seconds: float | None
) -> ModelJob:
    num_trainings = (data.split_plan.num_folds or 1) + int(job_plan.evaluation.refit)
    with context.measure("baselines"):
        features = baseline_features(data, plan)
    return ModelJob(
        context=context,
        plan=plan,
        data=data,
        evaluation=job_plan.evaluation,
        features=features,
        mirroring=Mirroring(data, features, job_plan.evaluation.seed),
        start=job_plan.start,
        training_seconds=budget_seconds / num_trainings if budget_seconds else None,
        resume=job_plan.resume,
    )
