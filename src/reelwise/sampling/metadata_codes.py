"""Metadata as numbers: standardised values and codes of categories, with a state of its own for what is missing."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from reelwise.core.modalities import MetadataColumn

MISSING, ANOTHER = 0, 1
"""Codes within a column of categories; those of its values follow."""

_MOST_SCALES = 10.0
"""Standard deviations from the mean at which a number is clipped, so that one typing error cannot dominate a network;
chosen by reasoning."""

_LONGEST_NUMBER = 64
"""Characters: a float64 in full has 24, so a longer text is no measurement."""


def parse_number(text: str) -> float | None:
    """A finite number, or None for everything else: empty, words, ``nan``, ``inf``.

    Example:
        >>> parse_number(" 1e3 "), parse_number("nan"), parse_number("1,5"), parse_number("")
        (1000.0, None, None, None)
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_NUMBER or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def metadata_arrays(columns: Sequence[MetadataColumn], metadata: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The inputs of a network that come from a video's metadata.

    Args:
        columns: The columns that the model reads, in this order.
        metadata: Text by name of the column; what is empty or left out is missing.

    Returns:
        ``numbers`` float32 (K, 2), standardised value (within ±10) and 1, or 0 and 0 where it is missing or no number;
        ``categories`` int32 (L,) codes into one table, in which each column has ``num_codes`` rows of its own;
        ``metadata_present`` float32 (1,), 1 if any field is there. Kinds without a column are left out; where no field
        is there all is 0.

    Example:
        >>> columns = (MetadataColumn("light", "number", 10.0, 5.0), MetadataColumn("site", "category", values=("a",)))
        >>> arrays = metadata_arrays(columns, {"light": "20", "site": "b"})
        >>> arrays["numbers"].tolist(), arrays["categories"].tolist(), arrays["metadata_present"].tolist()
        ([[2.0, 1.0]], [1], [1.0])
    """
    numbers = [_number(column, metadata.get(column.name, "")) for column in columns if column.kind == "number"]
    codes = [_code(column, metadata.get(column.name, "")) for column in columns if column.kind == "category"]
    present = any(is_present for _, is_present in numbers) or any(code != MISSING for code in codes)
    arrays: dict[str, np.ndarray] = {}
    if numbers:
        arrays["numbers"] = np.array(numbers, np.float32)
    if codes:
        arrays["categories"] = (np.array(codes) + _offsets(columns)).astype(np.int32) * present
    return arrays | {"metadata_present": np.array([present], np.float32)}


def _number(column: MetadataColumn, text: str) -> tuple[float, float]:
    value = parse_number(text)
    if value is None:
        return 0.0, 0.0
    return min(max((value - column.mean) / column.scale, -_MOST_SCALES), _MOST_SCALES), 1.0


def _code(column: MetadataColumn, text: str) -> int:
    text = text.strip()
    if not text:
        return MISSING
    return 2 + column.values.index(text) if text in column.values else ANOTHER


def _offsets(columns: Sequence[MetadataColumn]) -> np.ndarray:
    """Where the rows of each column of categories begin in the table."""
    counts = [column.num_codes for column in columns if column.kind == "category"]
    return np.cumsum([0, *counts[:-1]])
