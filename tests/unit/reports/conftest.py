"""A report of made-up numbers, with any labels and any text in every place where a stranger's text can stand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from browser_checks import CHROMIUM, FLAGS

from reelwise.core.probabilities import softmax
from reelwise.core.records import SkippedFile
from reelwise.evaluation.evaluate import evaluation_metrics
from reelwise.reports.report_data import ExampleClip, LeaderboardRow, ReportData, SplitRow
from reelwise.tasks import LabeledPredictions, find_task
from reelwise.tasks.metrics import Metrics
from reelwise.training.objective import Metric

# A 1 x 1 GIF stands for every picture.
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")


def judged_set(labels: tuple[str, ...], num_videos: int = 60, folds: int = 0) -> LabeledPredictions:
    rng = np.random.default_rng(0)
    y = np.arange(num_videos) % len(labels)
    probs = softmax(rng.normal(size=(num_videos, len(labels))) + 2 * np.eye(len(labels))[y])
    names = tuple(f"clips/v{i}.mp4" for i in range(num_videos))
    return LabeledPredictions(names, labels, y, probs, None, np.arange(num_videos) % folds if folds else None)


def metrics_of(judged: LabeledPredictions, *, with_baselines: bool = True) -> dict:
    rng = np.random.default_rng(1)
    shape = judged.probs.shape
    names = ("majority", "container", "single_frame", "motion_energy")
    rivals = {name: softmax(rng.normal(size=shape)) for name in names} if with_baselines else None
    return evaluation_metrics(judged, rivals, seed=0, split="test")


METRICS = (Metric("loss", "Loss"), Metric("accuracy", "Share right", is_share=True))


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
        text, Metrics(metrics_of(judged)), judged, history_rows(12), (clip, right), (SkippedFile(text, text, text),),
        (SplitRow(text, 40, 4), SplitRow("test", 20)), text,
        (LeaderboardRow(text, 0.8, (0.7, 0.9), 120.0, 50_000, 260_000, True), LeaderboardRow("cnn", 0.6, (0.5, 0.7))),
        ((text, text),), ((text, text),), ((text, text),), ((text, text),), text, (text,), text, METRICS,
    )  # fmt: skip


def task_report(task: str, name: str = "plain", num_videos: int = 60, noise: float = 0.3) -> ReportData:
    """Of labels or a number; ``name`` stands wherever a stranger's text can stand."""
    rng = np.random.default_rng(0)
    labels = (name, "rain", "never") if task == "multilabel" else (name,)
    if task == "multilabel":
        y = (rng.random((num_videos, 3)) < [0.5, 0.2, 0.0]).astype(np.int64)
        said = [np.clip(0.3 + 0.4 * y + noise * more * rng.normal(size=y.shape), 0, 1) for more in (1, 2, 3)]
    else:
        y = 20 + 5 * rng.normal(size=num_videos)
        said = [(y + 5 * noise * more * rng.normal(size=num_videos))[:, None] for more in (1, 2, 3)]
    names = tuple(f"{name}/v{i}.mp4" for i in range(num_videos))
    judged = LabeledPredictions(names, labels, y, said[0], None, task=task)
    rivals = {"majority": said[2], "motion_energy": said[1]}
    history = [dict(row) for row in history_rows(12)]
    if task == "regression":
        history = [row | {"accuracy": None, "val_accuracy": None} for row in history]
    metrics = evaluation_metrics(judged, rivals, seed=0, split="test")
    board = tuple(LeaderboardRow(name, 0.5 * i, (0.3 * i, 0.9 * i), score=find_task(task).score) for i in (1, 2))
    clip = ExampleClip(name, name, "rain", None, None, "worst", PIXEL, "image/gif", PIXEL)
    wording = find_task(task).wording
    columns = (Metric("loss", wording.loss_curve), Metric("accuracy", wording.accuracy_curve, is_share=True))
    return ReportData(
        name,
        Metrics(metrics),
        judged,
        tuple(history),
        (clip,),
        leaderboard=board,
        command=name,
        history_metrics=columns,
    )


@pytest.fixture(scope="session")
def make_task_report() -> Callable[..., ReportData]:
    return task_report


@pytest.fixture(scope="session")
def make_report() -> Callable[..., ReportData]:
    return full_report


@pytest.fixture(scope="session")
def make_bare_report() -> Callable[..., ReportData]:
    """Nothing but metrics, as for a model file without baselines."""

    def make(labels: tuple[str, ...], num_videos: int = 60) -> ReportData:
        return ReportData("bare", Metrics(metrics_of(judged_set(labels, num_videos), with_baselines=False)))

    return make


@pytest.fixture(scope="session")
def make_history() -> Callable[..., tuple[dict, ...]]:
    return history_rows


@pytest.fixture(scope="session")
def pixel() -> bytes:
    return PIXEL


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def tabs(browser) -> Callable:
    """One tab for each script that runs before those of a page: a new tab costs five times as much as a new page."""
    by_script: dict[str, object] = {}

    def tab_with(script: str):
        if script not in by_script:
            page = browser.new_page()
            page.complaints = []
            page.on("console", lambda message: page.complaints.append(message.text))
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.on("dialog", lambda dialog: page.complaints.append(dialog.message) or dialog.dismiss())
            page.on("request", lambda r: page.complaints.append(r.url) if not r.url.startswith(LOCAL) else None)
            page.add_init_script(script)
            by_script[script] = page
        return by_script[script]

    return tab_with


LOCAL = ("file:", "data:", "about:")


@pytest.fixture
def open_page(tabs):
    """Opens a file and collects what it complains of; the tab has nothing left of the page before."""
    opened = []

    def open_file(path: Path, width: int = 1280, height: int = 800, script: str = "", color_scheme: str = "light"):
        page = tabs(script)
        opened.append(page)
        page.goto("about:blank")  # or the same file again would be scrolled to where it was
        page.mouse.move(0, 0)
        page.emulate_media(media="screen", color_scheme=color_scheme)
        page.set_viewport_size({"width": width, "height": height})
        page.complaints.clear()
        page.goto(path.as_uri())
        return page

    yield open_file
    for page in opened:
        page.goto("about:blank")  # what plays ends
