"""Labels from the tags of real files."""

from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.datasets.labels.tag_labels import add_tags
from reelwise.datasets.lists.records_from_rows import Rules
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.reading import read_dataset
from reelwise.media.writers.writer import Encoding, write_video


@pytest.fixture
def clips(tmp_path):
    frames = np.zeros((4, 32, 32, 3), np.uint8)
    folder = tmp_path / "clips"
    folder.mkdir()
    for i, title in enumerate(("dog", "cat", "dog", "")):
        tags = (("title", title),) if title else ()
        write_video(folder / f"{i}.mp4", frames + i, Fraction(10), encoding=Encoding(tags=tags))
    (folder / "4.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(40))
    return folder


def test_labels_from_titles(clips):
    dataset = read_dataset(clips, label_from="tags.title")
    assert [record.label for record in dataset.records] == ["dog", "cat", "dog"]
    assert dataset.label_column == "tags.title"
    reasons = {item.file: item.reason for item in dataset.skipped}
    assert reasons["3.mp4"] == "no label"
    assert "no label" not in reasons["4.mp4"]
    assert "tags.title" not in dataset.records[0].metadata


def test_a_list_may_lack_the_column(clips):
    (clips / "list.csv").write_text("file,site\n0.mp4,a\n1.mp4,b\n2.mp4,\n")
    dataset = read_dataset(clips / "list.csv", label_from="tags.title")
    assert [record.label for record in dataset.records] == ["dog", "cat", "dog"]
    assert dataset.records[0].metadata["site"] == "a"


def test_no_such_tag(clips):
    with pytest.raises(UsageError, match=r"no column .tags\.nope"):
        read_dataset(clips, label_from="tags.nope")


def test_a_list_inside_a_folder_leads_to_no_other_file(clips, tmp_path):
    (tmp_path / "away.mp4").write_bytes((clips / "0.mp4").read_bytes())
    (clips / "labels.csv").write_text("file\n0.mp4\n1.mp4\n../away.mp4\n")
    dataset = read_dataset(clips, label_from="tags.title")
    assert [record.file for record in dataset.records] == ["0.mp4", "1.mp4"]
    assert dataset.skipped[0].reason.endswith("leaves the data folder")


class Opened:
    """A pool that writes down what it is asked to open."""

    paths: ClassVar[list[Path]] = []

    def __init__(self, num_workers):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def run(self, tasks):
        self.paths.extend(task.path for task in tasks)
        return iter(())


def test_a_file_that_may_not_be_used_is_not_opened(tmp_path):
    for name in ("data/0.mp4", "away.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    rows = [Row(name, tmp_path / "data") for name in ("0.mp4", "../away.mp4", "missing.mp4")]
    kept, lost = add_tags(rows, Rules(tmp_path / "data", is_confined=True), Opened)
    assert (len(kept), lost) == (3, [])
    assert Opened.paths == [tmp_path / "data" / "0.mp4"]
