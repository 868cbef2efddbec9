"""What a report shows, gathered from a finished training or evaluation."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from reelwise.core.records import SPLITS, Skipped
from reelwise.evaluation.evaluate import Judged
from reelwise.evaluation.scores import score_of
from reelwise.jobs.classifier.folds import Trained
from reelwise.jobs.previews.example_clips import example_clips
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.options import EvaluateOptions, TrainOptions
from reelwise.jobs.runs.preparation import Prepared
from reelwise.reports.report_data import LeaderboardRow, ReportData, SplitRow
from reelwise.reports.run_report import write_report

TIMING_WORDS = {"scan": "finding the videos", "compare": "looking for the same recording twice"}


def write_training_report(
    context: RunContext, item: Trained, judged: Judged, metrics: dict[str, Any], board: list[dict[str, Any]]
) -> None:
    """Write report.html of a finished training."""
    prepared, options = item.material.prepared, context.options
    videos = item.material.training_set.videos
    by_name = {record.name: record for record in prepared.dataset.records}
    notes = [*context.notes, *_refit_note(item)]
    data = ReportData(
        title=f"{Path(options.data).name or options.data} · {item.recipe.name}",
        metrics=metrics,
        judged=judged,
        history=item.history,
        examples=example_clips(judged, lambda place: videos[item.asked[place]], by_name, prepared.cache.root),
        skipped=prepared.dataset.skipped,
        split=_split_rows(item),
        split_method=item.material.plan.method,
        leaderboard=tuple(_board_row(row, item.contract.task) for row in board) if len(board) > 1 else (),
        data=data_facts(prepared),
        configuration=_model_facts(item),
        versions=tuple(context.backend.versions.items()),
        timings=tuple((TIMING_WORDS.get(name, name), f"{seconds:.1f} s") for name, seconds in context.timings.items()),
        command=train_command(options, context.path),
        notes=tuple(notes),
        created=_now(),
    )
    write_report(context.path / "report.html", data)


def write_evaluation_report(
    options: EvaluateOptions,
    model: Any,
    prepared: Prepared,
    skipped: Sequence[Skipped],
    judged: Judged,
    metrics: Mapping[str, Any],
) -> None:
    """Write report.html of an evaluation on new data; there are no curves and no split."""
    out = options.out or Path()
    records = prepared.dataset.records
    data = ReportData(
        title=f"{Path(options.data).name or options.data} · {model.contract.model_name}",
        metrics=metrics,
        judged=judged,
        examples=example_clips(
            judged,
            lambda place: prepared.cache.open(records[place], prepared.settings),
            {record.name: record for record in records},
            prepared.cache.root,
        ),
        skipped=tuple(skipped),
        data=data_facts(prepared),
        configuration=(("model", str(options.model)), ("views", str(options.views or model.contract.num_views))),
        command=shlex.join(["reelwise", "evaluate", str(options.model), options.data, "--out", str(out)]),
        created=_now(),
    )
    write_report(out / "report.html", data)


LABEL_FACTS: dict[str, Callable[[Sequence[str]], tuple[str, str]]] = {
    "classification": lambda labels: ("classes", str(len(labels))),
    "multilabel": lambda labels: ("labels", f"{len(labels)}, any number of them per video"),
    "regression": lambda labels: ("number", labels[0]),
}


def data_facts(prepared: Prepared) -> tuple[tuple[str, str], ...]:
    """The data set in a few rows."""
    dataset = prepared.dataset
    facts = [prepared.filled.facts[record.name] for record in dataset.records]
    seconds = [fact.duration_seconds for fact in facts]
    sizes = {(fact.width, fact.height) for fact in facts}
    shown = ", ".join(f"{width}×{height}" for width, height in sorted(sizes)[:3])
    return (
        ("found as", dataset.layout),
        ("videos used", str(len(facts))),
        LABEL_FACTS[dataset.task](dataset.labels),
        ("groups", dataset.group_source),
        ("length", f"{min(seconds):.1f} to {max(seconds):.1f} s, median {median(seconds):.1f} s"),
        ("picture sizes", shown if len(sizes) <= 3 else f"{len(sizes)} different, such as {shown}"),
        ("with sound", f"{sum(fact.sound is not None for fact in facts)} of {len(facts)}"),
        ("frames kept at", f"{prepared.settings.size}×{prepared.settings.size} pixels"),
    )


def train_command(options: TrainOptions, path: Path) -> str:
    """The command line that does a run again, in a folder of its own."""
    defaults = TrainOptions(options.data)
    words = ["reelwise", "train", options.data]
    for name, value in vars(options).items():
        if name in ("data", "out", "resume", "cache_dir", "cache_gb") or value == getattr(defaults, name):
            continue
        flag = "--from" if name == "from_model" else f"--{name.replace('_', '-')}"
        words += [flag] if value is True else [flag, str(value)]
    if options.seed == defaults.seed:
        words += ["--seed", str(options.seed)]
    return shlex.join([*words, "--out", f"{path}-again"])


def _model_facts(item: Trained) -> tuple[tuple[str, str], ...]:
    clip, config = item.contract.clip, item.recipe.config
    spread = f"spread over up to {float(clip.max_span_seconds):g} s"
    step = f"{clip.frame_stride} source frames apart" if clip.frame_stride else spread
    return (
        ("model", item.recipe.name),
        ("parameters", f"{item.network.count_params():,}"),
        ("clip", f"{clip.num_frames} frames, {step}, {clip.input_size}×{clip.input_size} pixels"),
        ("epochs", str(item.num_epochs)),
        ("batch size", str(config.batch_size)),
        ("learning rate", f"{config.learning_rate:g}"),
        ("variation", config.augment + (", mirrored" if item.recipe.flip else ", not mirrored")),
        ("precision of training", "bfloat16" if config.bfloat16 else "float32"),
        ("views per video", str(item.contract.num_views)),
        ("temperature", f"{item.contract.temperature:.3g}"),
        ("unsure under", f"{100 * item.contract.unsure_below:.0f} %"),
        ("seed", str(config.seed)),
    )


def _split_rows(item: Trained) -> tuple[SplitRow, ...]:
    plan, groups = item.material.plan, item.material.groups
    words = [f"fold {fold + 1}" for fold in plan.fold] if plan.fold else list(plan.split)
    rows = []
    for word in sorted(set(words), key=lambda word: (SPLITS.index(word) if word in SPLITS else len(SPLITS), word)):
        inside = [group for group, mine in zip(groups, words, strict=True) if mine == word]
        rows.append(SplitRow(word, len(inside), len(set(inside)) if any(inside) else None))
    return tuple(rows)


def _board_row(row: dict[str, Any], task: str) -> LeaderboardRow:
    score = score_of(task).name
    low, high = row[f"{score}_ci95"]
    return LeaderboardRow(
        row["model"], row[score], (low, high), row["clips_per_second"], row["parameters"], row["size"],
        handed_over=row["file"] == "model.keras", task=task,
    )  # fmt: skip


def _refit_note(item: Trained) -> list[str]:
    if not item.refitted and item.folds:
        return ["The model handed over learned without the videos of fold 1: with --no-refit, none learns from all."]
    if not item.refitted:
        return ["The model handed over is the tested one."]
    return [
        "After the score was taken, the model handed over was trained anew on all videos, since more make it better."
    ]


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
