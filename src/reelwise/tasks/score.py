"""The one number by which models of a task are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwise.core.number_text import percent, plain_number


@dataclass(frozen=True)
class Score:
    """A score in metrics.json.

    Args:
        name: Its field; its interval is ``<name>_ci95``.
        rises: Whether more is better.
        words: What it is, in words for a table.
        is_share: Whether it lies in [0, 1] and is read as a percentage.
        unit: Behind a number that is no share, with a blank in front.
        decimals: Of a number that is no share; None for three digits that count.
    """

    name: str
    rises: bool
    words: str
    is_share: bool = True
    unit: str = ""
    decimals: int | None = None

    def goodness(self, entry: Mapping[str, Any]) -> float:
        """A number that is higher for the better model: the score itself, or the negative error.

        Args:
            entry: metrics.json, or one of its baselines.
        """
        return float(entry[self.name]) if self.rises else -float(entry[self.name])

    def advantage(self, difference_ci95: Sequence[float]) -> tuple[float, float]:
        """By how much a model is better, at least and at most, from the interval of model minus another.

        Example:
            >>> Score("mae", False, "mean absolute error", is_share=False).advantage([-3.0, 1.0])
            (-1.0, 3.0)
        """
        low, high = difference_ci95
        return (low, high) if self.rises else (-high, -low)

    def number(self, value: float) -> str:
        """A value as people read it: ``82 %`` or ``2.3``."""
        return percent(value) if self.is_share else f"{self._digits(value)}{self.unit}"

    def interval_text(self, interval: tuple[float, float]) -> tuple[str, str]:
        """Both ends of an interval; the second one has the unit.

        Example:
            >>> Score("accuracy", True, "accuracy").interval_text((0.7, 0.9))
            ('70', '90 %')
        """
        low, high = interval
        if self.is_share:
            return f"{100 * low:.0f}", f"{100 * high:.0f} %"
        return self._digits(low), f"{self._digits(high)}{self.unit}"

    def _digits(self, value: float) -> str:
        return plain_number(value) if self.decimals is None else f"{value:.{self.decimals}f}"

    def text(self, entry: Mapping[str, Any]) -> str:
        """The score of an entry in a sentence: ``82 %``, or ``off by 2.3`` for an error."""
        value = self.number(entry[self.name])
        return value if self.rises else f"off by {value}"

    def has_interval(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry has an interval; with fewer than four units it has none."""
        return entry.get(f"{self.name}_ci95") is not None

    def ends(self, entry: Mapping[str, Any]) -> tuple[float, float]:
        """Its 95 % interval; the score itself twice where there is none."""
        low, high = entry.get(f"{self.name}_ci95") or (entry[self.name],) * 2
        return low, high
