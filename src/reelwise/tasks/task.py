"""What a task decides: an abstract class; each file beside this one is one task."""

from abc import ABC
from typing import ClassVar

from reelwise.core.output import OutputSpec


class Task(ABC):
    """Everything that differs between classes, sets of labels, numbers, and what comes next."""

    name: ClassVar[str]
    """As in the contract and in ``--task``."""

    output_type: ClassVar[type[OutputSpec]]
    """What its models give, as stored in the model file."""
