"""Paths among the options of every command."""

from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.runs import options
from reelwise.jobs.runs.options import TEXTS_OF_PATHS, LocalPaths

LONG = "a" * 300
KINDS = LocalPaths.__subclasses__()
REQUIRED = {"data": "d", "path": Path("p"), "model": Path("m"), "inputs": ("v",), "clip": Path("c")}


def is_path(name: str, annotation: object) -> bool:
    return Path in (annotation, *get_args(annotation)) or name in TEXTS_OF_PATHS


PATHS = [
    (kind, field.name)
    for kind in KINDS
    for field in fields(kind)
    if is_path(field.name, get_type_hints(kind)[field.name])
]


def test_every_command_has_a_path():
    assert {kind.__name__ for kind, _ in PATHS} == {name for name in vars(options) if name.endswith("Options")}


@pytest.mark.parametrize(("kind", "name"), PATHS, ids=[f"{kind.__name__}.{name}" for kind, name in PATHS])
def test_a_name_that_is_too_long_is_blamed_itself(kind, name):
    """And not a file that would lie below it, such as shots.safetensors."""
    given = {field: value for field, value in REQUIRED.items() if field in get_type_hints(kind)}
    as_tuple = str(get_type_hints(kind)[name]).startswith("tuple") or name == "between"
    value = LONG if name in TEXTS_OF_PATHS else Path(LONG)
    with pytest.raises(UsageError, match=rf"^{LONG}: a name in this path is too long") as error:
        kind(**given | {name: (value,) if as_tuple else value})
    assert "shorter name" in error.value.hint
