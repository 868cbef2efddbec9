"""Two class folders of short videos, and one run on them that the tests of this folder share."""

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_classes import RATE, TINY, short_training, square_video

from reelwise.jobs.api import train
from reelwise.jobs.generator.sample_sheet import SheetsWhileTraining
from reelwise.jobs.runs.folder import Run
from reelwise.media.writers.writer import write_video


@pytest.fixture(scope="session")
def class_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten videos of each class."""
    folder = tmp_path_factory.mktemp("classes")
    for label in ("large", "small"):
        (folder / label).mkdir()
        for seed in range(10):
            write_video(folder / label / f"{seed:02}.mp4", square_video(label, seed), RATE)
    return folder


@pytest.fixture(scope="module", autouse=True)
def small_cnn() -> None:
    """The classifier that judges is the usual network here, as in the run that a session shares."""


@pytest.fixture(scope="module", autouse=True)
def short_network() -> Iterator[None]:
    """In all tests of this folder; the fixtures of a session come before it."""
    with short_training():
        yield


@pytest.fixture(scope="session")
def trained(class_folders: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run, with no sheets of while it was trained: its clock stands still."""
    out = tmp_path_factory.mktemp("runs") / "tiny"
    with short_training() as patch:
        still = functools.partial(SheetsWhileTraining, clock=lambda: 0.0)
        patch.setattr("reelwise.jobs.generator.train.SheetsWhileTraining", still)
        return train(class_folders, out=out, cache_dir=cache, **TINY)
