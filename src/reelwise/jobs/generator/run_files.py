"""From a judged model that makes clips to the files of the run folder."""

from dataclasses import dataclass

import cv2
import numpy as np

from reelwise.core.files import atomic_write, write_json
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.generation.flow_matching import FlowObjective
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.summary import training_summary
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.judge import Judgement
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import write_csv, write_history, write_skipped, write_splits
from reelwise.models.file import save_model
from reelwise.tasks.generation import generation_output
from reelwise.training.fit import FitResult
from reelwise.training.objective import history_columns

SHEET = "samples/sheet.png"

_SHEET_ROWS, _SHEET_COLUMNS = 20, 4
"""Classes on the sheet, and clips of each, at most."""

_SHEET_FRAMES = 4
"""Frames of a clip on the sheet, evenly spread."""

_GAP = 4
"""Pixels between two clips."""


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
    pairs = zip(judgement.targets.tolist(), judgement.predictions.tolist(), strict=True)
    rows = [[str(number), *(result.labels[place] for place in pair)] for number, pair in enumerate(pairs)]
    write_csv(path / "predictions.csv", ["sample", "label", "prediction"], rows)
    with atomic_write(path / SHEET) as stream:
        stream.write(sample_sheet(judgement))
    summary = training_summary(context, result.plan, result.data, result.fit, data_name)
    arrays = result.training_videos.to_arrays()
    save_model(path / "model.keras", result.fit.network, result.plan.contract, judgement.metrics, arrays, summary)
    write_json(path / "metrics.json", judgement.metrics)


def sample_sheet(judgement: Judgement) -> bytes:
    """A PNG with a row for each class and a few frames of its first clips, the same noise in every run of a seed.

    Args:
        judgement: With the clips.
    """
    rows = []
    for label in range(min(int(judgement.targets.max()) + 1, _SHEET_ROWS)):
        clips = judgement.clips[judgement.targets == label][:_SHEET_COLUMNS]
        strips = [_gap_behind(_strip(clip)) for clip in clips]
        rows.append(np.concatenate(strips, axis=1))
    sheet = np.concatenate([np.pad(row, ((0, _GAP), (0, 0), (0, 0))) for row in rows])
    _, png = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    return png.tobytes()


def _strip(clip: np.ndarray) -> np.ndarray:
    """(S, 4 S, 3) uint8: frames of a clip from left to right."""
    places = np.linspace(0, len(clip) - 1, min(len(clip), _SHEET_FRAMES)).round().astype(int)
    return np.concatenate(list(clip[places]), axis=1)


def _gap_behind(strip: np.ndarray) -> np.ndarray:
    return np.pad(strip, ((0, 0), (0, _GAP), (0, 0)))
