"""A model file says which videos it learned from, and nobody can make that list a danger to those who read it."""

import hashlib
from typing import Any

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError
from reelwise.evaluation import learned_from
from reelwise.evaluation.learned_from import LearnedFrom


def sha(*words: str) -> list[str]:
    return [hashlib.sha256(word.encode()).hexdigest() for word in words]


def u64(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint64)


def test_it_is_the_first_eight_bytes_of_each_hash_in_order_and_once():
    contents = LearnedFrom.of(sha("b", "a", "c", "a")).contents
    expected = sorted(int.from_bytes(hashlib.sha256(word).digest()[:8], "big") for word in (b"a", b"b", b"c"))
    assert contents.tolist() == expected
    assert contents.dtype == np.uint64


def test_the_order_of_the_videos_does_not_matter():
    one, other = LearnedFrom.of(sha("a", "b", "c")).to_arrays(), LearnedFrom.of(sha("c", "a", "b")).to_arrays()
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_hashes_above_the_signed_range_are_kept_to_the_last_bit():
    known = LearnedFrom.of(["ffffffffffffffff" + "0" * 48])
    assert known.contents.tolist() == [2**64 - 1]
    assert known.count(["fffffffffffffffe" + "0" * 48]) == 0
    assert known.count(["ffffffffffffffff" + "1" * 48]) == 1


def test_videos_are_counted_as_often_as_they_stand_in_the_list():
    known = LearnedFrom.of(sha("a", "b"))
    assert known.count(sha("a", "x", "a", "b")) == 3
    assert known.count(sha("x", "y")) == 0
    assert known.count([]) == 0


@pytest.mark.parametrize("whole", [True, False])
def test_it_comes_back_from_its_arrays(whole):
    known = LearnedFrom(u64(1, 2, 2**63), whole)
    again = LearnedFrom.from_arrays({**known.to_arrays(), "majority.shares": np.ones(2, np.float32)})
    assert again.contents.tolist() == [1, 2, 2**63]
    assert again.whole == whole


def test_a_file_from_before_says_nothing_and_so_do_we():
    unknown = LearnedFrom.from_arrays({"majority.shares": np.ones(2, np.float32)})
    assert unknown.count(sha("a")) is None


def test_what_the_start_learned_from_is_learned_from_too():
    both = LearnedFrom.of(sha("a", "b")).joined(LearnedFrom.of(sha("b", "c")))
    assert (both.count(sha("a", "b", "c", "d")), both.count(sha("d"))) == (3, 0)
    assert len(both.contents) == 3


def test_after_a_start_that_does_not_say_only_a_hit_is_sure():
    some = LearnedFrom.of(sha("a")).joined(LearnedFrom.from_arrays({}))
    assert some.count(sha("a", "b")) == 1
    assert some.count(sha("b")) is None
    again = LearnedFrom.from_arrays(LearnedFrom.of(sha("c")).joined(some).to_arrays())
    assert again.count(sha("a", "c", "d")) == 2
    assert again.count(sha("d")) is None


def test_a_list_that_grows_too_long_is_cut_and_no_longer_called_whole(monkeypatch):
    monkeypatch.setattr(learned_from, "MAX_VIDEOS", 3)
    full = LearnedFrom(u64(1, 2, 3))
    assert full.joined(LearnedFrom(u64(2, 3))).whole
    cut = full.joined(LearnedFrom(u64(4)))
    assert (cut.contents.tolist(), cut.whole) == ([1, 2, 3], False)
    assert not LearnedFrom.of(sha(*"abcd")).whole
    assert LearnedFrom.from_arrays(cut.to_arrays()).contents.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "arrays",
    [
        {"learned_from.all": np.arange(3)},
        {"learned_from.all": np.arange(3.0)},
        {"learned_from.all": np.array([True])},
        {"learned_from.all": np.zeros((2, 2), np.uint64)},
        {"learned_from.all": np.array(7, np.uint64)},
        {"learned_from.all": u64(2, 1)},
        {"learned_from.some": u64(1, 1)},
        {"learned_from.all": u64(1), "learned_from.some": u64(1)},
        {"learned_from.all": np.arange(learned_from.MAX_VIDEOS + 1, dtype=np.uint64)},
    ],
)
def test_an_array_that_nobody_wrote_is_refused(arrays: dict[str, Any]):
    with pytest.raises(ModelFileError, match="learned from is not") as caught:
        LearnedFrom.from_arrays(arrays)
    assert "Train it again" in str(caught.value.hint)
    assert len(str(caught.value)) < 600


def test_the_longest_list_is_read():
    longest = {"learned_from.all": np.arange(learned_from.MAX_VIDEOS, dtype=np.uint64)}
    assert len(LearnedFrom.from_arrays(longest).contents) == learned_from.MAX_VIDEOS
