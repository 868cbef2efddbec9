"""Names and shapes of the arrays of a safetensors file, from its header alone."""

import json
from pathlib import Path
from typing import Any

from reelwise.models.archive import damage_error

_LENGTH_BYTES = 8
"""The file begins with the length of its header: 8 bytes, the lowest first."""


def read_shapes(path: Path, content: bytes) -> dict[str, tuple[int, ...]]:
    """The shape of each array by name.

    Args:
        path: Of the model file, for the error.
        content: The safetensors file.

    Raises:
        ModelFileError: It has no such header.

    Source: the format as described at huggingface.co/docs/safetensors: length, JSON header, data.
    """
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    try:
        header: Any = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
        shapes = {name: tuple(item["shape"]) for name, item in header.items() if name != "__metadata__"}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise damage_error(path, f"its weights cannot be read ({str(problem)[:80]})") from None
    if any(type(size) is not int or size < 0 for shape in shapes.values() for size in shape):
        raise damage_error(path, "its weights cannot be read (a shape is not made of counts)")
    return shapes
