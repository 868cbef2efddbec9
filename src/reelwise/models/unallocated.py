"""Networks built before their weights are allocated: exact sizes for any arguments of a stranger's file."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import keras

from reelwise.catalog.cost import Cost
from reelwise.core.contract import Contract
from reelwise.models.build import build_network
from reelwise.models.cost import network_cost

T = TypeVar("T")


def build_checked(contract: Contract, check: Callable[[keras.Model], None] = lambda _: None) -> keras.Model:
    """The float32 network of a contract, passed to a check before any of its weights is allocated.

    In Keras' stateless scope a layer makes its variables without values: shapes are known, memory is not taken. A
    network of four billion parameters is built so in a tenth of a second.

    Args:
        contract: As for :func:`reelwise.models.build.build_network`.
        check: Raises an error to refuse the network.

    Returns:
        The network with random weights.
    """

    def build() -> keras.Model:
        network = _without_values(contract)
        check(network)
        give_initial_values()
        return network

    return _in_own_thread(build)


def contract_cost(contract: Contract) -> Cost:
    """Parameters of the network of a contract and operations for one clip, exact, without allocating its weights.

    Raises:
        UsageError: No such architecture, or an argument out of its range.
    """
    return _in_own_thread(lambda: network_cost(_without_values(contract)))


def give_initial_values() -> None:
    """Allocate every variable that this thread has made without a value: Keras does so where a stateless scope ends."""
    with keras.StatelessScope():
        pass


def _without_values(contract: Contract) -> keras.Model:
    keras.config.set_dtype_policy("float32")  # of this thread alone
    with keras.StatelessScope(initialize_variables=False):
        return build_network(contract)


def _in_own_thread(work: Callable[[], T]) -> T:
    """Run in a new thread: Keras keeps variables without values, dtype policy and counters of names per thread."""
    with same_random_state(), ThreadPoolExecutor(1, thread_name_prefix="unallocated") as thread:
        return thread.submit(work).result()


@contextmanager
def same_random_state() -> Iterator[None]:
    """Initial weights draw seeds from Python's generator; a save or a load must not change what training draws next."""
    before = random.getstate()
    try:
        yield
    finally:
        random.setstate(before)
