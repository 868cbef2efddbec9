"""What report.html shows of a finished training or evaluation."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwise.core.backend import device_in_use
from reelwise.core.records import SkippedFile
from reelwise.jobs.classifier.plan import JobPlan
from reelwise.jobs.classifier.result import ModelResult
from reelwise.jobs.previews.example_clips import example_clips
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.jobs.runs.leaderboard import report_rows
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.report_facts import data_facts, now, split_rows, timing_facts
from reelwise.models.network_plan import IMAGES, TOGETHER
from reelwise.reports.report_data import ReportData
from reelwise.reports.run_report import write_report
from reelwise.tasks import LabeledPredictions, Metrics, find_task

_HEAD_WORDS = {TOGETHER: "all modalities together", IMAGES: "image features"}
"""Heads whose names do not say to people what they read."""


def write_training_report(
    context: RunContext,
    plan: JobPlan,
    result: ModelResult,
    predictions: LabeledPredictions,
    metrics: Metrics,
    board: list[dict[str, Any]],
) -> None:
    """Write report.html of a finished training.

    Args:
        context: The run.
        plan: What the run did.
        result: The model that is handed over.
        predictions: For its test videos.
        metrics: Its metrics.json.
        board: The leaderboard.
    """
    data, video_set, indices = result.data, result.data.video_set, result.test.indices
    by_name = {record.name: record for record in video_set.dataset.records}
    report = ReportData(
        title=f"{Path(plan.data.data).name or plan.data.data} · {result.plan.name}",
        metrics=metrics,
        predictions=predictions,
        history=result.history,
        history_metrics=result.plan.objective.metrics,
        examples=example_clips(predictions, lambda place: data.videos[indices[place]], by_name, video_set.cache.root),
        skipped_files=video_set.dataset.skipped,
        split=split_rows(data.split_plan, data.groups),
        split_method=data.split_plan.method,
        leaderboard=report_rows(board, metrics),
        data=data_facts(video_set, _label_fact(video_set)),
        configuration=(*_model_facts(result), ("device", device_in_use().text)),
        versions=tuple(context.backend.versions.items()),
        timings=timing_facts(context.timings),
        command=plan.command,
        notes=(*context.notes, _refit_note(result)),
        created_at=now(),
    )
    write_report(context.path / "report.html", report)


def write_evaluation_report(
    options: EvaluateOptions,
    model: Any,
    video_set: VideoSet,
    skipped_files: Sequence[SkippedFile],
    predictions: LabeledPredictions,
    metrics: Metrics,
) -> None:
    """Write report.html of an evaluation on new data; there are no curves and no split."""
    out, data_name = options.out or Path(), options.data or ""
    records = video_set.dataset.records
    data = ReportData(
        title=f"{Path(data_name).name or data_name} · {model.contract.network.name}",
        metrics=metrics,
        predictions=predictions,
        examples=example_clips(
            predictions,
            lambda place: video_set.cache.open(records[place], video_set.settings),
            {record.name: record for record in records},
            video_set.cache.root,
        ),
        skipped_files=tuple(skipped_files),
        data=data_facts(video_set, _label_fact(video_set)),
        configuration=(("model", str(options.model)), ("views", str(options.views or model.contract.input.num_views))),
        command=shlex.join(["reelwise", "evaluate", str(options.model), data_name, "--out", str(out)]),
        created_at=now(),
    )
    write_report(out / "report.html", data)


def _model_facts(result: ModelResult) -> tuple[tuple[str, str], ...]:
    clip, config = result.contract.input.clip, result.plan.config
    calibration = result.contract.output.calibration
    spread = f"spread over up to {float(clip.max_span_seconds):g} s"
    step = f"{clip.frame_stride} source frames apart" if clip.frame_stride else spread
    return (
        ("model", result.plan.name),
        ("parameters", f"{result.network.count_params():,}"),
        ("clip", f"{clip.num_frames} frames, {step}, {clip.input_size}×{clip.input_size} pixels"),
        ("epochs", str(result.num_epochs)),
        ("batch size", str(config.batch_size)),
        ("learning rate", f"{config.learning_rate:g}"),
        ("variation", config.augment + (", mirrored" if result.contract.input.mirror_views else ", not mirrored")),
        *([("mirroring", result.mirroring)] if result.mirroring else []),
        *_image_facts(result),
        ("precision of training", result.plan.precision),
        ("views per video", str(result.contract.input.num_views)),
        ("temperature", f"{calibration.temperature:.3g}"),
        ("unsure under", f"{100 * calibration.unsure_below:.0f} %"),
        ("seed", str(config.seed)),
    )


def _image_facts(result: ModelResult) -> list[tuple[str, str]]:
    """What made the image features, and what each head weighs, fitted on videos that it was not trained on."""
    contract, images = result.contract, result.contract.input.images
    if images is None:
        return []
    text = (
        f"{images.num_stills} stills of {images.size}×{images.size} pixels by {images.extractor}, which is not trained"
    )
    facts = [("image features", f"{text}, nor counted under parameters")]
    if contract.head_weights:
        total = sum(contract.head_weights) or 1.0
        names = [_HEAD_WORDS.get(name, name.replace("_2", ", second stream")) for name in contract.network.head_names]
        shares = zip(names, contract.head_weights, strict=True)
        facts.append(("weights of the heads", "; ".join(f"{name} {weight / total:.2f}" for name, weight in shares)))
    return facts


def _label_fact(video_set: VideoSet) -> tuple[str, str]:
    dataset = video_set.dataset
    return find_task(dataset.task).label_fact(dataset.labels)


def _refit_note(result: ModelResult) -> str:
    if result.is_refit:
        return "After the score was taken, the model handed over was trained anew on all videos: more make it better."
    if result.test.folds:
        return (
            "The model handed over was trained without the videos of fold 1. Without --no-refit, all videos are used."
        )
    return "The model handed over is the tested one."
