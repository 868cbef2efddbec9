"""No code reads a fact back out of a sentence that this house wrote itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src" / "reelwise"
READERS = {
    "startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit", "find",
    "rfind", "index", "match", "search", "fullmatch", "findall", "finditer", "compile", "sub",
}  # fmt: skip
"""Methods of text and functions of ``re`` that look into a text."""

SENTENCES = {
    "message", "reason", "hint", "notes", "warnings", "suggestion", "verdict", "method", "not_read", "sentence",
    "group_source",
}  # fmt: skip
"""Attributes, variables and JSON fields that hold sentences for people."""

STRANGERS = {
    "media/workers/worker_process.py": "names of the limits that the system holds a worker to",
    "core/errors.py": "takes the name of a file, which the caller knows, from the front of a message",
}
"""Files that look into a text of this house, and why they may."""


def looks_into(tree: ast.AST) -> Iterator[tuple[int, ast.expr, list[ast.Constant]]]:
    """Line, the text that is looked into, and the literals that are looked for in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READERS:
            yield node.lineno, node.func.value, [text for argument in node.args for text in literals(argument)]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn) and literals(node.left):
            yield node.lineno, node.comparators[0], literals(node.left)


def literals(node: ast.AST) -> list[ast.Constant]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def holds_a_sentence(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in SENTENCES
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in SENTENCES


def sentences_of(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text with a blank in it that is no docstring: what might be printed."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    yield from (node for node in literals(tree) if id(node) not in docstrings and " " in node.value.strip())


def is_of_a_sentence(word: ast.Constant, sentences: list[ast.Constant]) -> bool:
    """Whether a sentence of ours holds the plain words of a regular expression, or of a beginning."""
    runs = [run for run in re.findall(r"[A-Za-z]+(?: [A-Za-z]+)+ ?", word.value) if len(run) > 4]
    return any(run in other.value and other is not word for run in runs for other in sentences)


def breaches(trees: dict[str, ast.AST]) -> list[str]:
    sentences = [constant for tree in trees.values() for constant in sentences_of(tree)]
    lines = []
    for name, tree in trees.items():
        for line, text, words in looks_into(tree):
            if holds_a_sentence(text):
                lines.append(f"{name}:{line}: looks into a sentence")
            own_words = [word for word in words if is_of_a_sentence(word, sentences)]
            lines += [f"{name}:{line}: looks for {word.value!r}, which a sentence of ours holds" for word in own_words]
    return [breach for breach in lines if breach.partition(":")[0] not in STRANGERS]


def test_no_code_looks_into_our_sentences():
    trees = {path.relative_to(SOURCES).as_posix(): ast.parse(path.read_text()) for path in SOURCES.rglob("*.py")}
    assert "\n".join(breaches(trees)) == ""


@pytest.mark.parametrize(
    "code",
    [
        "kind = error.message.split(': ')[0]",
        "kind = report['not_read'].startswith('a')",
        "def text(n): return f'groups come from {n}'\nname = line.removeprefix('groups come from ')",
        "import re\ndef text(n): return f'the column {n!r}'\nname = re.search(r\"the column '(.*)'$\", line)",
        "TEXT = 'split folders of class folders'\nis_folders = 'class folders' in layout",
        "is_odd = 'truncated' in self.warnings",
    ],
)
def test_the_check_sees_each_way_of_doing_it(code):
    assert breaches({"a.py": ast.parse(code)})
