"""One file per task: targets, output, loss, likelihood, metrics and their direction, words.

Adding a task is one file and one line here. Nothing outside of this package compares a task's
name; it asks the task's object.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from reelwise.core.catalogues import load_catalogue
from reelwise.core.errors import UsageError
from reelwise.tasks.base_task import BaseTask
from reelwise.tasks.classification import CLASSIFICATION
from reelwise.tasks.generation import GENERATION
from reelwise.tasks.metrics import Metrics
from reelwise.tasks.multilabel import MULTILABEL
from reelwise.tasks.prediction import PREDICTION
from reelwise.tasks.predictions import LabeledPredictions
from reelwise.tasks.regression import REGRESSION
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task
from reelwise.tasks.wording import Wording

AnyTask = TypeVar("AnyTask", bound=BaseTask)

MODULES = (
    "classification",
    "multilabel",
    "regression",
)
"""Modules of this package, one line each; each defines one task. The first that recognizes the labels has them."""

TASKS: list[Task] = [*load_catalogue(Task, "reelwise.tasks.{}", MODULES)]
"""Every task of labels, the default first."""

FRAME_TASKS: list[BaseTask] = [PREDICTION, GENERATION]
"""Every task whose models give pictures."""


def find_task(name: str) -> Task:
    """The task of labels of that name.

    Raises:
        UsageError: There is none; the hint names them all.

    Example:
        >>> find_task("multilabel").name
        'multilabel'
    """
    return _find(name, TASKS)


def find_any_task(name: str) -> BaseTask:
    """The task of that name, whatever its models give.

    Raises:
        UsageError: There is none; the hint names them all.

    Example:
        >>> find_any_task("prediction").output_type.gives
        'frames'
    """
    return _find(name, all_tasks())


def all_tasks() -> list[BaseTask]:
    """Every task, the default first."""
    return [*TASKS, *FRAME_TASKS]


def task_of(metrics: Mapping[str, Any]) -> BaseTask:
    """The task of a metrics.json; the first versions wrote none, and knew classes only."""
    return find_any_task(metrics.get("task", CLASSIFICATION.name)).for_metrics(metrics)


def read_metrics(fields: Mapping[str, Any]) -> Metrics:
    """A metrics.json with the types of its task; as it stands where the task is unknown here.

    Args:
        fields: Of a finished run, or of a model file.
    """
    name = fields.get("task", CLASSIFICATION.name)
    own_task = next((task for task in all_tasks() if task.name == name), None)
    return Metrics(fields) if own_task is None else own_task.metrics_type(fields)


def _find(name: str, tasks: Sequence[AnyTask]) -> AnyTask:
    for task in tasks:
        if task.name == name:
            return task
    raise UsageError(f"the task is {name[:60]!r}.", hint=f"Use {', '.join(task.name for task in tasks)}.")


__all__ = [
    "CLASSIFICATION", "FRAME_TASKS", "GENERATION", "MULTILABEL", "PREDICTION", "REGRESSION", "TASKS",
    "BaseTask", "LabeledPredictions", "Metrics", "Score", "Task", "Wording",
    "all_tasks", "find_any_task", "find_task", "read_metrics", "task_of",
]  # fmt: skip
