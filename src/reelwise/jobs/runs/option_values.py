"""Options of a verb from the keyword arguments of a Python call."""

import difflib
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from reelwise.core.errors import UsageError

Options = TypeVar("Options")


def make_options(kind: type[Options], **kwargs: object) -> Options:
    """The options of a verb from keyword arguments; paths may be text.

    Args:
        kind: The dataclass of the verb.
        **kwargs: Its fields.

    Raises:
        UsageError: There is no such option, or a value has the wrong type.

    Example:
        >>> from reelwise.jobs.runs.options import TrainOptions
        >>> make_options(TrainOptions, data="clips", out="runs/first").out.name
        'first'
    """
    verb, types = kind.__name__.removesuffix("Options").lower(), get_type_hints(kind)
    for name in kwargs:
        if name not in types:
            raise _no_such_option(verb, name, kind)
    return kind(**{name: _convert(verb, name, value, types[name]) for name, value in kwargs.items()})


def _no_such_option(verb: str, name: str, kind: Any) -> UsageError:
    names = [item.name for item in fields(kind)]
    nearest = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean {nearest[0]}?" if nearest else f"The options are: {', '.join(names)}."
    return UsageError(f"{verb}: no option is called {name!r}.", hint=hint)


def _convert(verb: str, name: str, value: object, annotation: Any) -> object:
    """The value as its field has it: a path of text, a float of a whole number."""
    kinds = get_args(annotation) if type(None) in get_args(annotation) else (annotation,)
    if Path in kinds and isinstance(value, str):
        return Path(value)
    if float in kinds and type(value) is int:
        return float(value)
    fits = any(isinstance(value, getattr(kind, "__origin__", kind)) for kind in kinds)
    # A bool is an int to Python, but no user who writes epochs=True means epochs=1.
    if not fits or (isinstance(value, bool) and bool not in kinds):
        names = " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds if kind is not type(None))
        raise UsageError(f"{verb}: {name} is {value!r}, expected {names}.")
    return value
