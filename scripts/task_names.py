"""Refuses comparisons with a task's name outside of src/reelwise/tasks: everything that differs is asked of the task.

Usage: ``.venv/bin/python scripts/task_names.py [PATH …]``, default ``src``. Refused are ``==``, ``!=``, ``in`` and
``match`` with a task's name or object, dictionaries by task name, and ``task ==`` in templates.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HOME = "reelwise/tasks/"
"""The only place that may know the names of tasks."""

_NAME = re.compile(r'^    name(?:: [^=]+)? = "(\w+)"$', re.MULTILINE)
_FILES = sorted((Path(__file__).parents[1] / "src" / HOME).glob("*.py"))
NAMES = {name for file in _FILES for name in _NAME.findall(file.read_text(encoding="utf-8"))}
"""The tasks' names, read from their files: a new task is checked with them. A test compares them with ``all_tasks``."""

_IN_TEMPLATE = re.compile(rf"task(\.name)?\s*(==|!=)|\b({'|'.join(sorted(NAMES))})\b[\"']\s*[:)]")


def main() -> int:
    """Print every comparison below the given paths and count them in the exit status."""
    roots = [Path(name) for name in sys.argv[1:]] or [Path("src")]
    files = sorted(file for root in roots for file in ([root] if root.is_file() else root.rglob("*")))
    breaches = [f"{file}:{line}: compares a task's name; ask the task" for file in files for line in lines_of(file)]
    print("\n".join(breaches) or "tasks: no name is compared outside of reelwise/tasks")
    return int(bool(breaches))


def lines_of(file: Path) -> list[int]:
    """Lines of a file that compare a task's name."""
    if HOME in file.as_posix() or file.suffix not in (".py", ".html"):
        return []
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".html":
        return [number for number, line in enumerate(text.splitlines(), 1) if _IN_TEMPLATE.search(line)]
    return sorted({line for node in ast.walk(ast.parse(text)) for line in _breaches(node)})


def _breaches(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Compare) and any(map(_is_task, [node.left, *node.comparators])):
        yield node.lineno
    if isinstance(node, ast.MatchValue) and _is_task(node.value):
        yield node.lineno
    if isinstance(node, ast.Dict) and sum(key is not None and _is_task(key) for key in node.keys) > 1:
        yield node.lineno


def _is_task(node: ast.expr) -> bool:
    """Whether an expression is a task's name, its object, or a collection with one of them in it."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(_is_task, node.elts))
    if isinstance(node, ast.Attribute):
        return _is_task(node.value) if node.attr == "name" else node.attr.lower() in NAMES and node.attr.isupper()
    if isinstance(node, ast.Name):
        return node.id.isupper() and node.id.lower() in NAMES
    return isinstance(node, ast.Constant) and node.value in NAMES


if __name__ == "__main__":
    sys.exit(main())
