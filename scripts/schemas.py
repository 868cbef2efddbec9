"""Writes the JSON Schema of each document of the commands from its type; ``--check`` only compares.

A type is a TypedDict, a dataclass that is written as it stands, or for metrics.json the class of each task.

Usage: ``.venv/bin/python scripts/schemas.py [--check]``. The schemas travel in the package: reelwise/schemas/*.json.
"""

import json
import sys
from collections.abc import Collection
from dataclasses import is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from reelwise.analysis.results import Analysis
from reelwise.analysis.similarity.results import Matches
from reelwise.datasets.doctor import findings
from reelwise.jobs import documents
from reelwise.tasks import BaseTask, all_tasks
from reelwise.tasks.metrics import Metrics

TARGET = Path(__file__).parents[1] / "src/reelwise/schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, Any] = {
    "analyses-1": documents.Analyses,
    "analysis-1": Analysis,
    "cache-1": documents.Cache,
    "check-1": findings.CheckReport,
    "demo-1": documents.DemoMetrics,
    "finding-1": documents.Finding,
    "info-1": documents.Info,
    "matches-1": Matches,
    "metrics-1": Metrics,
    "models-1": documents.Models,
    "predictions-1": documents.Predictions,
    "run-1": documents.RunFile,
    "samples-1": documents.Samples,
    "shot-metrics-1": documents.ShotEvaluation,
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
    body = schema_of(kind)
    if is_dataclass(kind):  # its to_json adds the name of the document
        body["properties"] = {"schema": {"enum": [head["$id"]]}} | body["properties"]
        body["required"].insert(0, "schema")
    return json.dumps(head | body, indent=2) + "\n"


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a type: TypedDict, list, dict by text, union, Literal, text, number or None."""
    if kind is Metrics:
        return {"anyOf": [_metrics_of(task) for task in all_tasks()]}
    if is_typeddict(kind) or is_dataclass(kind):
        return _object_of(kind)
    if kind is Any:
        return {}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string"}  # a later version may have kinds that this one does not know
    if kind in NAMES:
        return {"type": NAMES[kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (list, tuple):
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (UnionType, Union):
        return {"anyOf": [schema_of(member) for member in arguments]}
    raise TypeError(f"no JSON Schema for {kind}")


def _metrics_of(task: BaseTask) -> dict[str, Any]:
    """The schema of one task's metrics.json."""
    document = _object_of(task.metrics_type, task.metrics_type.optional_fields)
    document["properties"]["task"] = {"enum": [task.name]}
    return document


def _object_of(kind: Any, optional: Collection[str] = ()) -> dict[str, Any]:
    """The schema of a class with typed fields; the first paragraphs of its docstring describe it."""
    hints = get_type_hints(kind, include_extras=True)
    description = (kind.__doc__ or "").split("\n\n    Args:")[0]
    types = {name: item for name, item in hints.items() if get_origin(item) is not ClassVar}
    plain = {name: get_args(item)[0] if get_origin(item) is NotRequired else item for name, item in types.items()}
    return {
        "type": "object",
        "description": " ".join(description.split()),
        "properties": {name: schema_of(item) for name, item in plain.items()},
        "required": [
            name for name, item in types.items() if get_origin(item) is not NotRequired and name not in optional
        ],
        "additionalProperties": False,
    }


if __name__ == "__main__":
    sys.exit(main())
