"""A network and clips so small that a training takes a second."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reelwise.core.backend import prepare, start_backend

start_backend()  # Before any module of this folder imports Keras.


@pytest.fixture
def seeded() -> None:
    prepare(0)


@pytest.fixture
def tiny() -> Callable[..., Any]:
    """``tiny.build()`` makes a network, ``tiny.batches()`` its clips."""
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location("tiny_run", Path(__file__).with_name("tiny_run.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def same_arrays() -> Callable[..., bool]:
    def same(first, second) -> bool:
        return len(first) == len(second) and all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))

    return same
