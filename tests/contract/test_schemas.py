"""The JSON Schemas of the package: made from the types, and strict enough to find what is wrong."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PREDICTIONS = {
    "schema": "reelwise/predictions/1",
    "model": {"file": "model.keras"},
    "videos": [
        {"file": "a.mp4", "status": "ok", "error": None, "top": [{"label": "up", "prob": 0.5}], "unsure": False,
         "seconds": 1}
    ],
}  # fmt: skip


def test_the_schemas_are_made_from_the_types():
    done = subprocess.run([sys.executable, "scripts/schemas.py", "--check"], cwd=REPOSITORY, check=False)
    assert done.returncode == 0


def changed(path: tuple[str | int, ...], value: object) -> dict:
    document = copy.deepcopy(PREDICTIONS)
    inner: object = document
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index]
    inner[path[-1]] = value  # type: ignore[index]
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("videos", 0, "status"), "fine"),
        (("videos", 0, "unsure"), 0),
        (("videos", 0, "seconds"), True),
        (("videos", 0, "error"), 3),
        (("videos", 0, "top", 0, "prob"), "0.5"),
        (("videos", 0, "more"), 1),
        (("model",), {}),
        (("videos",), {}),
    ],
)
def test_what_is_wrong_is_found(schema_breaches, path, value):
    assert schema_breaches(PREDICTIONS) == []
    assert schema_breaches(changed(path, value)) != []


def test_documents_of_all_tasks_and_ends_are_accepted(fused_run, schema_breaches):
    assert schema_breaches(fused_run.document) == []
