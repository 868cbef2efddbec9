"""JSON of the export formats: names on one line, numbers as they are."""

import json
from typing import Any


def json_text(value: dict[str, Any] | list[Any]) -> str:
    """A document, one space of indent; the same value gives the same text."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
