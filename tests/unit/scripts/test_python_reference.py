"""The Python reference: signatures as they are written, docstrings as Markdown."""

import ast


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
