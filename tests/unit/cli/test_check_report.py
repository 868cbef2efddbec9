"""The doctor's report fits a narrow terminal, whatever the metadata."""

import pytest

from reelwise.cli.check_report import print_report

LONG = "a value that goes on and on and [bold]on"


def report(**changes):
    column = {"kind": "category", "num_given": 20, "num_missing": 4, "lowest": None, "highest": None, "not_read": "",
              "not_read_kind": ""}  # fmt: skip
    metadata = [
        {**column, "name": "site", "num_values": 2, "examples": ["north", "south"]},
        {**column, "name": "com.apple.quicktime.location.name", "num_values": 9, "examples": [LONG] * 5},
        {
            **column,
            "name": "light",
            "kind": "number",
            "num_values": 20,
            "examples": [],
            "lowest": -1e30,
            "highest": 0.1,
        },
        {
            **column,
            "name": "tags.encoder",
            "num_values": 1,
            "examples": ["x"],
            "not_read": "the same everywhere",
            "not_read_kind": "constant",
        },
    ]
    candidates = [
        {"flag": "", "in_use": True, "task": "classification", "num_labels": 2, "examples": ["a", "b"]},
        {"flag": '--label-from "{label}_{second}_{third}"', "in_use": False, "task": "multilabel", "num_labels": 12,
         "examples": [LONG, "b"]},
    ]  # fmt: skip
    value = {
        "labels": {"walk": 12, LONG: 8}, "num_usable": 20, "num_videos": 24, "layout": "class folders",
        "task": "classification", "target": None, "sound": {"with": 15, "without": 5, "usable": 14},
        "groups": {"source": "not read", "count": 4, "kind": "column", "place": "the column 'person'"},
        "notes": ["a note"],
        "metadata": metadata, "label_candidates": candidates,
        "findings": [{"severity": "info", "files": ["a"] * 9, "message": "A message.", "suggestion": "Do."}],
    }  # fmt: skip
    return value | changes


@pytest.mark.parametrize("width", [60, 100])
def test_it_fits(width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    print_report(report())
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= width
    assert "15 of 20 videos have a track, 14 of them usable" in " ".join(text.split())
    assert "tags.encoder (the same everywhere)" in " ".join(text.split())
    assert "[bold]" in text.replace("\n", "")
    assert "north, south" in text
    assert "groups: the column 'person'" in text


def test_values_that_are_not_shown_are_counted(capsys):
    patients = {"name": "patient", "kind": "category", "num_given": 40, "num_missing": 0, "num_values": 19,
                "examples": ["p0", "p1", "p2", "p3", "p4"], "not_read": "", "not_read_kind": ""}  # fmt: skip
    print_report(report(metadata=[patients], label_candidates=[]))
    assert "p0, p1, p2, p3, p4 and 14 more" in capsys.readouterr().out


def test_a_fact_of_the_file_is_only_named_whatever_its_reason_says(capsys):
    size = {"name": "width", "kind": "number", "num_given": 20, "num_missing": 0, "num_values": 3, "examples": [],
            "lowest": 320.0, "highest": 640.0, "not_read": "reworded", "not_read_kind": "file_fact"}  # fmt: skip
    print_report(report(metadata=[size]))
    text = capsys.readouterr().out
    assert "320 to 640" not in text
    assert "width (reworded)" in " ".join(text.split())


def test_numbers_and_nothing_else(capsys):
    target = {"name": "speed", "min": 0.5, "median": 2.0, "max": 1e6}
    print_report(report(task="regression", target=target, labels={}, metadata=[], label_candidates=[], findings=[]))
    text = capsys.readouterr().out
    assert "1e+06" in text
    assert "a number per video" in text
    assert "Metadata" not in text
    assert "Nothing wrong was found." in text
