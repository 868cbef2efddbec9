"""What report.html shows of a model that makes clips."""

import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwise.core.backend import device_in_use
from reelwise.core.contract import Contract
from reelwise.generation.flow_matching import FlowObjective
from reelwise.jobs.clips.summary import model_facts
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.judge import Judgement
from reelwise.jobs.generator.run_files import SHEET, GeneratorResult
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.leaderboard import report_rows
from reelwise.jobs.runs.options import EvaluateOptions
from reelwise.jobs.runs.report_facts import data_facts, now, split_rows, timing_facts
from reelwise.reports.clips_section import ClipsReport, NearestClipPair
from reelwise.reports.frame_strips import lossy_picture, play_in_step, row_of_frames
from reelwise.reports.report_data import ExampleClip, ReportData
from reelwise.reports.run_report import write_report
from reelwise.tasks import GENERATION
from reelwise.tasks.generation import generation_output

_MOST_EXAMPLES = 20
"""Clips to watch, the first ones: as many of each class, so that nobody has chosen them."""

_SLOWEST, _FASTEST = Fraction(4), Fraction(15)
"""Frames a second at which a few frames can be followed by eye."""

_NOT_REFITTED = "The model handed over is the judged one, trained without the validation and test videos."


def write_training_report(
    context: RunContext, command: str, data_name: str, result: GeneratorResult, board: list[dict[str, Any]]
) -> None:
    """Write report.html of a finished training.

    Args:
        context: The run.
        command: That does it all again.
        data_name: DATA of the command.
        result: The model that is handed over.
        board: The leaderboard.
    """
    data, dataset, window = result.data, result.data.video_set.dataset, result.plan.window
    contract = result.plan.contract
    frames_fact = ("clip", f"{window.num_frames} frames")
    report = ReportData(
        title=f"{Path(data_name).name or data_name} · {result.plan.name}",
        metrics=result.judgement.metrics,
        history=result.fit.history,
        history_metrics=FlowObjective().metrics,
        examples=_examples(result.judgement, contract),
        clips=_clips_report(result.judgement, contract),
        skipped_files=dataset.skipped,
        split=split_rows(data.split_plan, [record.group for record in dataset.records]),
        split_method=data.split_plan.method,
        leaderboard=report_rows(board, result.judgement.metrics),
        data=data_facts(data.video_set, GENERATION.label_fact(contract)),
        configuration=(*model_facts(result.plan, result.fit, frames_fact), ("device", device_in_use().text)),
        versions=tuple(context.backend.versions.items()),
        timings=timing_facts(context.timings),
        command=command,
        notes=(*context.notes, _NOT_REFITTED, f"More of the clips are in {SHEET}, a row for each class."),
        created_at=now(),
    )
    write_report(context.path / "report.html", report)


def write_evaluation_report(
    options: EvaluateOptions, contract: Contract, data: ClipVideos, judgement: Judgement
) -> None:
    """Write report.html of an evaluation beside other videos; there are no curves and no split.

    Args:
        options: The command's, with a folder to write to.
        contract: Of the model.
        data: The videos.
        judgement: What its clips got.
    """
    model, data_name, out = str(options.model), str(options.data), Path(str(options.out))
    features = options.fvd_features
    flags = ["--fvd-features", features] if features else []
    report = ReportData(
        title=f"{Path(data_name).name or data_name} · {contract.network.name}",
        metrics=judgement.metrics,
        examples=_examples(judgement, contract),
        clips=_clips_report(judgement, contract),
        skipped_files=data.video_set.dataset.skipped,
        data=data_facts(data.video_set, GENERATION.label_fact(contract)),
        configuration=(
            ("model", model),
            *([("fvd features", features)] if features else []),
            ("device", device_in_use().text),
        ),
        command=shlex.join(["reelwise", "evaluate", model, data_name, *flags, "--out", str(out)]),
        notes=(*filter(None, [data.split_plan.method]), f"More of the clips are in {SHEET}, a row for each class."),
        created_at=now(),
    )
    write_report(out / "report.html", report)


def _playing_rate(contract: Contract) -> Fraction:
    rate = Fraction(generation_output(contract).frame_rate).limit_denominator(1001)
    return min(max(rate, _SLOWEST), _FASTEST)


def _clips_report(judgement: Judgement, contract: Contract) -> ClipsReport:
    pairs = tuple(
        NearestClipPair(f"sample {pair.sample}", pair.clip, pair.training_clip, pair.name) for pair in judgement.nearest
    )
    return ClipsReport(pairs, _playing_rate(contract))


def _examples(judgement: Judgement, contract: Contract) -> tuple[ExampleClip, ...]:
    labels, rate = generation_output(contract).labels, _playing_rate(contract)
    return tuple(
        ExampleClip(
            name=f"sample {number}",
            label=labels[judgement.targets[number]] if labels else "any kind",
            prediction=labels[judgement.predictions[number]] if labels else "any kind",
            prob=None,
            label_prob=None,
            kind="best",
            picture=play_in_step([clip], 0, rate),
            still=lossy_picture(row_of_frames(clip)),
        )
        for number, clip in enumerate(judgement.clips[:_MOST_EXAMPLES])
    )
