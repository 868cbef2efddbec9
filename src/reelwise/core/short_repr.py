"""Results that show a few facts about themselves: one line in a shell, a small table in a notebook."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape


class ShortRepr(ABC):
    """A result whose whole content would fill screens.

    Example:
        >>> class Film(ShortRepr):
        ...     def facts(self):
        ...         return {"path": "a<b>.mp4", "shots": "12"}
        >>> Film()
        Film(path=a<b>.mp4, shots=12)
        >>> Film()._repr_html_()
        '<table><tr><th>path</th><td>a&lt;b&gt;.mp4</td></tr><tr><th>shots</th><td>12</td></tr></table>'
    """

    @abstractmethod
    def facts(self) -> Mapping[str, str]:
        """What it is about, in a few words each."""

    def details(self) -> Mapping[str, str]:
        """What a table has room for besides."""
        return {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={text}' for name, text in self.facts().items())})"

    def _repr_html_(self) -> str:
        facts = {**self.facts(), **self.details()}
        rows = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in facts.items())
        return f"<table>{''.join(rows)}</table>"
