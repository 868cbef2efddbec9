"""From trained models to the files of the run folder: metrics, predictions, history, splits, model and report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwise.core.files import write_json
from reelwise.evaluation.evaluate import Judged, evaluation_metrics, prediction_rows
from reelwise.evaluation.scores import goodness, score_of
from reelwise.jobs.classifier.folds import Trained
from reelwise.jobs.classifier.report import train_command, write_training_report
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import Run, write_csv, write_history, write_skipped, write_splits
from reelwise.models.file import save_model


def finish_run(context: RunContext, trained: Sequence[Trained]) -> Run:
    """Judge every trained model, write the best one's files, the leaderboard and the report, and close the run.

    Args:
        context: The run.
        trained: One or more models.

    Returns:
        The finished run.
    """
    with context.timed("evaluate"):
        context.progress.stage("evaluate")
        judged = [judge(item) for item in trained]
        metrics = [metrics_of(context, *pair) for pair in zip(trained, judged, strict=True)]
        best = max(range(len(trained)), key=lambda index: goodness(trained[index].contract.task, metrics[index]))
    for index, item in enumerate(trained):
        folder = context.path if index == best else context.path / "models" / item.recipe.name.replace(":", "-")
        write_model_files(context, folder, item, judged[index], metrics[index])
    board = leaderboard(context.path, trained, metrics, best)
    if len(trained) > 1:
        context.note(
            f"{trained[best].recipe.name} is handed over because it scored best of {len(trained)} models on these same"
            " videos; its score flatters it a little for that."
        )
    with context.timed("report"):
        context.progress.stage("report")
        write_training_report(context, trained[best], judged[best], metrics[best], board)
    context.save(
        "finished",
        command=train_command(context.options, context.path),
        data_fingerprint=trained[best].material.fingerprint,
        leaderboard=board,
        training=training_summary(context, trained[best]),
    )
    return Run(context.path, metrics[best], tuple(board) if len(board) > 1 else ())


def judge(item: Trained) -> Judged:
    """The videos that one model was asked about, with its answers."""
    data = item.material.training_set
    records = item.material.prepared.dataset.records
    asked = list(item.asked)
    return Judged(
        names=tuple(records[i].name for i in asked),
        labels=item.contract.labels,
        y_true=data.y[asked],
        probs=item.probs,
        groups=tuple(item.material.groups[i] for i in asked),
        folds=item.folds_of_asked,
        task=item.contract.task,
        thresholds=item.thresholds,
    )


def metrics_of(context: RunContext, item: Trained, judged: Judged) -> dict[str, Any]:
    """metrics.json of one model."""
    split = "test" if judged.folds is None else "out_of_fold"
    return evaluation_metrics(
        judged,
        item.baseline_probs,
        seed=context.options.seed,
        split=split,
        modalities=item.contract.modalities,
        masked=item.masked,
    )


def write_model_files(
    context: RunContext, folder: Path, item: Trained, judged: Judged, metrics: dict[str, Any]
) -> None:
    """Everything about one model; the best one's stand in the run folder itself."""
    dataset = item.material.prepared.dataset
    write_splits(folder, dataset.records, item.material.plan.split)
    write_skipped(folder, dataset.skipped)
    write_history(folder, item.history)
    rows = prediction_rows(judged)
    write_csv(folder / "predictions.csv", rows[0], rows[1:])
    summary = training_summary(context, item)
    arrays = item.baselines.to_arrays() | item.learned_from.to_arrays()
    save_model(folder / "model.keras", item.network, item.contract, metrics, arrays, summary)
    write_json(folder / "metrics.json", metrics)


def training_summary(context: RunContext, item: Trained) -> dict[str, Any]:
    """How a model came about, in a few values; travels in its file."""
    config = item.recipe.config
    return {
        "data": context.options.data,
        "fingerprint": item.material.fingerprint,
        "num_videos": len(item.material.groups),
        "seed": context.options.seed,
        "epochs": item.num_epochs,
        "batch_size": config.batch_size,
        "learning_rate": config.learning_rate,
        "augment": config.augment,
        "flip": item.recipe.flip,
        "bfloat16": config.bfloat16,
        "backend": context.backend.name,
        "refitted_on_all_videos": item.refitted,
    }


def leaderboard(
    path: Path, trained: Sequence[Trained], metrics: Sequence[dict[str, Any]], best: int
) -> list[dict[str, Any]]:
    """One row per model, best first: score with interval, speed of prediction, size of the file."""
    rows = []
    task = trained[0].contract.task
    score = score_of(task).name
    for index, (item, scores) in enumerate(zip(trained, metrics, strict=True)):
        folder = path if index == best else path / "models" / item.recipe.name.replace(":", "-")
        file = folder / "model.keras"
        rows.append(
            {
                "model": item.recipe.name,
                score: scores[score],
                f"{score}_ci95": scores[f"{score}_ci95"],
                "clips_per_second": round(item.clips_per_second, 2),
                "parameters": item.network.count_params(),
                "size": file.stat().st_size,
                "file": file.relative_to(path).as_posix(),
            }
        )
    return sorted(rows, key=lambda row: -goodness(task, row))
