"""Segments from a measure per frame."""

import pytest
from frame_views import PictureLedger

from reelwise.analysis.analyzer import Finding, Setup
from reelwise.analysis.runs import RunFinder, RunRule


def segments(measures: list[float | None], rate: float = 10, **rule) -> list[Finding]:
    ledger = PictureLedger()
    settings = {"enter": 5, "leave": 3, "least_seconds": 0.3, "unknown_seconds": 0.5} | rule
    finder = RunFinder(RunRule("bright", **settings), Setup((9, 16), keep_picture=ledger.keep))
    findings = []
    for frame, measure in enumerate(measures):
        ledger.newest = frame
        findings.append(finder.push(frame, frame / rate, measure, values={"level": measure or 0.0}))
    findings.append(finder.end(len(measures) - 1, len(measures) / rate))
    return [one for one in findings if one]


def spans(*args, **rule) -> list[tuple[int, int]]:
    return [(one.start_frame, one.end_frame) for one in segments(*args, **rule)]


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ([0, 6, 6, 6, 0], [(1, 4)]),
        ([0, 4, 6, 4, 0], [(1, 4)]),
        ([0, 4, 4, 4, 0], []),
        ([0, 6, 6, 0], []),
        ([6, 6, 6], [(0, 3)]),
        ([6, None, 6, 0], [(0, 3)]),
        ([6, 6, 6, None, None, 0], [(0, 3)]),
        ([6, None, None, None, None, None, None, 6], []),
        ([6, 6, 6, 0, 6, 6, 6], [(0, 3), (4, 7)]),
        ([None, None, None], []),
    ],
)
def test_where_segments_lie(measures, expected):
    assert spans(measures) == expected


def test_a_short_gap_does_not_cut():
    measures = [6, 6, 0, 6, 6, 0, 0, 6]
    assert spans(measures, gap_seconds=0.2) == [(0, 5)]
    assert spans([6, None, 0, 6], gap_seconds=0.11, least_seconds=0.0) == [(0, 1), (3, 4)], "unknown and gap add up"


def test_unknown_frames_count_for_nothing():
    assert spans([6, None, None, 6], least_frames=3) == []
    assert spans([6, 6, None, 6], least_frames=3) == [(0, 4)]


def test_a_segment_has_means_and_a_picture_inside():
    (one,) = segments([0, 4, 6, 8, 0])
    assert one.values == {"level": 6}
    assert one.picture_frame in range(1, 4)


@pytest.mark.parametrize("length", [3, 100, 2000])
def test_a_long_segment_has_a_picture_near_its_start(length):
    (one,) = segments([6.0] * length)
    assert one.picture_frame in range(4)


def test_a_segment_that_is_certain_late_has_a_picture_that_still_waits():
    (one,) = segments([6.0] * 1000, rate=240, least_seconds=3.0)
    assert one.picture_frame in range(1000)
