"""A fourth task in one file: it is trained, evaluated, predicted and reported without a change elsewhere."""

import csv
import json
import runpy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from reelwise.core.output import LabelOutput
from reelwise.core.output import Score as LabelScore
from reelwise.media.synthetic import Style, write_motion_set
from reelwise.tasks import TASKS, all_tasks
from reelwise.tasks.labels import LabelCell
from reelwise.tasks.metrics import Fields
from reelwise.tasks.predictions import LabeledPredictions
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task
from reelwise.tasks.wording import Wording

pytestmark = pytest.mark.backend


@dataclass(frozen=True)
class CountOutput(LabelOutput):
    """How often something happens: 0 or more."""

    task: ClassVar[str] = "count"

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., 1) float64."""
        return np.expm1(np.clip(logits, 0.0, 20.0))

    def top(self, probs: np.ndarray, k: int) -> list[LabelScore]:
        """Nothing: a count has no probabilities."""
        del probs, k
        return []

    def value(self, probs: np.ndarray) -> float | None:
        """The count; None when the prediction failed."""
        return float(probs[0]) if len(probs) else None


class CountTask(Task):
    """How often something happens, learned as a logarithm by another loss."""

    name = "count"
    output_type = CountOutput
    wording = Wording(labels="a count per video", section="Counts")
    score = Score("mae", rises=False, words="mean absolute error of the count", is_share=False)

    def recognize(self, cells: Sequence[LabelCell]) -> str | None:
        """Where each label is written as ``3x``."""
        return "labels are counts" if cells and all(cell.label.endswith("x") for cell in cells) else None

    def parse_label(self, label: str, label_column: str) -> str:
        """Without the ``x``."""
        return label.removesuffix("x")

    def target_statistics(self, y: np.ndarray) -> tuple[float, float]:
        """Logarithms are not standardised."""
        return 0.0, 1.0

    def network_targets(self, y: np.ndarray, num_outputs: int, mean: float = 0.0, scale: float = 1.0) -> np.ndarray:
        """Logarithms of 1 + count."""
        return np.log1p(np.asarray(y, np.float64))[:, None]

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Huber's."""
        from reelwise.losses import HeadsLoss

        return HeadsLoss("huber")

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Absolute error of the logarithm."""
        return np.abs(targets - logits).mean(axis=1)

    def metrics(self, predictions: LabeledPredictions, seed: int, split: str) -> Fields:
        """The mean absolute error, and how often the rounded count is right."""
        p = predictions
        head = {"schema": "reelwise/metrics/1", "task": self.name, "split": split, "num_videos": len(p.names)}
        exact = float((p.values.round() == p.y_true).mean())
        return {**head, "labels": list(p.labels), **self.score_entry(p.y_true, p.probs, p.units, seed), "exact": exact}


@pytest.fixture
def count_task() -> Iterator[CountTask]:
    """The task in the list, as the one line in ``tasks/__init__.py`` would have it."""
    task = CountTask()
    TASKS.append(task)
    yield task
    TASKS.remove(task)


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Twelve clips with counts from 1x to 4x."""
    style = Style(size=48, num_frames=10, num_groups=6)
    write_motion_set(tmp_path / "clips", 12, 0, style=style, labels=("up", "down"))
    names = sorted(path.relative_to(tmp_path / "clips") for path in (tmp_path / "clips").rglob("*.mp4"))
    rows = [f"{name},{1 + index % 4}x" for index, name in enumerate(names)]
    (tmp_path / "clips" / "labels.csv").unlink(missing_ok=True)
    table = tmp_path / "clips" / "counts.csv"
    table.write_text("file,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return table


def test_a_task_that_is_one_file_trains_evaluates_predicts_and_reports(
    count_task: CountTask, clips: Path, tmp_path: Path
) -> None:
    import reelwise as rw

    options: Mapping[str, Any] = {
        "model": "cnn", "size": 32, "num_frames": 8, "epochs": 2, "batch_size": 4, "modalities": "frames",
        "cache_dir": tmp_path / "cache", "no_refit": True, "folds": 2,
    }  # fmt: skip
    run = rw.train(clips, out=tmp_path / "run", **options)
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["task"] == "count"
    assert metrics["mae"] >= 0
    assert metrics["baselines"]["majority"]["mae"] > 0
    assert metrics["verdict"].startswith("Its mean absolute error of the count is ")
    with (tmp_path / "run" / "predictions.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "fold", "label", "predicted"]
    assert {float(row[2]) for row in rows[1:]} == {1.0, 2.0, 3.0, 4.0}
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "<h2>Counts</h2>" in report
    assert "<dt>exact</dt>" in report
    assert run.metrics.verdict == run.metrics["verdict"] == metrics["verdict"]

    model = rw.load_model(run.path / "model.keras")
    video = next(clips.parent.rglob("*.mp4"))
    prediction = model.predict(video)
    assert prediction.value is not None
    assert prediction.value >= 0
    assert prediction.top(3) == []

    result = rw.evaluate(run.path / "model.keras", clips, out=tmp_path / "evaluation")
    assert result["task"] == "count"
    assert rw.check(clips, cache_dir=tmp_path / "cache")


def test_the_check_of_comparisons_knows_every_task() -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "task_names.py"))
    assert script["NAMES"] == {task.name for task in all_tasks()}
