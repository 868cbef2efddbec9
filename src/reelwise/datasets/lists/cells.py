"""JSON values as the text of a cell."""

import json
import math
from typing import Any

from reelwise.core.errors import DataError
from reelwise.core.label_sets import NO_LABEL, join_labels

MAX_CELL_CHARACTERS = 1000
"""Longer text in a sidecar is a description, not a label or a category."""


def cell_text(value: Any) -> str:
    """A value as text: empty for null, NaN and infinity; a list of plain values joined by ``|``.

    An empty list is ``|``: that no label holds is known, while an empty cell means that nobody knows.

    Example:
        >>> cell_text(1.5), cell_text(True), cell_text(None), cell_text(["a", "b"]), cell_text([]), cell_text({"x": 1})
        ('1.5', 'true', '', 'a|b', '|', '{"x": 1}')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return join_labels(text for item in value if (text := cell_text(item))) or NO_LABEL
    return json.dumps(value, ensure_ascii=False)


class NotJsonError(DataError):
    """A text that is not JSON.

    Args:
        where: The file, or the file and the line.
        reason: What is wrong with the text.
    """

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: not JSON ({reason}).", hint="Check it with `python -m json.tool`.")
        self.reason = reason


def parse_json(text: str, where: str) -> Any:
    """The value that a JSON text holds.

    Raises:
        NotJsonError: It is no JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotJsonError(where, "nested too deeply" if isinstance(error, RecursionError) else str(error)) from None
