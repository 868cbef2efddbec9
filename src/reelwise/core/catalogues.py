"""The entries of a catalogue, from the names of its modules: one name is one line, and nothing registers itself."""

from collections.abc import Iterable
from importlib import import_module
from typing import TypeVar

KindT = TypeVar("KindT")


def load_catalogue(kind: type[KindT], where: str, names: Iterable[str]) -> tuple[KindT, ...]:
    """The objects of one type that the named modules define, in the order of names and of definition.

    Args:
        kind: Type of what is listed, such as Entry; other objects of a module are passed over.
        where: Path of a module with ``{}`` for the name, such as ``reelwise.models.{}.entry``.
        names: Of the modules; each is a line of its catalogue.

    Raises:
        TypeError: A module defines no object of that type.
    """
    entries: list[KindT] = []
    for name in names:
        module = import_module(where.format(name))
        own = [value for value in vars(module).values() if isinstance(value, kind)]
        if not own:
            raise TypeError(f"{module.__name__} defines no object of type {kind.__name__}, but is listed as one.")
        entries += own
    return tuple(entries)
