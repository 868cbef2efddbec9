"""Refuses names that say nothing to a reader who knows the field (docs/contributing/style.md, "Language").

Usage: ``.venv/bin/python scripts/names.py [PATH …]``, default ``src``. A name is refused where it is bound: variable,
argument, function, class, attribute. Refused are bare participles (``told``, ``known``, ``decoded``: say what it is,
such as ``decoded_frames``) and the homely words that stood for the field's terms (``asked`` for a test set).
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HOMELY = {
    "answer": "prediction, output or logits",
    "answers": "predictions, head outputs or logits",
    "ask": "predict, request or test",
    "gather": "read or load",
    "hear": "encode sound",
    "hearing": "sound encoder",
    "hears": "has_sound",
    "hide": "mask",
    "learn": "train",
    "look": "ablation, style or appearance",
    "looks": "ablations",
    "material": "data set",
    "recipe": "training plan",
    "say": "log",
    "stop_by": "validation",
    "worth": "ablation or gain",
}
"""The house's old words and what the field says instead."""

IRREGULAR = {
    "begun", "bound", "broken", "brought", "built", "chosen", "cut", "done", "drawn", "fed", "felt", "found", "given",
    "gone", "grown", "heard", "held", "hidden", "kept", "known", "laid", "learnt", "left", "lent", "lost", "made",
    "meant", "met", "paid", "put", "read", "said", "seen", "sent", "set", "shown", "spent", "spoken", "stood", "taken",
    "taught", "thought", "thrown", "told", "torn", "understood", "won", "worn", "written",
}  # fmt: skip
"""Past participles that do not end in -ed."""

VERBS_AND_NOUNS = {"read", "set", "cut", "put", "left", "bound", "done", "felt", "met", "thought"}
"""Of these, words that are a verb in the present tense or a noun as well: ``read``, a ``cut``, the ``left`` edge."""

NOT_PARTICIPLES = {
    "bed", "embed", "embedded", "exceed", "expected", "fed", "feed", "indeed", "led", "need", "proceed", "red",
    "reversed", "seed", "shed", "sorted", "speed", "weed",
}  # fmt: skip
"""Words on -ed that are none, and functions of Python."""

DOCUMENT_FIELDS = {"given", "mirrored", "removed", "skipped"}
"""Names that a user knows from files and JSON: ``skipped.csv``, ``skipped`` in ``reelwise/check/1``, ``mirrored`` in
``reelwise/info/1``."""


def main() -> int:
    """Print every refused name below the given paths and count them in the exit status."""
    roots = [Path(name) for name in sys.argv[1:]] or [Path("src")]
    breaches = []
    for path in sorted(file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py"))):
        breaches += [f"{path}:{line}: {name}: {why}" for line, name, why in breaches_of(path)]
    print("\n".join(breaches) or "names: none is refused")
    return int(bool(breaches))


def breaches_of(path: Path) -> list[tuple[int, str, str]]:
    """Line, name and reason of each refused name in a file, once per name."""
    seen: Counter[str] = Counter()
    refused = []
    for line, name in bound_names(ast.parse(path.read_text(encoding="utf-8"))):
        seen[name] += 1
        if seen[name] == 1 and (why := reason_against(name)):
            refused.append((line, name, why))
    return refused


def reason_against(name: str) -> str:
    """Why a name is refused; empty for a good one.

    Example:
        >>> reason_against("told"), reason_against("test_indices"), reason_against("_decoded")
        ('a bare participle: say what it is', '', 'a bare participle: say what it is')
    """
    word = name.strip("_")
    if word in HOMELY:
        return f"the field says {HOMELY[word]}"
    if name in DOCUMENT_FIELDS:
        return ""
    if word in IRREGULAR - VERBS_AND_NOUNS or (word.isalpha() and word.endswith("ed") and word not in NOT_PARTICIPLES):
        return "a bare participle: say what it is"
    return ""


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a file binds, with its line, but for the keys of a TypedDict: those are names in JSON."""
    keys = set(keys_of_typed_dicts(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and (node.lineno, node.id) not in keys:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def keys_of_typed_dicts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of each key of a TypedDict, also of one that extends another of the same file."""
    typed_dicts = {"TypedDict"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and typed_dicts & {
            base.id for base in node.bases if isinstance(base, ast.Name)
        }:
            typed_dicts.add(node.name)
            targets = [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
            yield from ((target.lineno, target.id) for target in targets if isinstance(target, ast.Name))


if __name__ == "__main__":
    sys.exit(main())
