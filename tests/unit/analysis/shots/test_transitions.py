"""A transition has the frames that its type needs."""

import pytest

from reelwise.analysis.results import TransitionType
from reelwise.analysis.shots.transitions import Transition


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [("cut", 3, 4), ("wipe", 3, 3), ("dissolve", 5, 4)],
)
def test_frames_that_do_not_fit_the_type_are_refused(kind: TransitionType, start: int, end: int) -> None:
    with pytest.raises(ValueError, match="cannot take the frames"):
        Transition(kind, start, end, 0.5)
