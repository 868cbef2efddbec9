"""Writes docs/reference/python.md: what ``import reelwise as rw`` offers, from signatures and docstrings.

Signatures are read from the source and not from the objects, so that the page is the same on every version of Python.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import reelwise

SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises|Example|Examples|Source):$")
ROLE = re.compile(r":\w+:`~?([^`]+)`")
HEADINGS = {"Args": "Arguments", "Example": "Example", "Source": "Source"}


def python_page() -> str:
    """The page: functions first, then classes, then errors, each in the order of ``reelwise.__all__``."""
    names = [name for name in reelwise.__all__ if inspect.getdoc(getattr(reelwise, name)) and name[0] != "_"]
    things = {name: getattr(reelwise, name) for name in names}
    errors = [n for n, thing in things.items() if inspect.isclass(thing) and issubclass(thing, Exception)]
    classes = [n for n, thing in things.items() if inspect.isclass(thing) and n not in errors]
    functions = [n for n, thing in things.items() if inspect.isfunction(thing)]
    lines = [
        "# Python",
        "",
        "Made by `scripts/docs` from the docstrings: everything that `import reelwise as rw` offers.",
        "",
    ]
    for title, group in (("Functions", functions), ("Classes", classes), ("Errors", errors)):
        lines += [f"## {title}", ""] if group else []
        for name in group:
            lines += entry(name, things[name])
    return "\n".join(lines).rstrip() + "\n"


def entry(name: str, thing: object) -> list[str]:
    """Heading, signature and docstring of one name; of a class also its public methods and properties."""
    node = definition(thing)
    lines = [f"### `rw.{name}`", ""]
    if not (isinstance(thing, type) and issubclass(thing, Exception)):
        lines += ["```text", *signature(node, f"rw.{name}"), "```", ""]
    lines += markdown(inspect.getdoc(thing) or "")
    for method in public_methods(node):
        lines += ["", f"**`{method.name}`**", "", "```text", *signature(method, f".{method.name}"), "```", ""]
        lines += markdown(inspect.cleandoc(ast.get_docstring(method) or ""))
    return [*lines, ""]


def definition(thing: object) -> ast.FunctionDef | ast.ClassDef:
    """The ``def`` or ``class`` statement that made a thing."""
    source = textwrap.dedent(inspect.getsource(thing))  # pyright: ignore[reportArgumentType]
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)  # noqa: S101
    return node


def public_methods(node: ast.FunctionDef | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Methods and properties of a class without a leading underscore; nothing for a function."""
    for child in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(child, ast.FunctionDef) and not child.name.startswith("_") and ast.get_docstring(child):
            yield child


def signature(node: ast.FunctionDef | ast.ClassDef, name: str) -> list[str]:
    """How it is called, one line per argument where one line would be too long; of a class its annotated fields."""
    if isinstance(node, ast.ClassDef):
        fields = [child for child in node.body if isinstance(child, ast.AnnAssign)]
        arguments = [ast.unparse(field) for field in fields if not ast.unparse(field.target).startswith("_")]
        result = ""
    else:
        is_property = any(ast.unparse(line).endswith("property") for line in node.decorator_list)
        result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        if is_property:
            return [f"{name}{result}"]
        arguments = [text for text in split_arguments(node.args) if text not in ("self", "cls")]
    one_line = f"{name}({', '.join(arguments)}){result}"
    if len(one_line) <= 100:
        return [one_line]
    return [f"{name}(", *(f"    {text}," for text in arguments), f"){result}"]


def split_arguments(arguments: ast.arguments) -> list[str]:
    """Each argument as it is written, with ``*`` and ``/`` where they stand."""
    text = ast.unparse(arguments)
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    return [part for part in [*parts, text[start:].strip()] if part]


def markdown(docstring: str) -> list[str]:
    """A docstring in Google's form as Markdown: arguments as a list, an example as a block."""
    lines: list[str] = []
    section = ""
    for line in ROLE.sub(r"`\1`", docstring).replace("``", "`").splitlines():
        if match := SECTION.match(line):
            lines += [*close(section), f"*{HEADINGS.get(match[1], match[1])}*", ""]
            section = match[1]
            lines += ["```text"] if section.startswith("Example") else []
        elif section and line and not line.startswith(" "):
            lines += [*close(section), line]
            section = ""
        else:
            lines.append(item(line, section))
    while lines and not lines[-1]:
        lines.pop()
    return lines + close(section)[:1]


def close(section: str) -> list[str]:
    """What ends a section: the fence of an example."""
    return ["```", ""] if section.startswith("Example") else []


def item(line: str, section: str) -> str:
    """One line of a section: ``name: text`` becomes a point of a list, lines that go on are indented below it."""
    if section not in ("Args", "Attributes", "Raises"):
        return line.removeprefix("    ") if section else line
    if line.startswith("    ") and not line.startswith("     "):
        name, _, text = line.strip().partition(": ")
        return f"- `{name}`: {text}" if text else f"- {name}"
    return f"  {line.strip()}" if line.strip() else ""
