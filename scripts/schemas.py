"""Writes the JSON Schema of each document of the commands from its type; ``--check`` only compares.

Usage: ``.venv/bin/python scripts/schemas.py [--check]``. The schemas travel in the package: reelwise/schemas/*.json.
"""

import json
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from reelwise.jobs import documents, metrics_documents

TARGET = Path(__file__).parents[1] / "src/reelwise/schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, Any] = {
    "cache-1": documents.Cache,
    "check-1": documents.Check,
    "info-1": documents.Info,
    "metrics-1": metrics_documents.ClassificationMetrics
    | metrics_documents.MultilabelMetrics
    | metrics_documents.RegressionMetrics,
    "models-1": documents.Models,
    "predictions-1": documents.Predictions,
    "run-1": documents.RunFile,
}
"""File name to type; the number is that of the field ``schema``."""
NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}


def main() -> int:
    """Write the schemas, or with ``--check`` say which are not current."""
    texts = {TARGET / f"{name}.json": text_of(name, kind) for name, kind in DOCUMENTS.items()}
    if "--check" not in sys.argv[1:]:
        TARGET.mkdir(exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{path.name} is not current. Run: .venv/bin/python scripts/schemas.py")
    return int(bool(stale))


def text_of(name: str, kind: Any) -> str:
    """The schema of one document as it stands in its file."""
    head = {"$schema": DIALECT, "$id": f"reelwise/{name.replace('-', '/')}", "title": name}
    return json.dumps(head | schema_of(kind), indent=2) + "\n"


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a type: TypedDict, list, dict by text, union, Literal, text, number or None."""
    if is_typeddict(kind):
        return _object_of(kind)
    if kind is Any:
        return {}
    if kind in NAMES:
        return {"type": NAMES[kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is UnionType:
        return {"anyOf": [schema_of(member) for member in arguments]}
    raise TypeError(f"no JSON Schema for {kind}")


def _object_of(kind: Any) -> dict[str, Any]:
    types = get_type_hints(kind, include_extras=True)
    plain = {name: get_args(item)[0] if get_origin(item) is NotRequired else item for name, item in types.items()}
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": {name: schema_of(item) for name, item in plain.items()},
        "required": [name for name, item in types.items() if get_origin(item) is not NotRequired],
        "additionalProperties": False,
    }


if __name__ == "__main__":
    sys.exit(main())
