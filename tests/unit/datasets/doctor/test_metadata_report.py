"""What the doctor says of metadata, labels of every kind, and sound."""

import json
from pathlib import Path

import pytest

from reelwise.cache.fill import SoundFill
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.modalities import SoundInput
from reelwise.core.records import Record
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.doctor.check import check
from reelwise.datasets.labels.groups import of_column
from reelwise.datasets.labels.tasks import labels_of
from reelwise.datasets.lists.rows import Layout


class Deaf(FrameCache):
    """Finds no usable sound in files of which the last digit of the name is 4."""

    def fill_sound(self, records, sound, **options):
        assert isinstance(sound, SoundInput)
        missing = {r.name: "a silent sound track: no sample is over -80 dB." for r in records if r.file[-1] == "4"}
        return SoundFill(0, len(records), missing, 0.1)


@pytest.fixture
def examine(tmp_path, pool, make_file):
    """Reports on (label, metadata) pairs."""

    def run(rows, task="classification", column="", group_column=""):
        records = []
        for i, (label, metadata) in enumerate(rows):
            path = make_file(f"{i:03d}", f"{i}".encode() * (i + 3)).path
            records.append(Record(f"{i:03d}", path, label, metadata=metadata, group=metadata.get(group_column)))
        found = tuple(records)
        labels = labels_of(found, task, column)
        dataset = Dataset(
            Path(tmp_path / "data"), found, labels, Layout("list x.csv"), of_column(group_column),
            task=task, label_column=column,
        )  # fmt: skip
        return check(dataset, Deaf(tmp_path / "cache", make_pool=pool), DecodeSettings(size=16))

    return run


def kinds(report):
    return {finding.kind: finding for finding in report.findings}


def test_columns_and_the_label_among_them(examine):
    rows = [("ab"[i % 2], {"light": f"{i / 3:.1f}", "class_id": str(i % 2), "person": f"p{i % 5}"}) for i in range(20)]
    report = examine(rows, group_column="person")
    document = json.loads(json.dumps(report.to_json()))
    found = {item["name"]: item for item in document["metadata"]}
    assert (found["light"]["kind"], found["light"]["lowest"], found["light"]["highest"]) == ("number", 0, 6.3)
    assert found["person"]["not_read"] == "says which videos belong together"
    assert found["tags.title"]["not_read"] == "the same everywhere"
    assert (found["person"]["not_read_kind"], found["light"]["not_read_kind"]) == ("group", "")
    assert "container.width" not in found
    assert "'class_id' tells the label" in kinds(report)["metadata_tells_label"].message
    assert document["label_candidates"][0]["in_use"]
    assert document["task"] == "classification"


def test_a_column_that_goes_with_the_label_is_good_to_know(examine):
    report = examine([("ab"[i % 2], {"site": "xyzw"[i % 4], "light": str(i)}) for i in range(20)])
    found = kinds(report)["metadata_tells_label"]
    assert (found.severity, "'site'" in found.message) == ("info", True)


def test_sets_of_labels(examine):
    report = examine([("a|b" if i % 3 else "|", {}) for i in range(18)], task="multilabel")
    assert report.labels == {"a": 12, "b": 12}
    assert "no_label" not in kinds(report)
    assert "one_label" not in kinds(report)


def test_numbers_and_one_that_is_far_away(examine):
    report = examine([(f"{i / 10}", {}) for i in range(40)] + [("900", {})], task="regression", column="speed")
    assert report.labels == {}
    assert report.target == {"name": "speed", "min": 0.0, "median": 2.0, "max": 900.0}
    assert kinds(report)["far_number"].files == ("040",)
    assert not {"few_videos", "imbalance", "label_typo", "no_split"} & set(kinds(report))
    assert "by value" in report.splits["method"]


def test_a_label_that_is_missing_points_to_a_column(examine):
    report = examine([("", {"verb": "xy"[i % 2]}) for i in range(8)])
    assert kinds(report)["no_label"].suggestion.startswith("Add --label-from verb")


def test_usable_sound(examine):
    # The pool's files have a track when their length is odd.
    report = examine([("ab"[i % 2], {}) for i in range(20)])
    silent = kinds(report)["unusable_sound"]
    assert report.sound["usable"] == report.sound["with"] - len(silent.files)
    assert silent.message == "004 has a silent sound track: no sample is over -80 dB."
