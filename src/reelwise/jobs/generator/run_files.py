"""From a judged model that makes clips to the files of the run folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.files import atomic_write, write_json
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.flow_matching import FlowObjective
from reelwise.inference.picture_rates import with_rate_note
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.judge import Judgement
from reelwise.jobs.generator.measures import ClipMeasures
from reelwise.jobs.generator.sample_sheet import FOLDER, sample_sheet
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import write_csv, write_history, write_skipped, write_splits
from reelwise.jobs.runs.leaderboard import JudgedModel
from reelwise.models.file import save_model
from reelwise.tasks.generation import generation_output
from reelwise.training.fit import FitResult
from reelwise.training.objective import history_columns

MODEL = "model.keras"

SHEET = f"{FOLDER}/sheet.png"


@dataclass(frozen=True, eq=False)
class GeneratorResult:
    """A model that makes clips, trained and judged.

    Args:
        plan: How it was trained.
        data: On what.
        fit: The network, and how its training went.
        judgement: What its clips got.
        training_videos: Those that decided its weights, with those of the ``--from`` model.
        measures: What its clips are measured by.
    """

    plan: ClipPlan
    data: ClipVideos
    fit: FitResult
    judgement: Judgement
    training_videos: TrainingVideos
    measures: ClipMeasures

    @property
    def judged_model(self) -> JudgedModel:
        """Its line of the leaderboard."""
        parameters, speed = self.fit.network.count_params(), self.judgement.clips_per_second
        return JudgedModel(self.plan.name, self.judgement.metrics, speed, parameters)

    @property
    def labels(self) -> tuple[str, ...]:
        """Its classes."""
        return generation_output(self.plan.contract).labels


def write_model_files(context: RunContext, folder: Path, result: GeneratorResult, data_name: str) -> None:
    """Every file about one model but the report.

    Args:
        context: The run.
        folder: Where to; the best model's is the run folder itself.
        result: The model.
        data_name: DATA of the command.
    """
    dataset, judgement, contract = result.data.video_set.dataset, result.judgement, result.plan.contract
    write_splits(folder, dataset.records, result.data.split_plan.split)
    write_skipped(folder, dataset.skipped)
    write_history(folder, history_columns(FlowObjective()), result.fit.history)
    write_judgement(folder, judgement, result.labels)
    summary = training_summary(context, result.plan, result.data, result.fit, data_name)
    arrays = result.training_videos.to_arrays() | result.measures.to_arrays(contract)
    save_model(folder / MODEL, result.fit.network, with_rate_note(contract), judgement.metrics, arrays, summary)


def write_judgement(folder: Path, judgement: Judgement, labels: Sequence[str]) -> None:
    """What generated clips got, the class that the judge sees in each, and some of them in a picture.

    Args:
        folder: Where to.
        judgement: Of the clips.
        labels: Classes of the model.
    """
    if labels:
        pairs = zip(judgement.targets.tolist(), judgement.predictions.tolist(), strict=True)
        rows = [[str(number), *(labels[place] for place in pair)] for number, pair in enumerate(pairs)]
        write_csv(folder / "predictions.csv", ["sample", "label", "prediction"], rows)
    with atomic_write(folder / SHEET) as stream:
        stream.write(sample_sheet(judgement.clips, judgement.targets))
    write_json(folder / "metrics.json", judgement.metrics)
