"""The guide on errors quotes errors that the code has: a message that is reworded turns this red."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "errors.md"
SHORTEST_PIECE = 4
"""Characters of a piece between placeholders that is worth looking for: ``s`` alone stands everywhere."""


def texts_of_the_code() -> str:
    """Every string of the package, the pieces of an f-string as one with a placeholder for each value."""
    texts = []
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
            if isinstance(node, ast.JoinedStr):
                pieces = [item.value if isinstance(item, ast.Constant) else "…" for item in node.values]
                texts.append("".join(map(str, pieces)))
    return "\n".join(texts)


def test_every_quoted_error_is_in_the_code() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 20
    texts = texts_of_the_code()
    missing = [
        row for row in rows
        for piece in re.split("…", row)
        if len(piece.strip()) >= SHORTEST_PIECE and piece.strip(" ().") not in texts
    ]  # fmt: skip
    assert missing == []
