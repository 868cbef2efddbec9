"""Frame orders of a view: the same frames, in an order that depends on the number of the view alone."""

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.sampling.frame_order import reorder_frames

INDICES = np.array([2, 4, 6, 8])


def test_as_is_changes_nothing():
    assert reorder_frames(INDICES, "as_is", 0) is INDICES


def test_middle_repeats_one_frame():
    assert reorder_frames(INDICES, "middle", 0).tolist() == [6, 6, 6, 6]


@pytest.mark.parametrize("view_number", range(30))
def test_a_shuffle_keeps_the_frames_and_never_their_order(view_number: int):
    pair = np.array([3, 5])  # half of all permutations of two frames are the identity
    assert reorder_frames(pair, "shuffled", view_number).tolist() == [5, 3]
    shuffled_indices = reorder_frames(INDICES, "shuffled", view_number)
    assert sorted(shuffled_indices) == INDICES.tolist()
    assert shuffled_indices.tolist() == reorder_frames(INDICES, "shuffled", view_number).tolist()


def test_an_unknown_order_is_refused():
    with pytest.raises(UsageError, match="frame_order is 'backwards'"):
        reorder_frames(INDICES, "backwards", 0)  # type: ignore[arg-type]
