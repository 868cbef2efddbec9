"""One pool of workers for the tests of a module."""

from collections.abc import Iterator

import pytest

from reelwise.media.workers.pool import DecodePool


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodePool]:
    with DecodePool(2) as workers:
        yield workers
