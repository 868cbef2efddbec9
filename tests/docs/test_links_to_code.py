"""Links from the guides to lines of this code: the line is there and holds what the link names.

``[`name`](path#L12)`` promises that line 12 holds ``name``. REELWISE_UPDATE_GOLDEN=1 puts the right numbers in.
"""

import os
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").rglob("*.md"))]
TO_LINE = re.compile(r"\[`([^`]+)`\]\(([^)#]+)#L(\d+)\)")
TO_FILE = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def line_of(name: str, file: Path) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if name in line]
    assert found, f"{file} does not hold {name!r}"
    return found[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_to_lines(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if os.environ.get("REELWISE_UPDATE_GOLDEN"):
        text = TO_LINE.sub(lambda m: f"[`{m[1]}`]({m[2]}#L{line_of(m[1], page.parent / m[2])})", text)
        page.write_text(text, encoding="utf-8")
    for name, target, number in TO_LINE.findall(text):
        lines = (page.parent / target).read_text(encoding="utf-8").splitlines()
        right = line_of(name, page.parent / target)
        assert name in lines[int(number) - 1], f"{target}: {name} is on line {right}, not {number}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_to_files(page: Path) -> None:
    missing = [
        target for target in TO_FILE.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_learners_guide_links_every_piece() -> None:
    text = (REPOSITORY / "docs" / "guides" / "learn.md").read_text(encoding="utf-8")
    for word in ("Convolution", "Activation", "Dense layer", "Loss", "Gradient descent", "RNN", "LSTM"):
        section = text.split(f"## {word}\n")[1].split("\n## ")[0]
        assert TO_LINE.search(section), word
        assert "$" in section, word
