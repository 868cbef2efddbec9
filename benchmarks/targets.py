"""Whether figures reach what is asked of them, and whether the machine was quiet enough for figures of time."""

import os
from dataclasses import dataclass
from typing import Any

MISSED = 3
"""How a benchmark ends whose figures miss a target; 1 is what Python ends with after an error."""

MAX_LOAD_PER_CORE = 0.3
"""Above it the machine is not quiet, and its times go into no document."""


@dataclass(frozen=True)
class Target:
    """A figure and what it must reach.

    Args:
        name: What is measured.
        value: The figure; None where nothing was measured, which misses every target.
        bound: What it must reach.
        is_least: Whether the bound is the least that will do, else the most.
    """

    name: str
    value: float | None
    bound: float
    is_least: bool

    @property
    def is_met(self) -> bool:
        """Whether the figure reaches the bound."""
        if self.value is None:
            return False
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    def __str__(self) -> str:
        value = "nothing" if self.value is None else f"{self.value:.3f}"
        sign = ">=" if self.is_least else "<="
        return f"{'met   ' if self.is_met else 'MISSED'} {self.name}: {value}, target {sign} {self.bound:.3f}"

    def as_dict(self) -> dict[str, Any]:
        """The fields and whether it is met, for JSON."""
        return {**vars(self), "is_met": self.is_met}


def exit_status(*, is_met: bool) -> int:
    """How a benchmark ends that has run to its end.

    Args:
        is_met: Whether its figures reach their targets.
    """
    return 0 if is_met else MISSED


@dataclass(frozen=True)
class Load:
    """How busy the machine is before a benchmark.

    Args:
        average: Processes that wanted a processor in the last minute.
    """

    average: float

    @classmethod
    def now(cls) -> "Load":
        """That of the last minute."""
        return cls(os.getloadavg()[0])

    @property
    def is_quiet(self) -> bool:
        """Whether times are figures."""
        return self.average <= MAX_LOAD_PER_CORE * (os.cpu_count() or 1)

    def __str__(self) -> str:
        return f"load {self.average:.1f} at the start, " + (
            "quiet" if self.is_quiet else "not quiet: the times are no figures"
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"load": self.average, "is_quiet": self.is_quiet}
