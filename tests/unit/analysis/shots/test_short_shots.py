"""Which boundaries a least length of shots leaves out, and when the others are given."""

from reelwise.analysis.shots.short_shots import ShortShots
from reelwise.analysis.shots.transitions import Transition


def cuts(*frames: int) -> list[Transition]:
    return [Transition("cut", frame, frame, 0.9) for frame in frames]


def test_a_boundary_that_comes_too_soon_is_left_out() -> None:
    assert ShortShots(10).push(cuts(5, 20, 26, 40), 80) == cuts(20, 40)


def test_the_last_shot_is_not_too_short_either() -> None:
    assert ShortShots(10).push(cuts(20, 75), 80) == cuts(20)
    assert ShortShots(10).push(cuts(20, 70), 80) == cuts(20, 70)


def test_a_boundary_is_given_when_enough_frames_have_come() -> None:
    short_shots = ShortShots(10)
    assert short_shots.push(cuts(20), 29) == []
    assert short_shots.push([], 30) == cuts(20)
    assert short_shots.push([], 31) == []


def test_the_length_counts_from_the_end_of_a_transition() -> None:
    dissolve = Transition("dissolve", 20, 35, 0.9)
    assert ShortShots(10).push([dissolve, *cuts(44)], 60) == [dissolve]
    assert ShortShots(10).push([dissolve], 44) == []


def test_without_a_least_length_every_shot_counts() -> None:
    assert ShortShots(0).push(cuts(1, 2, 59), 60) == cuts(1, 2, 59)
