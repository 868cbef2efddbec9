"""Slips of the pen in labels."""

import pytest

from reelwise.datasets.doctor.typos import find_label_typos


def typos(**counts):
    return {typo.label: typo.likely_label for typo in find_label_typos(counts)}


@pytest.mark.parametrize("slip", ["Handshake", "handshake ", " handshake", "hand_shake", "HANDSHAKE", "hand shake"])
def test_case_and_blanks(slip):
    (found,) = find_label_typos({"handshake": 9, slip: 8, "hug": 9})
    assert (found.label, found.likely_label) == (slip, "handshake")
    assert found.reason


@pytest.mark.parametrize("slip", ["handshakes", "handshke", "hanshake", "handhsake", "hundshake"])
def test_rare_neighbours(slip):
    assert typos(handshake=16, **{slip: 1}) == {slip: "handshake"}


def test_frequent_neighbours_are_two_classes():
    assert not typos(waving=16, saving=15)
    assert not typos(kick=16, pick=1, punch=16, push=2, hug=9)
    assert not typos(walk_1=16, walk_2=1)


def test_many_labels_are_no_trouble():
    assert len(find_label_typos({**{f"class number {i:05d}": 9 for i in range(3000)}, "Class Number 00007": 1})) == 1
