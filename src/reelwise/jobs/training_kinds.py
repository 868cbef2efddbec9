"""Which job trains what: chosen by what the models of a command give."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwise.core.errors import UsageError
from reelwise.core.interrupt import whole_imports
from reelwise.jobs.classifier.option_checks import check_options as check_classifier
from reelwise.jobs.generator.option_checks import check_options as check_generator
from reelwise.jobs.predictor.option_checks import check_options as check_predictor
from reelwise.jobs.runs.model_names import model_names
from reelwise.jobs.runs.options import TrainOptions

if TYPE_CHECKING:
    from reelwise.core.backend import BackendInfo
    from reelwise.inference.model import Model
    from reelwise.jobs.runs.context import RunContext
    from reelwise.jobs.runs.folder import Run

Train = Callable[[TrainOptions, "RunContext", "BackendInfo", "Model | None"], "Run"]

_AUTO = "auto"


@dataclass(frozen=True)
class TrainingKind:
    """A job that trains models.

    Args:
        gives: What its models give.
        check_options: Refuses options that make no sense for it; reads no data.
        address: ``module:function`` of the job; it loads Keras, and is imported once a back end is chosen.
    """

    gives: str
    check_options: Callable[[TrainOptions], None]
    address: str

    def train(self) -> Train:
        """The job itself."""
        module, _, function = self.address.partition(":")
        with whole_imports():
            return getattr(importlib.import_module(module), function)


_KINDS = (
    TrainingKind("labels", check_classifier, "reelwise.jobs.classifier.train:train_classifiers"),
    TrainingKind("frames", check_predictor, "reelwise.jobs.predictor.train:train_predictors"),
    TrainingKind("clips", check_generator, "reelwise.jobs.generator.train:train_generators"),
)

TRAINING_KINDS = {kind.gives: kind for kind in _KINDS}
"""By what a model gives, as the catalogue and the outputs of the tasks have it."""


def training_kind(options: TrainOptions) -> TrainingKind:
    """The job for the models and the task of a command.

    Raises:
        UsageError: No such model or task, or models of a command that give different things.
    """
    from reelwise.models.catalogue import parse_model_name
    from reelwise.tasks import all_tasks, find_any_task

    if options.task not in (names := [_AUTO, *(task.name for task in all_tasks())]):
        raise UsageError(f"--task is {options.task!r}, expected {', '.join(names)}.", hint="Leave --task out.")
    gives: dict[str, str] = {}
    if options.task != _AUTO:
        gives[find_any_task(options.task).output_type.gives] = f"--task {options.task}"
    for name in model_names(options.model):
        if name != _AUTO:
            gives.setdefault(parse_model_name(name, next(iter(gives), ""))[0].gives, f"--model {name}")
    if len(gives) > 1:
        conflict = ", but ".join(f"{text} gives {what}" for what, text in gives.items())
        raise UsageError(f"{conflict}.", hint="Train them in two commands; `reelwise models` says what each gives.")
    return TRAINING_KINDS[next(iter(gives), "labels")]
