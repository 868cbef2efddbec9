"""Slips of the pen in labels."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (("caf\u00e9", "cafe\u0301"), "accents in another Unicode form"),
        (("1", "01"), "the same number"),
        (("1", "1.0"), "the same number"),
        (("0.5", "0.50"), "the same number"),
        (("level1", "level01"), "blanks, dashes, zeros or case"),
        (("Caf\u00c9", "cafe\u0301"), "blanks, dashes, zeros or case"),
    ],
)
def test_two_ways_to_write_one_letter_or_number(labels, reason):
    (typo,) = find_label_typos({labels[0]: 9, labels[1]: 8})
    assert (typo.label, typo.likely_label, typo.reason) == (labels[1], labels[0], reason)


@pytest.mark.parametrize(
    "labels", [("1.0", "10"), ("1-2", "12"), ("-1", "1"), ("walk_1", "walk_10"), ("v1.0", "v10"), ("100", "10")]
)
def test_other_numbers_are_other_labels(labels):
    assert not find_label_typos(dict.fromkeys(labels, 9))


@given(st.text(min_size=1, max_size=8), st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_every_form_of_a_label_is_the_same_label(label, form):
    other = unicodedata.normalize(form, label)
    assert len(find_label_typos({label: 3, other: 2})) == (other != label)
