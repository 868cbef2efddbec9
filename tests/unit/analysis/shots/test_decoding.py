"""Probabilities of frames become transitions with exact borders that never overlap."""

import numpy as np
import pytest

from reelwise.analysis.shots.decoding import MAX_RUN, Calibration, TransitionDecoder
from reelwise.analysis.shots.network import FrameProbabilities

DISSOLVE, FADE_BLACK, FADE_WHITE, WIPE = range(1, 5)


def probabilities(
    num_frames: int, cuts: dict[int, float], runs: list[tuple[int, int, int, float]]
) -> FrameProbabilities:
    """Cuts by frame; runs as start, end, kind and probability."""
    cut = np.full(num_frames, 0.001, np.float32)
    kinds = np.tile(np.array([0.996, 0.001, 0.001, 0.001, 0.001], np.float32), (num_frames, 1))
    for place, probability in cuts.items():
        cut[place] = probability
    for start, end, kind, probability in runs:
        kinds[start:end] = 0
        kinds[start:end, 0] = 1 - probability
        kinds[start:end, kind] = probability
    return FrameProbabilities(cut, kinds)


def decode(frames: FrameProbabilities, *, sensitivity: float | None = None) -> list[tuple[str, int, int]]:
    decoder = TransitionDecoder(Calibration().with_sensitivity(sensitivity))
    return [(one.type, one.start_frame, one.end_frame) for one in decoder.push(frames) + decoder.finish()]


def test_cuts_and_runs_come_in_order_with_their_borders() -> None:
    frames = probabilities(100, {10: 0.9, 11: 0.8, 60: 0.3, 90: 0.99}, [(20, 30, DISSOLVE, 0.9), (40, 55, WIPE, 0.8)])
    expected = [("cut", 10, 10), ("cut", 11, 11), ("dissolve", 20, 30), ("wipe", 40, 55), ("cut", 90, 90)]
    assert decode(frames) == expected


def test_a_short_doubt_does_not_tear_a_transition() -> None:
    frames = probabilities(60, {}, [(10, 18, FADE_BLACK, 0.9), (20, 30, FADE_BLACK, 0.9), (40, 45, WIPE, 0.9)])
    assert decode(frames) == [("fade_black", 10, 30), ("wipe", 40, 45)]


@pytest.mark.parametrize(("cut", "expected"), [(0.7, ("dissolve", 10, 30)), (0.97, ("cut", 20, 20))])
def test_of_a_cut_within_a_transition_the_likelier_stays(cut: float, expected: tuple[str, int, int]) -> None:
    assert decode(probabilities(60, {20: cut}, [(10, 30, DISSOLVE, 0.9)])) == [expected]


def test_the_ends_of_the_video_are_no_boundaries() -> None:
    frames = probabilities(60, {0: 0.99}, [(0, 9, FADE_BLACK, 0.9), (50, 60, FADE_BLACK, 0.9)])
    assert decode(frames) == []


def test_more_sensitivity_finds_more() -> None:
    frames = probabilities(60, {10: 0.1, 20: 0.5, 30: 0.99}, [])
    counts = [len(decode(frames, sensitivity=sensitivity)) for sensitivity in (0.0, 0.4, 0.5, 1.0)]
    assert counts == [1, 1, 2, 3]
    assert decode(frames) == decode(frames, sensitivity=0.5)
    with pytest.raises(ValueError, match="expected 0 to 1"):
        Calibration().with_sensitivity(1.5)


def test_one_frame_at_a_time_gives_the_same_and_gives_each_when_it_is_certain() -> None:
    frames = probabilities(100, {10: 0.9, 25: 0.8}, [(20, 30, DISSOLVE, 0.9), (50, 60, WIPE, 0.8)])
    decoder, given = TransitionDecoder(Calibration()), []
    for place in range(100):
        for one in decoder.push(FrameProbabilities(frames.cut[place : place + 1], frames.kinds[place : place + 1])):
            given.append((place, one.type, one.start_frame, one.end_frame))
    assert given[0] == (10, "cut", 10, 10)
    assert [one[2:] for one in given] == [(10, 10), (20, 30), (50, 60)]
    assert given[2][0] == 62
    assert decoder.finish() == []


def test_a_transition_without_end_is_given_in_pieces() -> None:
    frames = probabilities(400, {}, [(10, 300, DISSOLVE, 0.9)])
    pieces = decode(frames)
    assert pieces == [
        ("dissolve", 10, 10 + MAX_RUN),
        ("dissolve", 10 + MAX_RUN, 10 + 2 * MAX_RUN),
        ("dissolve", 266, 300),
    ]


def test_the_score_is_calibrated() -> None:
    calibration = Calibration(cut=(0.5, 0.0), gradual=(1.0, 0.0, 0.3, 0.5))
    assert calibration.cut_score(0.99) < 0.95
    assert calibration.gradual_score(0.8, 30, 20) > calibration.gradual_score(0.8, 5, 20)
    assert calibration.gradual_score(0.8, 30, 20) > calibration.gradual_score(0.8, 30, 2)
