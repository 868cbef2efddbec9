"""What tests of the benchmarks share: scripts of a folder that is no package, and PyTorch for their rivals."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from square_videos import short_network
from tiny_classes import short_training

from reelwise.core.backend import start_backend

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")


@pytest.fixture
def load_benchmark(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A function that imports a script of benchmarks by its name, with Keras on its back end."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    start_backend()
    return importlib.import_module


@pytest.fixture
def short_denoiser() -> Iterator[None]:
    """As in the tests of the job: a small ``flowdit:nano``, and a short training of its judge."""
    with short_training():
        yield


@pytest.fixture
def short_predictor() -> Iterator[None]:
    """As in the tests of the job: a small ``simvp:nano``."""
    with short_network():
        yield


@pytest.fixture
def torch_python(load_benchmark: Callable[[str], ModuleType]) -> Path:
    """The Python whose PyTorch the rivals run on."""
    python = load_benchmark("torch_rival").torch_python()
    if python is None:
        pytest.skip("PyTorch is not installed, which a clone does not need; .ci/run installs it")
    return python
