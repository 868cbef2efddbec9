import pytest

from reelwise.metrics.match_counts import MatchCounts


def test_ratios_of_counts():
    counts = MatchCounts(3, num_predictions=4, num_truths=6)
    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)
    assert counts.as_dict() == {
        "precision": 0.75, "recall": 0.5, "f1": 0.6, "num_matches": 3, "num_predictions": 4, "num_truths": 6,
    }  # fmt: skip


def test_nothing_predicted_where_nothing_is_true_is_perfect():
    empty = MatchCounts(0, 0, 0)
    assert (empty.precision, empty.recall, empty.f1) == (1, 1, 1)
    assert MatchCounts(0, 0, 5).f1 == MatchCounts(0, 0, 5).precision == 0
    assert MatchCounts(0, 5, 0).f1 == MatchCounts(0, 5, 0).recall == 0


def test_counts_of_videos_add_up():
    assert MatchCounts(1, 2, 3) + MatchCounts(4, 5, 6) == MatchCounts(5, 7, 9)


def test_more_matches_than_truths_are_refused():
    with pytest.raises(ValueError, match="3 matches of 4 predictions and 2 truths"):
        MatchCounts(3, 4, 2)
