"""The coarse search: where votes gather, and windows of long clips."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from made_up_films import film, print_of

from reelwise.analysis.similarity import search
from reelwise.analysis.similarity.search import WINDOW_SECONDS, MomentIndex, windows_of


@pytest.mark.parametrize("duration", [0.5, 15.9, 16.0, 16.1, 33.0, 100.0])
def test_windows_cover_a_clip_and_overlap(duration):
    windows = windows_of(duration)
    assert windows[0][0] == 0
    assert windows[-1][1] == pytest.approx(duration)
    assert all(0 < end - start <= WINDOW_SECONDS + 1e-9 for start, end in windows)
    assert all(after[0] <= before[1] - WINDOW_SECONDS / 2 + 1e-9 for before, after in pairwise(windows))


def test_the_first_candidate_is_the_place():
    pictures = film((1, 0, 5), (2, 0, 5))
    index = MomentIndex([print_of(film((3, 0, 4))), print_of(pictures)])
    assert len(index) == 70
    (candidates,) = index.candidates(print_of(pictures[75:175], is_clip=True))
    assert candidates[0].film == 1
    assert abs(candidates[0].offset - 3.0) <= 1


def test_parts_of_the_index_give_what_the_whole_gives(monkeypatch):
    films = [print_of(film((seed, 0, 5))) for seed in range(3)]
    clip = print_of(film((1, 1, 3)), is_clip=True)
    (whole,) = MomentIndex(films).candidates(clip)
    monkeypatch.setattr(search, "_SECONDS_AT_ONCE", 4)
    (parts,) = MomentIndex(films).candidates(clip)
    # A matrix product of another shape adds in another order, on some processors.
    assert [replace(one, votes=0) for one in parts] == [replace(one, votes=0) for one in whole]
    assert [one.votes for one in parts] == pytest.approx([one.votes for one in whole], rel=1e-6)


def test_plain_frames_are_not_indexed():
    assert len(MomentIndex([print_of(np.zeros((50, 45, 80), np.uint8))])) == 0
