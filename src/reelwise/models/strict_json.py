"""JSON of strangers, parsed with a limit on depth and without Python's extensions."""

import json
import re
from typing import Any

from reelwise.core.errors import ModelFileError

CHANGED = "The file was changed or damaged; copy it again from where it came from."
"""The hint for a document that differs from what Reelwise writes."""

_MAX_DEPTH = 32
"""Brackets in brackets; our own documents have 6, and Python's parser ends at about 1000 with a RecursionError."""


def parse_json(where: str, content: bytes) -> Any:
    """JSON from a stranger, as Python values.

    Args:
        where: The file, for messages.
        content: UTF-8; its length has been checked.

    Raises:
        ModelFileError: It is not JSON, nested too deeply, has a key twice, or a number that JSON does not have.
    """
    if _depth(content) > _MAX_DEPTH:
        raise ModelFileError(f"{where}: reelwise.json is nested deeper than {_MAX_DEPTH}.", hint=CHANGED)
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise ModelFileError(f"{where}: reelwise.json is not JSON ({str(problem)[:80]}).", hint=CHANGED) from None


def _depth(content: bytes) -> int:
    """How deep brackets nest outside of strings, counted without a parser."""
    depth = deepest = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', content):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in b"]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return members


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number in JSON")
