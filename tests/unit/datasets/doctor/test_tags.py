"""Tags of files among the metadata of a data set."""

from fractions import Fraction
from pathlib import Path

from reelwise.core.records import Record
from reelwise.core.video import VideoFacts
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.tags import with_tags
from reelwise.datasets.lists.rows import Layout

FACTS = VideoFacts(30, 64, 48, 1.25, Fraction(24), False, 0, "h264", "mov", None, {"title": "A dog"})


def test_a_value_of_the_list_wins_over_a_tag():
    metadata = {"a": {"tags.title": "B"}, "b": {}, "c": {}}
    records = tuple(Record(name, Path(name), "x", metadata=values) for name, values in metadata.items())
    dataset = with_tags(Dataset(Path(), records, ("x",), Layout("test")), {"a": FACTS, "b": FACTS})
    assert [record.metadata for record in dataset.records] == [{"tags.title": "B"}, {"tags.title": "A dog"}, {}]
