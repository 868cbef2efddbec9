"""From judged models of frames to the files of the run folder."""

from dataclasses import dataclass
from pathlib import Path

from reelwise.core.files import write_json
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.inference.picture_rates import with_rate_note
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.predictor.judge import Judgement, TestWindows, prediction_rows
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import write_csv, write_history, write_skipped, write_splits
from reelwise.jobs.runs.leaderboard import JudgedModel
from reelwise.models.file import save_model
from reelwise.reports.frames_section import FramesReport
from reelwise.training.fit import FitResult
from reelwise.training.frames_objective import FramesObjective
from reelwise.training.objective import history_columns


@dataclass(frozen=True, eq=False)
class PredictorResult:
    """One model of frames, trained and judged.

    Args:
        plan: How it was trained.
        data: On what.
        fit: The network, and how its training went.
        test: The windows that it was judged on.
        judgement: What it got.
        frames: What the report shows of its frames.
        clips_per_second: How fast it predicts, decoding apart.
        training_videos: Those that decided its weights, with those of the ``--from`` model.
    """

    plan: ClipPlan
    data: ClipVideos
    fit: FitResult
    test: TestWindows
    judgement: Judgement
    frames: FramesReport
    clips_per_second: float
    training_videos: TrainingVideos

    @property
    def judged_model(self) -> JudgedModel:
        """Its line of the leaderboard."""
        parameters = self.fit.network.count_params()
        return JudgedModel(self.plan.name, self.judgement.metrics, self.clips_per_second, parameters)


def write_model_files(context: RunContext, folder: Path, result: PredictorResult, data_name: str) -> None:
    """Every file about one model but the report.

    Args:
        context: The run.
        folder: Where to; the best model's is the run folder itself.
        result: The model.
        data_name: DATA of the command.
    """
    dataset = result.data.video_set.dataset
    write_splits(folder, dataset.records, result.data.split_plan.split)
    write_skipped(folder, dataset.skipped)
    write_history(folder, history_columns(FramesObjective()), result.fit.history)
    rows = prediction_rows(result.judgement, result.test)
    write_csv(folder / "predictions.csv", rows[0], rows[1:])
    metrics, summary = (
        result.judgement.metrics,
        training_summary(context, result.plan, result.data, result.fit, data_name),
    )
    arrays = result.training_videos.to_arrays()
    save_model(
        folder / "model.keras", result.fit.network, with_rate_note(result.plan.contract), metrics, arrays, summary
    )
    write_json(folder / "metrics.json", metrics)
