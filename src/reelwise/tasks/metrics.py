"""The content of metrics.json with types: attributes for a type checker, the JSON itself by ``[…]``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NoReturn, NotRequired, TypedDict

Fields = dict[str, Any]
"""Some fields of metrics.json, on the way to all of them."""


class ScoreEntry(TypedDict):
    """The score of a baseline, a combination of modalities or an order of frames, to which a task adds its figures.

    ``difference_ci95`` is that of model minus baseline on the same videos; ``how`` says how it was measured, on
    ``num_videos`` where these are fewer than all.
    """

    difference_ci95: NotRequired[list[float]]
    how: NotRequired[str]
    num_videos: NotRequired[int]


class Metrics(dict[str, Any]):
    """How good a model is: every field of metrics.json, as an attribute and by ``[…]``; nothing in it can be replaced.

    Each task has a class of its own with the fields that it adds; ``scripts/schemas.py`` makes the JSON Schema from
    these classes. It is a dict, so that ``json.dumps`` gives exactly the file. Intervals are [low, high] of 95 %. A
    model that an earlier version wrote may lack fields; they raise AttributeError, or KeyError by ``[…]``.

    Args:
        fields: As in metrics.json.

    Example:
        >>> metrics = Metrics({"task": "regression", "num_videos": 2, "verdict": "Its …"})
        >>> metrics.num_videos, metrics["verdict"]
        (2, 'Its …')
    """

    optional_fields: ClassVar[frozenset[str]] = frozenset({"baselines", "time", "learned_from"})
    """Fields that are there only where they were measured."""

    schema: Literal["reelwise/metrics/1"]
    task: str
    split: str
    num_videos: int
    labels: list[str]
    baselines: dict[str, Any]
    modalities: dict[str, Any]
    time: dict[str, Any]
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
