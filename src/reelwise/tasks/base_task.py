"""What every task has, whatever its models give: an output, metrics with a score, and words."""

from abc import ABC
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from reelwise.core.output import OutputSpec
from reelwise.tasks.interval_words import FEW_VIDEOS, interval_words, too_few_words
from reelwise.tasks.metrics import Metrics
from reelwise.tasks.score import Score
from reelwise.tasks.wording import Wording

MetricsT = TypeVar("MetricsT", bound=Metrics)


class BaseTask(ABC, Generic[MetricsT]):
    """What a model is for. A task of labels is a :class:`reelwise.tasks.task.Task`; a task of pictures derives here."""

    name: ClassVar[str]
    """As in the contract and in ``--task``."""

    output_type: ClassVar[type[OutputSpec]]
    """What its models give, as stored in the model file."""

    wording: ClassVar[Wording] = Wording()
    """What it is called in commands and in the report."""

    metrics_type: ClassVar[type[Metrics]] = Metrics
    """Its metrics.json, with types."""

    score: ClassVar[Score]
    """What its models are compared by."""

    report_section: ClassVar[str] = "figures"
    """How the report shows the predictions: ``classes``, ``labels``, ``numbers``, ``frames``, ``clips``, or
    ``figures``, a plain table."""

    scores_videos: ClassVar[bool] = True
    """Whether the score is one of the videos themselves, so that it is too good on those that were learned from."""

    has_classes: ClassVar[bool] = False
    """Whether each output is a label that a video may have, rather than a quantity or a picture."""

    baseline_words: ClassVar[Mapping[str, str]] = {}
    """What each of its own baselines goes by, as the verdict names it."""

    baseline_titles: ClassVar[Mapping[str, str]] = {}
    """The same as titles in the report."""

    baseline_notes: ClassVar[Mapping[str, str]] = {}
    """What each of them does, in a few words below its title."""

    def for_metrics(self, metrics: Mapping[str, Any]) -> "BaseTask":
        """The task that knows the score of these metrics: itself, unless its models are scored in several ways.

        Args:
            metrics: metrics.json.
        """
        del metrics
        return self

    def verdict(self, metrics: MetricsT) -> str:
        """How good a model is, in words that a sentence begins with; without a full stop.

        Args:
            metrics: The fields of metrics.json that predictions alone give.
        """
        value = self.score.number(metrics[self.score.name])
        return f"Its {self.score.words} is {value} ({self.interval_words(metrics)})"

    def interval_words(self, metrics: MetricsT) -> str:
        """Between what the score likely lies, or why that cannot be told."""
        field = f"{self.score.name}_ci95"
        return interval_words(metrics, field, lambda *ends: " and ".join(self.score.interval_text(ends)))

    def cautions(self, metrics: MetricsT) -> list[str]:
        """What else a reader should know, as clauses without capital and full stop.

        Args:
            metrics: As in :meth:`verdict`, with ``baselines``.
        """
        return [too_few_words(metrics)] if metrics.num_videos < FEW_VIDEOS else []

    def chance_text(self, metrics: MetricsT) -> str:
        """What guessing would get, in brackets; empty where that means nothing."""
        del metrics
        return ""

    def floor(self, metrics: MetricsT) -> tuple[float, float]:
        """The score that needs no look at the video, and what a full step of the score is.

        Args:
            metrics: As in :meth:`cautions`.
        """
        majority = (metrics.get("baselines") or {}).get("majority") or {}
        floor = majority.get(self.score.name, metrics.get("spread", 0.0))
        return floor, floor or 1.0
