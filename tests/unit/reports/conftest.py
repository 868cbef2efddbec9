"""A report of made-up numbers, with any labels and any text in every place where a stranger's text can stand."""

from collections.abc import Callable

import numpy as np
import pytest

from reelwise.core.records import Skipped
from reelwise.evaluation.evaluate import Judged, evaluation_metrics
from reelwise.metrics.calibration import softmax
from reelwise.reports.report_data import ExampleClip, LeaderboardRow, ReportData, SplitRow

# A 1 x 1 GIF stands for every picture.
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")


def judged_set(labels: tuple[str, ...], num_videos: int = 60, folds: int = 0) -> Judged:
    rng = np.random.default_rng(0)
    y = np.arange(num_videos) % len(labels)
    probs = softmax(rng.normal(size=(num_videos, len(labels))) + 2 * np.eye(len(labels))[y])
    names = tuple(f"clips/v{i}.mp4" for i in range(num_videos))
    return Judged(names, labels, y, probs, None, np.arange(num_videos) % folds if folds else None)


def metrics_of(judged: Judged, *, with_baselines: bool = True) -> dict:
    rng = np.random.default_rng(1)
    shape = judged.probs.shape
    names = ("majority", "container", "single_frame", "motion_energy")
    rivals = {name: softmax(rng.normal(size=shape)) for name in names} if with_baselines else None
    return evaluation_metrics(judged, rivals, seed=0, split="test")


def history_rows(num_epochs: int, num_folds: int = 0) -> tuple[dict, ...]:
    rows = []
    for fold in range(max(1, num_folds)):
        for epoch in range(1, num_epochs + 1):
            row = {"epoch": epoch, "loss": 2 / epoch, "accuracy": 1 - 0.8 / epoch}
            row |= {"val_loss": 2.2 / epoch, "val_accuracy": 1 - 0.9 / epoch, "learning_rate": 1e-3}
            rows.append({"fold": fold, **row} if num_folds else row)
    return tuple(rows)


def full_report(
    labels: tuple[str, ...] = ("hug", "kick", "punch"), num_videos: int = 60, text: str = "plain"
) -> ReportData:
    judged = judged_set(labels, num_videos)
    clip = ExampleClip(text, text, labels[0], 0.9, 0.1, "worst", PIXEL, "image/gif", PIXEL)
    right = ExampleClip(text, text, text, 0.9, 0.9, "best", PIXEL, "image/gif")
    return ReportData(
        text, metrics_of(judged), judged, history_rows(12), (clip, right), (Skipped(text, text, text),),
        (SplitRow(text, 40, 4), SplitRow("test", 20)), text,
        (LeaderboardRow(text, 0.8, (0.7, 0.9), 120.0, 50_000, 260_000, True), LeaderboardRow("cnn", 0.6, (0.5, 0.7))),
        ((text, text),), ((text, text),), ((text, text),), ((text, text),), text, (text,), text,
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_report() -> Callable[..., ReportData]:
    return full_report


@pytest.fixture(scope="session")
def make_bare_report() -> Callable[..., ReportData]:
    """Nothing but metrics, as for a model file without baselines."""

    def make(labels: tuple[str, ...], num_videos: int = 60) -> ReportData:
        return ReportData("bare", metrics_of(judged_set(labels, num_videos), with_baselines=False))

    return make


@pytest.fixture(scope="session")
def make_history() -> Callable[..., tuple[dict, ...]]:
    return history_rows


@pytest.fixture(scope="session")
def pixel() -> bytes:
    return PIXEL
