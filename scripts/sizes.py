"""Refuses files over 500 lines, functions over 50, nesting over 3 and file names that say nothing."""

import ast
import sys
from pathlib import Path

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 50
MAX_NESTING = 3
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
NESTING_NODES = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)


def main() -> int:
    """Print every breach below the given folders (default src) and count them in the exit status."""
    roots = [Path(name) for name in sys.argv[1:]] or [Path("src")]
    breaches = [line for root in roots for path in sorted(root.rglob("*.py")) for line in breaches_of(path)]
    print("\n".join(breaches) or "sizes: all files and functions within the limits")
    return int(bool(breaches))


def breaches_of(path: Path) -> list[str]:
    """What is too large, too deep or badly named in one file."""
    text = path.read_text(encoding="utf-8")
    found = []
    if (lines := text.count("\n")) > MAX_FILE_LINES:
        found.append(f"{path}: {lines} lines, at most {MAX_FILE_LINES}. Split it by idea.")
    if VAGUE_NAMES & {path.stem, path.parent.name}:
        found.append(f"{path}: a name that says nothing. Name it after its one idea.")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += function_breaches(path, node)
    return found


def function_breaches(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The length of the body without its docstring, and how deep it nests."""
    found = []
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
    if lines > MAX_FUNCTION_LINES:
        found.append(f"{path}:{node.lineno}: {node.name} has {lines} lines, at most {MAX_FUNCTION_LINES}.")
    if (depth := nesting(node)) > MAX_NESTING:
        found.append(f"{path}:{node.lineno}: {node.name} nests {depth} deep, at most {MAX_NESTING}.")
    return found


def nesting(node: ast.AST, depth: int = 0) -> int:
    """The deepest chain of blocks below ``node``; ``elif`` counts with its ``if``, an inner function by itself."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        chained = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        step = int(isinstance(child, NESTING_NODES) and not chained)
        deepest = max(deepest, nesting(child, depth + step))
    return deepest


if __name__ == "__main__":
    sys.exit(main())
