"""A resource is closed when its block ends, also by an exception."""

import pytest

from reelwise.core.closing import ClosesOnExit


class Resource(ClosesOnExit):
    def __init__(self) -> None:
        self.is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_the_block_gets_the_resource_open_and_closes_it() -> None:
    with Resource() as resource:
        assert not resource.is_closed
    assert resource.is_closed


def test_an_exception_closes_it_and_leaves_the_block() -> None:
    resource = Resource()
    with pytest.raises(ValueError, match="in the block"), resource:
        raise ValueError("in the block")
    assert resource.is_closed
