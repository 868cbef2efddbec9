"""From finished models to the files of the run folder: metrics, predictions, history, splits, model and report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwise.core.files import write_json
from reelwise.evaluation.evaluate import evaluation_metrics, prediction_rows
from reelwise.inference.picture_rates import with_rate_note
from reelwise.jobs.classifier.plan import JobPlan
from reelwise.jobs.classifier.report import write_training_report
from reelwise.jobs.classifier.result import ModelResult
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import Run, write_csv, write_history, write_skipped, write_splits
from reelwise.jobs.runs.leaderboard import JudgedModel, Leaderboard
from reelwise.models.file import save_model
from reelwise.tasks import LabeledPredictions, Metrics
from reelwise.training.objective import history_columns


def finish_run(context: RunContext, plan: JobPlan, results: Sequence[ModelResult]) -> Run:
    """Score every model, write the best one's files, the leaderboard and the report, and close the run.

    Args:
        context: The run.
        plan: What the run did.
        results: One or more models.

    Returns:
        The finished run.
    """
    with context.measure("evaluate"):
        context.progress.stage("evaluate")
        evaluations = [labeled_predictions(result) for result in results]
        seed = plan.evaluation.seed
        metrics = [metrics_of(*pair, seed) for pair in zip(results, evaluations, strict=True)]
    models = [
        JudgedModel(result.plan.name, scores, result.clips_per_second, result.network.count_params())
        for result, scores in zip(results, metrics, strict=True)
    ]
    leaderboard = Leaderboard(context.path, models)
    best, folders = leaderboard.best, leaderboard.folders
    for index, result in enumerate(results):
        summary = training_summary(context, plan, result)
        write_model_files(folders[index], result, evaluations[index], metrics[index], summary)
    board = leaderboard.rows()
    leaderboard.note(context)
    with context.measure("report"):
        context.progress.stage("report")
        write_training_report(context, plan, results[best], evaluations[best], metrics[best], board)
    context.save(
        "finished",
        command=plan.command,
        data_fingerprint=results[best].data.fingerprint,
        leaderboard=board,
        training=training_summary(context, plan, results[best]),
    )
    return Run(context.path, metrics[best], tuple(board) if len(board) > 1 else ())


def labeled_predictions(result: ModelResult) -> LabeledPredictions:
    """The test videos of one model: labels, and predictions of networks that were not trained on them."""
    data, test = result.data, result.test
    indices = list(test.indices)
    return LabeledPredictions(
        names=tuple(data.names[i] for i in indices),
        labels=result.contract.labels,
        y_true=data.y[indices],
        probs=test.probs,
        units=tuple(data.split_plan.units[i] for i in indices),
        folds=result.test_folds,
        task=result.contract.task,
        thresholds=test.thresholds,
    )


def metrics_of(result: ModelResult, predictions: LabeledPredictions, seed: int) -> Metrics:
    """metrics.json of one model.

    Args:
        result: The model.
        predictions: For its test videos.
        seed: Of the bootstrap.
    """
    return evaluation_metrics(
        predictions,
        result.test.baseline_probs,
        seed=seed,
        split="test" if predictions.folds is None else "out_of_fold",
        modalities=result.contract.modalities,
        ablation=result.test.ablation,
    )


def write_model_files(
    folder: Path, result: ModelResult, predictions: LabeledPredictions, metrics: Metrics, summary: dict[str, Any]
) -> None:
    """Every file about one model but the report; the best one's stand in the run folder itself.

    Args:
        folder: Where to.
        result: The model.
        predictions: For its test videos.
        metrics: metrics.json.
        summary: How it was trained.
    """
    dataset = result.data.video_set.dataset
    write_splits(folder, dataset.records, result.data.split_plan.split)
    write_skipped(folder, dataset.skipped)
    write_history(folder, history_columns(result.plan.objective), result.history)
    rows = prediction_rows(predictions)
    write_csv(folder / "predictions.csv", rows[0], rows[1:])
    arrays = result.baselines.to_arrays() | result.training_videos.to_arrays()
    save_model(folder / "model.keras", result.network, with_rate_note(result.contract), metrics, arrays, summary)
    write_json(folder / "metrics.json", metrics)


def training_summary(context: RunContext, plan: JobPlan, result: ModelResult) -> dict[str, Any]:
    """How a model was trained, in a few values; travels in its file."""
    config = result.plan.config
    return {
        "data": plan.data.data,
        "fingerprint": result.data.fingerprint,
        "num_videos": len(result.data),
        "seed": context.seed,
        "epochs": result.num_epochs,
        "batch_size": config.batch_size,
        "learning_rate": config.learning_rate,
        "augment": config.augment,
        "flip": result.contract.input.mirror_views,
        "bfloat16": config.bfloat16,
        "backend": context.backend.name,
        "refitted_on_all_videos": result.is_refit,
    }
