"""A Keras configuration read from a constructor's signature."""

import inspect
from typing import Any


class SignatureConfig:
    """Gives ``get_config`` to a layer or loss whose constructor keeps each argument as an attribute of its name.

    No ``get_config`` is written by hand, so none can lack an argument: that argument would come back from a file with
    its default value and without an error. Stands before the Keras class among the bases.

    Example:
        >>> class Scale(SignatureConfig):
        ...     def __init__(self, factor: float = 1.0, **kwargs: object) -> None:
        ...         self.factor = factor
        >>> Scale(2.0).get_config()
        {'factor': 2.0}
    """

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor by name, after those of the base class."""
        base = getattr(super(), "get_config", dict)()
        parameters = inspect.signature(type(self).__init__).parameters.values()
        names = [item.name for item in parameters if item.kind not in (item.VAR_KEYWORD, item.VAR_POSITIONAL)]
        return {**base, **{name: getattr(self, name) for name in names if name != "self"}}
