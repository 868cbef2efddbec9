"""The content of metrics.json with types: attributes for a type checker, the JSON itself by ``[…]``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

Fields = dict[str, Any]
"""Some fields of metrics.json, on the way to all of them."""


class Metrics(dict[str, Any]):
    """How good a model is: every field of metrics.json, as an attribute and by ``[…]``; nothing in it can be replaced.

    Each task has a class of its own with the fields that it adds. It is a dict, so that ``json.dumps`` gives exactly
    the file. A model that an earlier version wrote may lack fields; they raise AttributeError, or KeyError by ``[…]``.

    Args:
        fields: As in metrics.json.

    Example:
        >>> metrics = Metrics({"task": "regression", "num_videos": 2, "verdict": "Its …"})
        >>> metrics.num_videos, metrics["verdict"]
        (2, 'Its …')
    """

    schema: str
    task: str
    split: str
    num_videos: int
    labels: list[str]
    baselines: dict[str, Fields]
    modalities: dict[str, Fields]
    time: dict[str, Fields]
    learned_from: int
    verdict: str

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)

    if not TYPE_CHECKING:  # a type checker must know the fields above and no others

        def __getattr__(self, name: str) -> Any:
            """A field; AttributeError where the file has none."""
            try:
                return self[name]
            except KeyError:
                raise AttributeError(f"these metrics have no {name!r}") from None

    def to_json(self) -> Fields:
        """A plain copy of the whole of metrics.json."""
        return dict(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """For copies and other processes, which must not fill it field by field."""
        return type(self), (dict(self),)

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("metrics cannot be changed; change a copy: dict(metrics)")

    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]
