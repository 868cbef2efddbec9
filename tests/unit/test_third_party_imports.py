"""What reelwise imports from outside: core numpy alone, all packages together what pyproject.toml declares."""

import ast
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "reelwise"
IMPORT_NAMES = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "scikit-learn": "sklearn",
    "tensorflow-cpu": "tensorflow",
}
# The one module of core that chooses and starts Keras, and limits its threads.
STARTS_KERAS = SOURCE / "core" / "backend.py"


def imported_packages(path: Path) -> set[str]:
    return packages_of(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def packages_of(nodes: Iterable[ast.AST]) -> set[str]:
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"reelwise"}


def declared_packages() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    names = {line.split(";")[0].split(">")[0].split("=")[0].strip() for line in lines}
    return {IMPORT_NAMES.get(name, name) for name in names}


def test_every_import_is_a_declared_dependency():
    allowed = declared_packages()
    undeclared = {path.name: imported_packages(path) - allowed for path in SOURCE.rglob("*.py")}
    assert {name: packages for name, packages in undeclared.items() if packages} == {}


def imported_at_once(path: Path) -> set[str]:
    """What reading a module imports: statements outside of functions, and not for the types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return packages_of(statements)


def test_every_module_can_be_read_where_one_back_end_alone_is_installed():
    backends = {"tensorflow", "jax", "torch"}
    at_once = {path.name: imported_at_once(path) & backends for path in SOURCE.rglob("*.py")}
    assert {name: packages for name, packages in at_once.items() if packages} == {}


def test_core_imports_numpy_and_the_standard_library():
    others = {path: imported_packages(path) - {"numpy"} for path in SOURCE.glob("core/**/*.py")}
    assert {path for path, packages in others.items() if packages} <= {STARTS_KERAS}


def test_an_import_of_something_else_is_seen(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("import json\nimport aiohttp.web\nfrom reelwise.core import clip\nfrom pandas import DataFrame\n")
    assert imported_packages(module) == {"aiohttp", "pandas"}
