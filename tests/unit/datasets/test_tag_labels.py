"""Labels from the tags of real files."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.datasets.reading import read_dataset
from reelwise.media.writer import Encoding, write_video


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
