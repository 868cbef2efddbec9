"""Writes docs/concepts/code-map.md from the first line of every module's docstring; ``--check`` only compares."""

import ast
import sys
from pathlib import Path

SOURCE = Path("src/reelwise")
TARGET = Path("docs/concepts/code-map.md")


def main() -> int:
    """Write the map, or with ``--check`` say whether it is current."""
    text = code_map()
    if "--check" not in sys.argv[1:]:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        print("code map: current")
        return 0
    print(f"{TARGET} is not current. Run: python scripts/codemap.py")
    return 1


def code_map() -> str:
    """The whole map: a heading for each package, a line for each module."""
    lines = ["# Code map", "", "One line per module, made by `python scripts/codemap.py` from the docstrings.", ""]
    for package in sorted({path.parent for path in SOURCE.rglob("*.py")}):
        modules = sorted(package.glob("*.py"), key=lambda path: (path.stem != "__init__", path.stem))
        if not modules:
            continue
        name = ".".join(package.relative_to(SOURCE.parent).parts)
        lines += [f"## `{name}`", ""]
        lines += [f"- `{path.name}`: {first_line(path)}" for path in modules]
        lines.append("")
    return "\n".join(lines)


def first_line(path: Path) -> str:
    """The first line of a module's docstring; a module without one is an error."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not docstring:
        raise SystemExit(f"{path}: no docstring; say in one line what it holds.")
    return docstring.splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
