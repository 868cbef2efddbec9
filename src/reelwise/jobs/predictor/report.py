"""What report.html shows of a model of frames."""

import shlex
from pathlib import Path
from typing import Any

from reelwise.core.backend import device_in_use
from reelwise.core.contract import Contract
from reelwise.jobs.clips.summary import model_facts
from reelwise.jobs.predictor.run_files import PredictorResult
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.decoding import VideoSet
from reelwise.jobs.runs.leaderboard import report_rows
from reelwise.jobs.runs.report_facts import data_facts, now, split_rows, timing_facts
from reelwise.reports.frames_section import FramesReport
from reelwise.reports.report_data import ReportData
from reelwise.reports.run_report import write_report
from reelwise.tasks import PREDICTION, Metrics
from reelwise.tasks.prediction import prediction_output
from reelwise.training.frames_objective import FramesObjective

_NOT_REFITTED = "The model handed over is the tested one, trained without the validation and test videos."


def write_training_report(
    context: RunContext, command: str, data_name: str, result: PredictorResult, board: list[dict[str, Any]]
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
    frames_fact = ("window", f"{window.num_context} + {window.num_targets} frames")
    report = ReportData(
        title=f"{Path(data_name).name or data_name} · {result.plan.name}",
        metrics=result.judgement.metrics,
        history=result.fit.history,
        history_metrics=FramesObjective().metrics,
        skipped_files=dataset.skipped,
        split=split_rows(data.split_plan, [record.group for record in dataset.records]),
        split_method=data.split_plan.method,
        leaderboard=report_rows(board, result.judgement.metrics),
        data=data_facts(data.video_set, PREDICTION.label_fact(result.plan.contract)),
        configuration=(
            *model_facts(result.plan, result.fit, frames_fact),
            ("still places", _still_places(result.plan.contract)),
            ("device", device_in_use().text),
        ),
        versions=tuple(context.backend.versions.items()),
        timings=timing_facts(context.timings),
        command=command,
        notes=(*context.notes, _NOT_REFITTED),
        created_at=now(),
        frames=result.frames,
    )
    write_report(context.path / "report.html", report)


def write_evaluation_report(
    out: Path, command: tuple[str, str], contract: Contract, video_set: VideoSet, figures: tuple[Metrics, FramesReport]
) -> None:
    """Write report.html of an evaluation on other videos; there are no curves and no split.

    Args:
        out: The folder.
        command: MODEL and DATA of the command.
        contract: Of the model.
        video_set: The videos.
        figures: metrics.json, and what is shown of the frames.
    """
    (model, data_name), (metrics, frames) = command, figures
    report = ReportData(
        title=f"{Path(data_name).name or data_name} · {contract.network.name}",
        metrics=metrics,
        skipped_files=video_set.dataset.skipped,
        data=data_facts(video_set, PREDICTION.label_fact(contract)),
        configuration=(("model", model),),
        command=shlex.join(["reelwise", "evaluate", model, data_name, "--out", str(out)]),
        created_at=now(),
        frames=frames,
    )
    write_report(out / "report.html", report)


def _still_places(contract: Contract) -> str:
    threshold = prediction_output(contract).still_threshold
    if not threshold:
        return "take all changes that are predicted, which was best for validation windows"
    return (
        f"take half of the changes that are predicted where {threshold:g} of 255 grey levels moved, less where less did"
    )
