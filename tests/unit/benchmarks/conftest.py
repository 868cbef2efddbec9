"""What tests of the benchmarks share: scripts of a folder that is no package, and PyTorch for their rivals."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reelwise.core.backend import start_backend
from reelwise.models.flowdit.entry import ENTRY

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")


@pytest.fixture
def load_benchmark(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A function that imports a script of benchmarks by its name, with Keras on its back end."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    start_backend()
    return importlib.import_module


@pytest.fixture
def one_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """``flowdit:nano`` with one block of its four: most of a short training is tracing them."""
    arguments: Any = ENTRY.presets["nano"].arguments
    monkeypatch.setitem(arguments, "num_blocks", 1)


@pytest.fixture
def torch_python(load_benchmark: Callable[[str], ModuleType]) -> Path:
    """The Python whose PyTorch the rivals run on."""
    python = load_benchmark("torch_rival").torch_python()
    if python is None:
        pytest.skip("PyTorch is not installed, which a clone does not need; .ci/run installs it")
    return python
