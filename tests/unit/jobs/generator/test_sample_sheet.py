"""Sheets of generated clips, at the end of a training and while it runs."""

import functools
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from tiny_classes import TINY

from reelwise.core.errors import Interruption
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Silent
from reelwise.jobs.api import generate, train
from reelwise.jobs.generator.sample_sheet import SheetsWhileTraining, sample_sheet
from reelwise.jobs.runs.folder import Run
from reelwise.models.file import load_model_file
from reelwise.models.flowdit.backbone import build_denoiser


def pixels(png: bytes) -> np.ndarray:
    """(H, W, 3) uint8."""
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)


def grey_clips(num: int) -> np.ndarray:
    """(N, 4, 8, 8, 3) uint8: clip i has the grey level 10 (i + 1)."""
    return np.stack([np.full((4, 8, 8, 3), 10 * (number + 1), np.uint8) for number in range(num)])


def test_a_row_for_each_class_that_was_drawn() -> None:
    sheet = pixels(sample_sheet(grey_clips(5), np.array([0, 3, 0, 3, 0])))
    assert sheet.shape == (2 * 12, 3 * (4 * 8 + 4), 3)
    assert sheet[0, ::36, 0].tolist() == [10, 30, 50]
    assert sheet[12, ::36, 0].tolist() == [20, 40, 0]


def test_without_classes_rows_are_filled() -> None:
    sheet = pixels(sample_sheet(grey_clips(6), np.full(6, -1)))
    assert sheet.shape == (2 * 12, 4 * (4 * 8 + 4), 3)
    assert sheet[0, ::36, 0].tolist() == [10, 20, 30, 40]
    assert sheet[12, ::36, 0].tolist() == [50, 60, 0, 0]


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """An untrained denoiser of clips of 4 frames of 16 pixels."""
    sizes = {"patch_frames": 4, "patch_size": 8, "width": 16, "num_blocks": 1, "num_heads": 2}
    return build_denoiser(4, 16, 2, **sizes)


def clock_of(times: list[float]) -> Callable[[], float]:
    return functools.partial(next, iter(times))


def test_sheets_take_two_percent_of_the_time_and_grow_rarer(network: keras.Model, tmp_path: Path) -> None:
    # the start; after 20 s none is due; at 40 s one, which takes 1 s: two of them are 2 % of 100 s; at 90 s none; at
    # 110 s one of 1 s: three are 2 % of 150 s; at 140 s none, at 151 s one
    times = [0.0, 20, 40, 41, 90, 110, 111, 140, 151, 152]
    sheets = SheetsWhileTraining(tmp_path, 2, seed=0, clock=clock_of(times))
    for epoch in range(1, 7):
        sheets(network, epoch)
    files = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert files == ["epoch_00002.png", "epoch_00004.png", "epoch_00006.png"]
    contents = {path.read_bytes() for path in (tmp_path / "samples").iterdir()}
    assert len(contents) == 1  # the same noise, and the same weights


def test_cheap_sheets_come_at_growing_times(network: keras.Model, tmp_path: Path) -> None:
    times = [0.0, 100, 100, 119, 121, 121]
    sheets = SheetsWhileTraining(tmp_path, 0, seed=0, clock=clock_of(times))
    for epoch in (1, 2, 3):
        sheets(network, epoch)
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == ["epoch_00001.png", "epoch_00003.png"]


def hours() -> Iterator[float]:
    """A clock on which a day passes between two looks."""
    return itertools.count(0.0, 86_400.0)


@pytest.fixture
def sheets_after_each_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet is due after the first epoch, since the clock runs that fast."""
    times = hours()
    fast = functools.partial(SheetsWhileTraining, clock=lambda: next(times))
    monkeypatch.setattr("reelwise.jobs.generator.train.SheetsWhileTraining", fast)


class StopInEpoch2(Silent):
    """Stops the work once the first epoch is done."""

    def __init__(self, token: StopToken) -> None:
        self._token = token

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        del done, total, unit
        if "epoch 2" in note:
            self._token.set()


@pytest.mark.usefixtures("sheets_after_each_epoch")
def test_a_stopped_run_has_a_sheet_and_a_model_and_ends_with_the_same_bytes(
    class_folders: Path, cache: Path, trained: Run, tmp_path: Path
) -> None:
    token, path = StopToken(), tmp_path / "run"
    with pytest.raises(Interruption):
        train(class_folders, out=path, cache_dir=cache, stop=token, progress=StopInEpoch2(token), **TINY)
    assert (path / "samples" / "epoch_00001.png").is_file()
    assert "training was stopped" in load_model_file(path / "model.keras").training["stopped"]
    made = generate(path / "model.keras", out=tmp_path / "new", label="small", num=1, steps=2, cache_dir=cache)
    assert len(made.files) > 0
    resumed = train(class_folders, out=path, cache_dir=cache, resume=True, **TINY)
    assert resumed.metrics == trained.metrics
    assert (path / "model.keras").read_bytes() == (trained.path / "model.keras").read_bytes()
    assert not list((trained.path / "samples").glob("epoch_*"))
