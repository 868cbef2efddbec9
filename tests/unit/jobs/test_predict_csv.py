"""The table of ``reelwise predict --csv`` has every column once, whatever the classes are called."""

import csv
from pathlib import Path

import numpy as np

from reelwise.core.results import Prediction
from reelwise.jobs.predict import write_predictions
from reelwise.tasks.multilabel import MultilabelOutput


def test_classes_called_like_columns(tmp_path: Path):
    labels = ("file", "predicted", "Error", "walk")
    predictions = [
        Prediction("a.mp4", MultilabelOutput(labels), np.array([0.1, 0.2, 0.3, 0.9]), unsure=False, seconds=0.1),
        Prediction("b.mp4", MultilabelOutput(labels), np.zeros(0), unsure=True, seconds=0.1, error="no frames."),
    ]
    write_predictions(tmp_path / "p.csv", labels, predictions)
    with (tmp_path / "p.csv").open(newline="") as lines:
        first, second = csv.DictReader(lines)
    assert (first["file"], first["predicted"], first["prob_file"], first["prob_Error"]) == (
        "a.mp4",
        "walk",
        "0.1",
        "0.3",
    )
    assert (second["file"], second["error"], second["walk"]) == ("b.mp4", "no frames.", "")
