"""From a judged model that makes clips to the files of the run folder."""

from dataclasses import dataclass

from reelwise.core.files import atomic_write, write_json
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.flow_matching import FlowObjective
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.judge import Judgement
from reelwise.jobs.generator.sample_sheet import FOLDER, sample_sheet
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import write_csv, write_history, write_skipped, write_splits
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
        training_videos: Those that decided its weights.
    """

    plan: ClipPlan
    data: ClipVideos
    fit: FitResult
    judgement: Judgement
    training_videos: TrainingVideos

    @property
    def labels(self) -> tuple[str, ...]:
        """Its classes."""
        return generation_output(self.plan.contract).labels


def write_model_files(context: RunContext, result: GeneratorResult, data_name: str) -> None:
    """Every file of the run but the report and run.json.

    Args:
        context: The run.
        result: The model.
        data_name: DATA of the command.
    """
    path, dataset, judgement = context.path, result.data.video_set.dataset, result.judgement
    write_splits(path, dataset.records, result.data.split_plan.split)
    write_skipped(path, dataset.skipped)
    write_history(path, history_columns(FlowObjective()), result.fit.history)
    if result.labels:
        pairs = zip(judgement.targets.tolist(), judgement.predictions.tolist(), strict=True)
        rows = [[str(number), *(result.labels[place] for place in pair)] for number, pair in enumerate(pairs)]
        write_csv(path / "predictions.csv", ["sample", "label", "prediction"], rows)
    with atomic_write(path / SHEET) as stream:
        stream.write(sample_sheet(judgement.clips, judgement.targets))
    summary = training_summary(context, result.plan, result.data, result.fit, data_name)
    arrays = result.training_videos.to_arrays()
    save_model(path / MODEL, result.fit.network, result.plan.contract, judgement.metrics, arrays, summary)
    write_json(path / "metrics.json", judgement.metrics)
