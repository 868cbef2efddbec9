"""Makes the module of crafted files importable, and gives one pool of workers to the tests of a module."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwise.media.workers.pool import DecodePool

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    with DecodePool(2) as workers:
        yield workers
