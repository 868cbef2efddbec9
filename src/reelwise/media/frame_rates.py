"""The rates of folders of numbered pictures, where whoever runs a job says them."""

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TypeVar

USUAL_FRAME_RATE = Fraction(25)
"""Frames per second where nothing says another: FFmpeg's own default for numbered pictures."""

FLAG = "--frame-rate"
"""The option of the commands that read videos."""

_MOST_RATE = 1000

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class FrameRates:
    """What is said of the rates of folders of numbered pictures, beside the files that lie with them.

    Args:
        of_all: The rate of all of them, above everything else; None where it was not given.
        usual: The rate where nothing says another.
        usual_source: What says the usual rate; empty where it is assumed.
        of_folders: The rates that a list gives, with the name of its column, by absolute path.
    """

    of_all: Fraction | None = None
    usual: Fraction = USUAL_FRAME_RATE
    usual_source: str = ""
    of_folders: dict[str, tuple[Fraction, str]] = field(default_factory=dict)

    def add(self, folder: Path, rate: Fraction, source: str) -> None:
        """Note the rate that a list gives a folder."""
        self.of_folders[_name(folder)] = rate, source

    def given_for(self, folder: Path) -> tuple[Fraction, str] | None:
        """The rate of a folder, and what says so; None where that is left to the files beside it."""
        return self.of_folders.get(_name(folder)) if self.of_all is None else (self.of_all, FLAG)


_IN_USE: ContextVar[FrameRates | None] = ContextVar("frame_rates", default=None)


def frame_rates_in_use() -> FrameRates:
    """What was said in this job; nothing, outside of one."""
    return _IN_USE.get() or FrameRates()


@contextmanager
def use_frame_rates(rates: FrameRates) -> Iterator[FrameRates]:
    """Let these hold within the block, in this thread; another thread or call has rates of its own.

    The rate belongs to what a folder *is*, as its pictures do, and whoever opens a video does not know whether it is
    one. So it comes from the job and not through every call in between.
    """
    token = _IN_USE.set(rates)
    try:
        yield rates
    finally:
        _IN_USE.reset(token)


def steps_with(rates: FrameRates, items: Generator[ItemT]) -> Generator[ItemT]:
    """The items of a generator, with rates that hold while it works, and not for whoever iterates."""
    try:
        while True:
            with use_frame_rates(rates):
                next_items = list(islice(items, 1))
            if not next_items:
                return
            yield next_items[0]
    finally:
        with use_frame_rates(rates):
            items.close()


def parse_rate(value: object) -> Fraction | None:
    """A rate as people write it; None for what is none.

    Example:
        >>> parse_rate(29.97), parse_rate("30000/1001"), parse_rate("fast"), parse_rate(0)
        (Fraction(2997, 100), Fraction(30000, 1001), None, None)
    """
    with suppress(ValueError, ZeroDivisionError):
        if isinstance(value, int | float | str) and not isinstance(value, bool) and len(str(value)) <= 40:
            rate = Fraction(str(value))
            return rate if 0 < rate <= _MOST_RATE and rate.denominator < 1 << 31 > rate.numerator else None
    return None


def _name(folder: Path) -> str:
    return os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
