"""One file per task: targets, output, loss, likelihood, metrics and their direction, words.

Adding a task is one file and one line here. Nothing outside of this package compares a task's
name; it asks the task's object.
"""

from collections.abc import Mapping
from typing import Any

from reelwise.core.catalogues import load_catalogue
from reelwise.core.errors import UsageError
from reelwise.tasks.classification import CLASSIFICATION
from reelwise.tasks.metrics import Metrics
from reelwise.tasks.multilabel import MULTILABEL
from reelwise.tasks.predictions import LabeledPredictions
from reelwise.tasks.regression import REGRESSION
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task
from reelwise.tasks.wording import Wording

MODULES = (
    "classification",
    "multilabel",
    "regression",
)
"""Modules of this package, one line each; each defines one task. The first that recognizes the labels has them."""

TASKS: list[Task] = [*load_catalogue(Task, "reelwise.tasks.{}", MODULES)]
"""Every task, the default first."""


def find_task(name: str) -> Task:
    """The task of that name.

    Raises:
        UsageError: There is none; the hint names them all.

    Example:
        >>> find_task("multilabel").name
        'multilabel'
    """
    for task in TASKS:
        if task.name == name:
            return task
    raise UsageError(f"the task is {name[:60]!r}.", hint=f"Use {', '.join(task.name for task in TASKS)}.")


def task_of(metrics: Mapping[str, Any]) -> Task:
    """The task of a metrics.json; the first versions wrote none, and knew classes only."""
    return find_task(metrics.get("task", CLASSIFICATION.name))


def read_metrics(fields: Mapping[str, Any]) -> Metrics:
    """A metrics.json with the types of its task; as it stands where the task is unknown here.

    Args:
        fields: Of a finished run, or of a model file.
    """
    name = fields.get("task", CLASSIFICATION.name)
    own_task = next((task for task in TASKS if task.name == name), None)
    return Metrics(fields) if own_task is None else own_task.metrics_type(fields)


__all__ = [
    "CLASSIFICATION", "MULTILABEL", "REGRESSION", "TASKS",
    "LabeledPredictions", "Metrics", "Score", "Task", "Wording", "find_task", "read_metrics", "task_of",
]  # fmt: skip
