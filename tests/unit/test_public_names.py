"""What ``reelwise`` exports: the names for type checkers and those at run time are the same."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import reelwise as rw
from reelwise.core import errors

SOURCE = Path(rw.__file__)
PROJECT = SOURCE.parents[2]


def imports_for_checkers() -> dict[str, set[str]]:
    block = next(node for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {node.module or "": {alias.name for alias in node.names} for node in imports}


def test_checkers_and_the_interpreter_take_each_name_from_the_same_module():
    assert imports_for_checkers() == rw._MODULES
    assert sorted({"__version__"}.union(*rw._MODULES.values())) == rw.__all__ == dir(rw)


def test_every_name_can_be_used():
    for name in rw.__all__:
        assert getattr(rw, name) is not None


def test_every_error_is_exported():
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    assert {kind.__name__ for kind in classes} <= set(rw.__all__)
    assert all(issubclass(kind, rw.ReelwiseError | rw.ReelwiseWarning) for kind in classes)


def test_the_version_is_that_of_pyproject():
    assert rw.__version__ == tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]


def test_the_wheel_says_that_it_is_typed(tmp_path):
    code = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(tmp_path / done.stdout.strip())],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "reelwise/py.typed" in names
