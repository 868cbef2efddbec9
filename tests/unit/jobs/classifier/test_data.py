"""Indices of a split."""

import pytest

from reelwise.jobs.runs.split_indices import SplitIndices


def test_every_video_is_in_the_set_of_its_word():
    split = SplitIndices.of(["train", "val", "test", "train"])
    assert (split.train, split.validation, split.test) == ((0, 3), (1,), (2,))


@pytest.mark.parametrize("words", [[], ["out_of_fold", "out_of_fold"]])
def test_with_folds_a_single_split_is_empty(words):
    assert SplitIndices.of(words) == SplitIndices((), (), ())
