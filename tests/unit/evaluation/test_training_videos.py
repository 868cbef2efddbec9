"""The list of training videos in a model file; a damaged list is refused before it can do harm."""

import hashlib
from typing import Any

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError
from reelwise.evaluation import training_videos
from reelwise.evaluation.training_videos import TrainingVideos


def sha(*words: str) -> list[str]:
    return [hashlib.sha256(word.encode()).hexdigest() for word in words]


def u64(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint64)


def test_the_list_has_the_first_eight_bytes_of_each_hash_in_order_and_once():
    contents = TrainingVideos.of(sha("b", "a", "c", "a")).contents
    expected = sorted(int.from_bytes(hashlib.sha256(word).digest()[:8], "big") for word in (b"a", b"b", b"c"))
    assert contents.tolist() == expected
    assert contents.dtype == np.uint64


def test_the_order_of_the_videos_does_not_matter():
    one, other = TrainingVideos.of(sha("a", "b", "c")).to_arrays(), TrainingVideos.of(sha("c", "a", "b")).to_arrays()
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_hashes_above_the_signed_range_are_kept_to_the_last_bit():
    videos = TrainingVideos.of(["ffffffffffffffff" + "0" * 48])
    assert videos.contents.tolist() == [2**64 - 1]
    assert videos.count(["fffffffffffffffe" + "0" * 48]) == 0
    assert videos.count(["ffffffffffffffff" + "1" * 48]) == 1


def test_videos_are_counted_as_often_as_they_stand_in_the_list():
    videos = TrainingVideos.of(sha("a", "b"))
    assert videos.count(sha("a", "x", "a", "b")) == 3
    assert videos.count(sha("x", "y")) == 0
    assert videos.count([]) == 0


@pytest.mark.parametrize("is_complete", [True, False])
def test_arrays_there_and_back(is_complete):
    videos = TrainingVideos(u64(1, 2, 2**63), is_complete)
    again = TrainingVideos.from_arrays({**videos.to_arrays(), "majority.shares": np.ones(2, np.float32)})
    assert again.contents.tolist() == [1, 2, 2**63]
    assert again.is_complete == is_complete


def test_a_file_without_a_list_gives_no_count():
    videos = TrainingVideos.from_arrays({"majority.shares": np.ones(2, np.float32)})
    assert videos.count(sha("a")) is None


def test_videos_of_the_starting_model_are_counted_too():
    both = TrainingVideos.of(sha("a", "b")).union(TrainingVideos.of(sha("b", "c")))
    assert (both.count(sha("a", "b", "c", "d")), both.count(sha("d"))) == (3, 0)
    assert len(both.contents) == 3


def test_after_a_start_without_a_list_only_a_match_is_sure():
    some = TrainingVideos.of(sha("a")).union(TrainingVideos.from_arrays({}))
    assert some.count(sha("a", "b")) == 1
    assert some.count(sha("b")) is None
    again = TrainingVideos.from_arrays(TrainingVideos.of(sha("c")).union(some).to_arrays())
    assert again.count(sha("a", "c", "d")) == 2
    assert again.count(sha("d")) is None


def test_a_list_that_grows_too_long_is_cut_and_called_incomplete(monkeypatch):
    monkeypatch.setattr(training_videos, "MAX_VIDEOS", 3)
    full = TrainingVideos(u64(1, 2, 3))
    assert full.union(TrainingVideos(u64(2, 3))).is_complete
    cut = full.union(TrainingVideos(u64(4)))
    assert (cut.contents.tolist(), cut.is_complete) == ([1, 2, 3], False)
    assert not TrainingVideos.of(sha(*"abcd")).is_complete
    assert TrainingVideos.from_arrays(cut.to_arrays()).contents.tolist() == [1, 2, 3]


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
        {"learned_from.all": np.arange(training_videos.MAX_VIDEOS + 1, dtype=np.uint64)},
    ],
)
def test_a_damaged_array_is_refused(arrays: dict[str, Any]):
    with pytest.raises(ModelFileError, match=r"learned_from\.(all|some).* in the model file is") as error:
        TrainingVideos.from_arrays(arrays)
    assert "train it again" in str(error.value.hint)
    assert len(str(error.value)) < 600


def test_the_longest_list_is_read():
    longest = {"learned_from.all": np.arange(training_videos.MAX_VIDEOS, dtype=np.uint64)}
    assert len(TrainingVideos.from_arrays(longest).contents) == training_videos.MAX_VIDEOS
