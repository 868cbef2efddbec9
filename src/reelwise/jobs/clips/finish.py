"""The end of a run that trains models of clips: every model's files, the leaderboard, the report."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.command import train_command
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import Run
from reelwise.jobs.runs.leaderboard import JudgedModel, Leaderboard
from reelwise.jobs.runs.options import TrainOptions
from reelwise.training.fit import FitResult


class TrainedModel(Protocol):
    """A model of clips, trained and judged."""

    @property
    def plan(self) -> ClipPlan:
        """How it was trained."""
        ...

    @property
    def data(self) -> ClipVideos:
        """On what."""
        ...

    @property
    def fit(self) -> FitResult:
        """The network, and how its training went."""
        ...

    @property
    def judged_model(self) -> JudgedModel:
        """Its line of the leaderboard."""
        ...


ResultT = TypeVar("ResultT", bound=TrainedModel)


def finish_run(
    context: RunContext,
    options: TrainOptions,
    results: Sequence[ResultT],
    write_files: Callable[[RunContext, Path, ResultT, str], None],
    write_report: Callable[[RunContext, str, str, ResultT, list[dict[str, Any]]], None],
) -> Run:
    """Write the files of every model, the leaderboard and the report of the best one, and close the run.

    Args:
        context: The run.
        options: The command's.
        results: One or more models.
        write_files: Writes all of one model but the report, into a folder; told DATA of the command.
        write_report: Told the command that does it all again, DATA, the model that is handed over and the leaderboard.
    """
    leaderboard = Leaderboard(context.path, [result.judged_model for result in results])
    best = results[leaderboard.best]
    for folder, result in zip(leaderboard.folders, results, strict=True):
        write_files(context, folder, result, options.data)
    board = leaderboard.rows()
    leaderboard.note(context)
    command = train_command(options, context.path)
    with context.measure("report"):
        context.progress.stage("report")
        write_report(context, command, options.data, best, board)
    context.save(
        "finished",
        command=command,
        data_fingerprint=best.data.fingerprint,
        leaderboard=board,
        training=training_summary(context, best.plan, best.data, best.fit, options.data),
    )
    return Run(context.path, best.judged_model.metrics, tuple(board) if len(board) > 1 else ())
