"""What a run says of recordings that come more than once is so."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from reelwise.core.records import Record
from reelwise.datasets.recordings.same import SameRecording
from reelwise.datasets.splits.plan import SplitPlan
from reelwise.jobs.runs.recordings import joined_names, note_recordings

RECORDS = [Record(f"{i}.mp4", Path(f"{i}.mp4"), "a") for i in range(6)]
PAIRS = [SameRecording((RECORDS[0], RECORDS[1]), exact=True), SameRecording((RECORDS[2], RECORDS[3]), exact=False)]


def notes(split, fold=(), recordings=PAIRS):
    said = []
    plan = SplitPlan(split, fold, tuple(record.name for record in RECORDS), "by video")
    note_recordings(SimpleNamespace(note=said.append), recordings, RECORDS, plan)
    return said


def test_each_on_one_side():
    (text,) = notes(("train", "train", "test", "test", "val", "test"))
    assert "2 recordings come more than once (such as 0.mp4, 1.mp4); each stays on one side" in text


def test_on_both_sides_of_a_given_split():
    (text,) = notes(("train", "train", "train", "test", "val", "test"))
    assert "(such as 2.mp4, 3.mp4); 1 of them stands on both sides of the split" in text
    assert "each stays" not in text


def test_folds_are_sides_too():
    words = ("out_of_fold",) * 6
    assert "each stays" in notes(words, (0, 0, 1, 1, 0, 1))[0]
    assert "2 of them stand on both sides" in notes(words, (0, 1, 1, 0, 0, 1))[0]


def test_nothing_is_said_of_nothing():
    assert not notes(("train",) * 6, recordings=[])


@pytest.mark.parametrize("no_join", [False, True])
def test_joining_can_be_switched_off(no_join):
    assert bool(joined_names(SimpleNamespace(no_join=no_join), PAIRS)) is not no_join
