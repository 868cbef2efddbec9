"""Several judged models of one run: which is handed over, where their files go, and the table of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.jobs.runs.context import RunContext
from reelwise.reports.report_data import LeaderboardRow
from reelwise.tasks import Metrics, task_of


@dataclass(frozen=True, eq=False)
class JudgedModel:
    """A model of the run.

    Args:
        name: As given to ``--model``, with its preset.
        metrics: metrics.json.
        clips_per_second: How fast it predicts or draws, decoding apart.
        parameters: Weights of its network.
    """

    name: str
    metrics: Metrics
    clips_per_second: float
    parameters: int

    @property
    def goodness(self) -> float:
        """Its score, higher for the better model; minus infinity where it has none."""
        score = task_of(self.metrics).score
        return -math.inf if self.metrics[score.name] is None else score.goodness(self.metrics)


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """The models of a run, judged on the same videos.

    Args:
        path: The run folder.
        models: In the order of the command.
    """

    path: Path
    models: Sequence[JudgedModel]

    @property
    def best(self) -> int:
        """The number of the model that is handed over; of equals the first."""
        return max(range(len(self.models)), key=lambda number: self.models[number].goodness)

    @property
    def folders(self) -> list[Path]:
        """The folder of each model's files; the best one's is the run folder itself."""
        best = self.best
        return [
            self.path if number == best else self.path / "models" / model.name.replace(":", "-")
            for number, model in enumerate(self.models)
        ]

    def note(self, context: RunContext) -> None:
        """Say that the choice of the best one makes its score a little too good; nothing where there is one model."""
        if len(self.models) < 2:
            return
        name, how_many = self.models[self.best].name, f"of {len(self.models)} models on these same videos"
        if self.models[self.best].goodness == -math.inf:
            context.note(f"The model handed over is {name}, which was named first: none {how_many} has a score.")
        else:
            context.note(
                f"The model handed over is {name}, which scored best {how_many}, so its score is a little too good."
            )

    def rows(self) -> list[dict[str, Any]]:
        """One row per model for run.json, best first, once the files are written."""
        rows = []
        for folder, model in zip(self.folders, self.models, strict=True):
            score, file = task_of(model.metrics).score.name, folder / "model.keras"
            row = {
                "model": model.name,
                score: model.metrics[score],
                f"{score}_ci95": model.metrics[f"{score}_ci95"],
                "clips_per_second": round(model.clips_per_second, 2),
                "parameters": model.parameters,
                "size": file.stat().st_size,
                "file": file.relative_to(self.path).as_posix(),
            }
            rows.append((model.goodness, row))
        return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def report_rows(board: Sequence[Mapping[str, Any]], metrics: Metrics) -> tuple[LeaderboardRow, ...]:
    """The leaderboard as the report shows it; none where there was one model, and none of a model without a score.

    Args:
        board: As in run.json.
        metrics: metrics.json of one of the models, whose task all have.
    """
    if len(board) < 2:
        return ()
    score = task_of(metrics).score
    return tuple(
        LeaderboardRow(
            row["model"],
            row[score.name],
            score.ends(row) if score.has_interval(row) else None,
            row["clips_per_second"],
            row["parameters"],
            row["size"],
            handed_over=row["file"] == "model.keras",
            score=score,
        )
        for row in board
        if row[score.name] is not None
    )
