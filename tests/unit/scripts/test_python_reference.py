"""The Python reference: signatures as they are written, docstrings as Markdown."""

import ast
import re
from pathlib import Path


def test_arguments_are_split_at_the_outer_commas(load_script):
    node = ast.parse("def f(a: dict[str, int], *, b: tuple[int, int]=(1, 2), **c): pass").body[0]
    parts = load_script("python_reference").split_arguments(node.args)
    assert parts == ["a: dict[str, int]", "*", "b: tuple[int, int] = (1, 2)", "**c"]


def test_a_docstring_becomes_markdown(load_script):
    docstring = (
        "What you get.\n\nWhy ``it`` is so.\n\nArgs:\n    name: First.\n        Goes on.\n    other: Second.\n\n"
        "Returns:\n    A :class:`reelwise.Run`.\n\nExample:\n    >>> 1 + 1\n    2\n"
    )
    assert load_script("python_reference").markdown(docstring) == [
        "What you get.",
        "",
        "Why `it` is so.",
        "",
        "*Arguments*",
        "",
        "- `name`: First.",
        "  Goes on.",
        "- `other`: Second.",
        "",
        "*Returns*",
        "",
        "A `reelwise.Run`.",
        "",
        "*Example*",
        "",
        "```text",
        ">>> 1 + 1",
        "2",
        "```",
    ]


def test_every_public_name_stands_on_the_page(load_script):
    import reelwise

    page = load_script("python_reference").python_page()
    values = {name for name in reelwise.__all__ if name.startswith("_")}
    assert [name for name in reelwise.__all__ if name not in values and f"### `rw.{name}`" not in page] == []


def test_every_command_that_the_page_names_has_its_flags_there(load_script):
    page = load_script("python_reference").python_page()
    commands = (Path(__file__).parents[3] / "docs/reference/commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", commands, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\[`(.+?)`\]\(commands\.md#(.+?)\)", page)
    assert {"reelwise-evaluate", "reelwise-train"} <= {anchor for _, anchor in links}
    assert [anchor for _, anchor in links if anchor not in anchors] == []
    assert [name for name, anchor in links if name.replace(" ", "-") != anchor] == []
