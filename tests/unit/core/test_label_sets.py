"""Sets of labels as text."""

import ast
from pathlib import Path

import pytest

from reelwise.core.label_sets import SEPARATOR, join_labels, split_labels

SOURCES = Path(__file__).parents[3] / "src" / "reelwise"


@pytest.mark.parametrize("labels", [(), ("a",), ("a", "b c", "ö")])
def test_labels_come_back_from_their_cell(labels):
    assert split_labels(join_labels(labels)) == labels


def test_the_separator_is_written_in_one_place():
    """Elsewhere the same character only delimits the cells of a list, and what OpenCV is told about FFmpeg."""
    homes = {
        "core/label_sets.py",
        "datasets/lists/csv_form.py",
        "datasets/lists/text_lines.py",
        "media/readers/opencv_reader.py",
    }
    others = [
        path
        for path in SOURCES.rglob("*.py")
        if path.relative_to(SOURCES).as_posix() not in homes
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == SEPARATOR
    ]
    assert not others
