import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from reelwise.metrics.boundaries import Boundary, match_boundaries, match_intervals


def cut(frame: int) -> Boundary:
    return Boundary(frame, frame)


@st.composite
def disjoint_boundaries(draw) -> list[Boundary]:
    """Boundaries in order; neighbours may touch."""
    frame, boundaries = 0, []
    for gap, length in draw(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 4)), max_size=12)):
        frame += gap
        boundaries.append(Boundary(frame, frame + length, "dissolve" if length else "cut"))
        frame += length
    return draw(st.permutations(boundaries))


any_boundaries = st.lists(
    st.builds(lambda start, length: Boundary(start, start + length, None), st.integers(0, 60), st.integers(0, 9)),
    max_size=12,
)


def size_of_maximum_matching(is_pair: list[list[bool]]) -> int:
    if not is_pair or not is_pair[0]:
        return 0
    return int((maximum_bipartite_matching(csr_array(np.array(is_pair)), perm_type="column") >= 0).sum())


def is_one_to_one(matches) -> bool:
    return len({m.truth for m in matches}) == len({m.prediction for m in matches}) == len(matches)


@settings(deadline=None)
@given(disjoint_boundaries(), any_boundaries, st.integers(0, 3))
def test_no_larger_matching_within_the_tolerance_exists(truths, predictions, tolerance):
    def is_near(a: Boundary, b: Boundary) -> bool:
        return max(a.start_frame - b.end_frame, b.start_frame - a.end_frame) <= tolerance

    matches = match_boundaries(truths, predictions, tolerance)
    assert is_one_to_one(matches)
    assert all(is_near(truths[m.truth], predictions[m.prediction]) for m in matches)
    assert len(matches) == size_of_maximum_matching([[is_near(t, p) for p in predictions] for t in truths])


@settings(deadline=None)
@given(disjoint_boundaries(), any_boundaries)
def test_no_larger_matching_of_intervals_exists(truths, predictions):
    def overlaps(a: Boundary, b: Boundary) -> bool:
        return a.interval.tiou(b.interval) >= 0.5

    matches = match_intervals(truths, predictions)
    assert is_one_to_one(matches)
    assert all(overlaps(truths[m.truth], predictions[m.prediction]) for m in matches)
    assert len(matches) == size_of_maximum_matching([[overlaps(t, p) for p in predictions] for t in truths])


def test_a_pairing_by_nearest_alone_would_lose_a_match():
    # 11 is as near to 12 as to 10; taken by 12, it would leave 10 alone.
    truths, predictions = [cut(10), cut(12)], [cut(11), cut(13)]
    assert [(m.truth, m.prediction) for m in match_boundaries(truths, predictions, 1)] == [(0, 0), (1, 1)]


def test_two_predictions_of_one_cut_are_one_match():
    assert len(match_boundaries([cut(10)], [cut(10), cut(11)], 2)) == 1


@pytest.mark.parametrize(("frame", "is_match"), [(18, False), (19, True), (25, True), (31, True), (32, False)])
def test_a_cut_seen_inside_of_a_gradual_transition_matches_it(frame, is_match):
    assert len(match_boundaries([Boundary(20, 30, "dissolve")], [cut(frame)], 1)) == is_match


def test_gradual_transitions_match_from_half_on():
    truth = Boundary(10, 20, "wipe")
    assert len(match_intervals([truth], [Boundary(10, 15, "dissolve")])) == 1
    assert len(match_intervals([truth], [Boundary(10, 14, "wipe")])) == 0
    assert len(match_intervals([truth], [cut(15)])) == 0


def test_a_truth_inside_another_is_refused():
    with pytest.raises(ValueError, match="from 12 to 13 lies inside the one from 10 to 20"):
        match_boundaries([Boundary(10, 20, "wipe"), Boundary(12, 13, "wipe")], [], 1)


def test_a_least_iou_below_one_half_is_refused():
    with pytest.raises(ValueError, match=r"got 0\.3"):
        match_intervals([], [], 0.3)


@pytest.mark.parametrize("fields", [(-1, 4, "wipe"), (5, 4, "wipe"), (4, 5, "cut"), (4, 4, "cut", 1.5)])
def test_an_impossible_boundary_is_refused(fields):
    with pytest.raises(ValueError, match=r"boundary|cut|score"):
        Boundary(*fields)
