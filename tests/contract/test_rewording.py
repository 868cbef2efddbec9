"""Another wording of every sentence about data changes no split, no group, no label and no finding."""

import csv
from dataclasses import replace

import pytest

from reelwise.cache import frames_entry
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.video import VideoWarning, facts_from_json
from reelwise.datasets.doctor.check import check
from reelwise.datasets.labels import groups
from reelwise.datasets.lists import folders
from reelwise.datasets.lists.rows import Layout
from reelwise.datasets.metadata import rules
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.splits.plan import plan_splits
from reelwise.media.synthetic.sets import write_motion_set

LOOK = DecodeSettings(size=32)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Class folders with a list of persons and of what tells the label, and one damaged video."""
    root = tmp_path_factory.mktemp("reworded")
    write_motion_set(root / "clips", 12, 0)
    (root / "clips" / "labels.csv").unlink()
    files = sorted((root / "clips").rglob("*.mp4"))
    files[0].write_bytes(files[0].read_bytes()[: files[0].stat().st_size * 2 // 3])
    with (root / "clips" / "metadata.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["file_name", "person", "class_id", "width", "camera"])
        for place, path in enumerate(files):
            name = path.relative_to(root / "clips").as_posix()
            rows.writerow([name, f"p{place % 4}", path.parent.name, 320 + place, "one"])
    return root / "clips"


def numbers_of(data, cache):
    """All that a job decides by, without a sentence."""
    dataset = read_dataset(data, strict=False)
    plan = plan_splits(dataset, seed=3)
    report = check(dataset, cache, LOOK)
    return {
        "split": plan.split,
        "groups": [record.group for record in dataset.records],
        "reserved": dataset.reserved_columns,
        "flags": [(item["flag"], item["in_use"]) for item in report.label_candidates],
        "not_read": [(item["name"], item["not_read_kind"]) for item in report.metadata],
        "findings": [(finding.kind, finding.severity, finding.files) for finding in report.findings],
    }


def test_nothing_but_the_sentences_changes(data, tmp_path, monkeypatch):
    before = numbers_of(data, FrameCache(tmp_path / "cache"))
    assert before["reserved"] == ("person",)
    assert "file_fact" in dict(before["not_read"]).values()
    assert {"metadata_tells_label", "odd_file"} <= {kind for kind, _, _ in before["findings"]}
    monkeypatch.setattr(groups.GroupSource, "text", property(lambda self: "Gruppen: keine Angabe"))
    monkeypatch.setattr(rules, "NOT_READ_TEXTS", {kind: f"Grund {number}" for number, kind in enumerate(rules.NotRead)})
    for name in ("message", "suggestion"):
        monkeypatch.setattr(rules.Giveaway, name, property(lambda self: "Eine Spalte verrät es"))
    monkeypatch.setattr(folders, "Layout", lambda text, has_classes=False: Layout("Ordner", has_classes))
    monkeypatch.setattr(frames_entry, "facts_from_json", reworded_facts)
    assert numbers_of(data, FrameCache(tmp_path / "cache")) == before


def reworded_facts(value):
    facts = facts_from_json(value)
    warnings = tuple(VideoWarning(warning.kind, f"Hinweis {place}") for place, warning in enumerate(facts.warnings))
    return replace(facts, warnings=warnings)
