"""Writes docs/reference/python.md: what ``import reelwise as rw`` offers, from signatures and docstrings.

Everything is read from the source and nothing is imported, so the page needs no Keras and is the same on every Python.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
SECTION = re.compile(r"^(Args|Attributes|Returns|Yields|Raises|Example|Examples|Source):$")
ROLE = re.compile(r":\w+:`~?([^`]+)`")
MAX_SIGNATURE = 100
COMMANDS = {"EvaluateShots": "evaluate", "TrainShots": "train"}
"""Commands by the name of their options, where that is another."""
"""Columns; a longer signature gets a line for each argument."""

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign


def python_page() -> str:
    """The page: functions first, then classes, then errors, each in the order of ``reelwise.__all__``."""
    nodes = {name: node for name in public_names() if (node := definition("reelwise", name))}
    classes = [name for name, node in nodes.items() if isinstance(node, ast.ClassDef)]
    functions = [name for name, node in nodes.items() if isinstance(node, ast.FunctionDef)]
    types = [name for name, node in nodes.items() if isinstance(node, ast.Assign)]
    errors = [name for name in classes if is_error(nodes[name])]
    lines = [
        "# Python",
        "",
        "Made by `scripts/docs` from the docstrings: everything that `import reelwise as rw` offers.",
        "",
    ]
    groups = {"Functions": functions, "Classes": [name for name in classes if name not in errors], "Types": types}
    groups["Errors"] = errors
    for title, group in groups.items():
        lines += [f"## {title}", ""] if group else []
        for name in group:
            lines += entry(name, nodes[name])
    return "\n".join(lines).rstrip() + "\n"


def public_names() -> list[str]:
    """``__all__`` of the package, without what begins with an underscore."""
    for node in module_tree("reelwise").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [name for name in ast.literal_eval(node.value) if not name.startswith("_")]
    raise SystemExit("src/reelwise/__init__.py has no __all__.")


def module_tree(module: str) -> ast.Module:
    """The source of a module or a package."""
    path = SOURCE.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def definition(module: str, name: str) -> Definition | None:
    """The statement that makes a name, wherever its module has it from; None if there is none in the source."""
    for node in ast.walk(module_tree(module)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return node
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("reelwise"):
            origin = next((alias.name for alias in node.names if (alias.asname or alias.name) == name), None)
            if origin:
                return definition(node.module, origin)
    return None


def entry(name: str, node: Definition) -> list[str]:
    """Heading, signature and docstring of one name; of a class also its public methods and properties."""
    lines = [f"### `rw.{name}`", ""]
    if isinstance(node, ast.Assign):
        return [*lines, "```text", f"rw.{name} = {ast.unparse(node.value)}", "```", ""]
    if not is_error(node):
        lines += ["```text", *signature(node, f"rw.{name}"), "```", ""]
    lines += markdown(ast.get_docstring(node) or "")
    if keywords := re.search(r"Unpack\[(\w+)Keywords\]", "\n".join(lines)):
        verb = COMMANDS.get(keywords[1], keywords[1].lower())
        lines += [
            "",
            f"`**options` are the flags of [`reelwise {verb}`](commands.md#reelwise-{verb}), with `_` for `-`.",
        ]
    for method in public_methods(node):
        lines += ["", f"**`{method.name}`**", "", "```text", *signature(method, f".{method.name}"), "```", ""]
        lines += markdown(ast.get_docstring(method) or "")
    return [*lines, ""]


def is_error(node: Definition) -> bool:
    """Whether a class is an exception, by the names of its bases."""
    bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
    return any(base.endswith(("Error", "Exception", "KeyboardInterrupt")) for base in bases)


def public_methods(node: Definition) -> Iterator[ast.FunctionDef]:
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
        result = " -> " + ast.unparse(node.returns).strip("'") if node.returns else ""
        if is_property:
            return [f"{name}{result}"]
        arguments = [text for text in split_arguments(node.args) if text not in ("self", "cls")]
    one_line = f"{name}({', '.join(arguments)}){result}"
    if len(one_line) <= MAX_SIGNATURE:
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
    parts.append(text[start:].strip())
    # As formatters write it: "a: int = 1", but "a=1".
    return [part.replace("=", " = ", 1) if ": " in part else part for part in parts if part]


def markdown(docstring: str) -> list[str]:
    """A docstring in Google's form as Markdown: arguments as a list, an example as a block."""
    lines: list[str] = []
    section = ""
    for line in ROLE.sub(r"`\1`", docstring).replace("``", "`").splitlines():
        if match := SECTION.match(line):
            lines += [*close(section), f"*{'Arguments' if match[1] == 'Args' else match[1]}*", ""]
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
