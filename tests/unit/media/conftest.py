"""One pool of workers for the tests of a module."""

from collections.abc import Iterator

import pytest

from reelwise.media.workers.pool import WorkerPool


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as workers:
        yield workers
