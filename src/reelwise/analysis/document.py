"""analysis.json: an Analysis as text, and text from a stranger as an Analysis."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reelwise.analysis.results import Analysis
from reelwise.core.errors import DataError

SCHEMA = "reelwise/analysis/1"
MAX_BYTES = 256 << 20
"""Of analysis.json: an item takes about 400 bytes, so this holds 600,000."""

_HEAD_BYTES = 64
"""Of analysis.json: the name of its schema comes first."""


def analysis_document(analysis: Analysis) -> dict[str, Any]:
    """The document as plain values, the name of its schema first."""
    return {"schema": SCHEMA} | asdict(analysis)


def analysis_text(analysis: Analysis) -> str:
    """The document as it stands in analysis.json; the same analysis gives the same text."""
    return json.dumps(analysis_document(analysis), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def is_analysis(folder: Path) -> bool:
    """Whether analyze wrote this folder; only the start of its analysis.json is read."""
    try:
        with (folder / "analysis.json").open("rb") as stream:
            return SCHEMA.encode() in stream.read(_HEAD_BYTES)
    except OSError:
        return False


def read_analysis(path: Path) -> Analysis:
    """An analysis.json, checked field by field; a stranger may have written it.

    Args:
        path: The file, or the folder that it lies in.

    Raises:
        DataError: There is none, or it is not what ``analysis_text`` writes.
    """
    file = path / "analysis.json" if path.is_dir() else path
    try:
        if file.stat().st_size > MAX_BYTES:
            raise DataError(f"{file}: is larger than {MAX_BYTES >> 20} MiB.", hint="Analyze the video again.")
        text = file.read_text(encoding="utf-8")
        value = json.loads(text, parse_constant=_finite_number, parse_float=_finite_number)
    except OSError as error:
        hint = "Name a folder that analyze wrote."
        raise DataError(f"{file}: cannot be read ({error.strerror}).", hint=hint) from None
    except (ValueError, RecursionError):
        raise DataError(f"{file}: is not JSON.", hint="Analyze the video again.") from None
    if not isinstance(value, dict) or value.pop("schema", None) != SCHEMA:
        raise DataError(f"{file}: is no document of {SCHEMA}.", hint="Name a folder that analyze wrote.")
    try:
        return TypeAdapter(Analysis).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DataError(f"{file}: {place}: {first['msg']}.", hint="Analyze the video again.") from None


def _finite_number(text: str) -> float:
    """Python's JSON takes NaN, Infinity and 1e999, which no export can write again."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is no number of JSON")
    return value
