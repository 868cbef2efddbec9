"""Clips and runs so small that a training takes a second; the trained run is shared by all tests of a session."""

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reelwise.core.backend import start_backend
from reelwise.core.progress import Silent
from reelwise.jobs.api import train
from reelwise.jobs.runs.folder import Run
from reelwise.media.synthetic import Style, write_motion_set
from reelwise.models.audio_cnn.entry import ENTRY as audio_cnn
from reelwise.models.cnn.entry import ENTRY as cnn

start_backend()  # Before any module of this folder imports Keras.

STYLE = Style(size=48, num_frames=10, num_groups=6)
LABELS = ("bounce", "down", "up")
TINY: dict[str, Any] = {
    "model": "cnn", "size": 32, "num_frames": 8, "epochs": 2, "batch_size": 6, "modalities": "frames"
}  # fmt: skip


@contextmanager
def short_network() -> Iterator[None]:
    """``cnn`` and ``audio_cnn`` have two narrow convolutions: to trace them is most of the time of a tiny training."""
    with pytest.MonkeyPatch.context() as patch:
        for entry in (cnn, audio_cnn):
            arguments: Any = entry.presets["small"].arguments
            for name, value in {"num_convs": 2, "width": 4, "features": 16}.items():
                patch.setitem(arguments, name, value)
        yield


@pytest.fixture(scope="module", autouse=True)
def small_cnn() -> Iterator[None]:
    """In all tests of this folder; the fixtures of a session come before it."""
    with short_network():
        yield


class Listener(Silent):
    """Keeps what a job says and what it warns of."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []

    def log(self, text: str) -> None:
        self.said.append(text)

    def warn(self, text: str) -> None:
        self.warned.append(text)


@pytest.fixture
def listener() -> Listener:
    """Give it to a job as its ``progress``, then look at ``said`` and ``warned``."""
    return Listener()


@pytest.fixture
def loss_turns_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the third step on, the loss of every training is not a number."""
    from reelwise.training.trainee import StepResult, Trainee

    read_steps, numbers = Trainee.read_steps, itertools.count()

    def read(self: Trainee) -> list[StepResult]:
        return [result if next(numbers) < 2 else StepResult(math.nan, 1.0) for result in read_steps(self)]

    monkeypatch.setattr(Trainee, "read_steps", read)


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """18 clips of three motions in six groups, in class folders with a labels.csv."""
    root = tmp_path_factory.mktemp("clips")
    write_motion_set(root, 18, 0, style=STYLE, labels=LABELS)
    return root


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Decoded frames, shared by all tests of this folder."""
    return tmp_path_factory.mktemp("frames")


@pytest.fixture(scope="session")
def tested(clips: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run that handed over the tested model."""
    with short_network():
        return train(clips, out=tmp_path_factory.mktemp("runs") / "tested", cache_dir=cache, no_refit=True, **TINY)


@pytest.fixture
def tiny_train(clips: Path, cache: Path, tmp_path: Path) -> Callable[..., Run]:
    """``train`` of one tiny model without a refit, into ``tmp_path``."""

    def run(data: Path | str = clips, *, out: str = "run", **options: Any) -> Run:
        return train(data, **{**TINY, "no_refit": True, "cache_dir": cache, "out": tmp_path / out, **options})

    return run


@pytest.fixture
def quick_fit(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Instead of training, networks stay as they were built; the list gets the weights of each at its start."""
    import keras

    from reelwise.jobs.classifier import fit as fit_module
    from reelwise.training.fit import FitResult

    begun: list[Any] = []

    def fit(build: Callable[[], keras.Model], *data: Any, **rest: Any) -> FitResult:
        network = build()
        begun.append({weight.path: keras.ops.convert_to_numpy(weight).copy() for weight in network.weights})
        row = {"epoch": 1, "loss": 1.0, "accuracy": 0.5, "learning_rate": 0.1, "seconds": 1.0, "clips_per_second": 1.0}
        return FitResult(network, (row,), epochs=1, best_epoch=1, stop_reason="epochs", seconds=1.0)

    monkeypatch.setattr(fit_module, "fit", fit)
    return begun


@pytest.fixture(scope="session")
def frames_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a model that predicts frames; its weights are new."""
    from samples import write_frames_model

    return write_frames_model(tmp_path_factory.mktemp("frames_model") / "model.keras")
