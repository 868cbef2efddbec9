"""Text lists of frame folders, with and without the number of their pictures."""

import pytest

from reelwise.core.errors import DataError
from reelwise.datasets.lists.frame_counts import without_frame_counts
from reelwise.datasets.lists.text_lines import TextLine
from reelwise.datasets.reading import read_dataset


@pytest.fixture
def root(tmp_path):
    for folder in ("run/clip0", "walk/clip1"):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(8):
            (tmp_path / folder / f"img_{number:05d}.jpg").write_bytes(b"\xff\xd8\xff")
    return tmp_path


@pytest.mark.parametrize(
    "lines",
    [
        "run/clip0 0\nwalk/clip1 1\n",
        "run/clip0 8 0\nwalk/clip1 8 1\n",
        "run/clip0 7 1\nwalk/clip1 7 0\n",
        "run/clip0,8,run\nwalk/clip1,8,walk\n",
        "run/clip0 8 run\nwalk/clip1 8 walk\nwalk/gone 5 walk\n",
    ],
)
def test_a_list_of_raw_frames(root, lines):
    (root / "list.txt").write_text(lines, encoding="utf-8")
    dataset = read_dataset(root / "list.txt")
    assert [(record.file, record.label) for record in dataset.records] == [("run/clip0", "run"), ("walk/clip1", "walk")]
    assert not any(record.segment for record in dataset.records)
    counts = [note for note in dataset.notes if "counts its pictures" in note]
    assert len(counts) == (lines.count(" ") + lines.count(",") > 2)


def test_several_labels_behind_the_count(root):
    (root / "list.txt").write_text("run/clip0 8 0 2\nwalk/clip1 8 1\n", encoding="utf-8")
    assert [record.label for record in read_dataset(root / "list.txt").records] == ["0|2", "1"]


def test_numbers_that_count_nothing_stay(root):
    (root / "list.txt").write_text("run/clip0 3 1\nwalk/clip1 100 0\n", encoding="utf-8")
    with pytest.raises(DataError, match="more than one way"):
        read_dataset(root / "list.txt")
    lines = [TextLine(1, "run/clip0", ("x", "8")), TextLine(2, "walk/clip1", ("3", "8"))]
    assert without_frame_counts(lines, root) == (lines, "")
