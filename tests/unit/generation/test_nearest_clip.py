import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.generation import nearest_clip
from reelwise.generation.nearest_clip import NearestContinuation, squared_errors

RNG = np.random.default_rng(0)


def clips(num: int, num_frames: int, size: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (num, num_frames, size, size, 3), np.uint8)


def blocks_of(contexts: np.ndarray, continuations: np.ndarray, size: int):
    return lambda: ((contexts[i : i + size], continuations[i : i + size]) for i in range(0, len(contexts), size))


def test_the_planted_continuation_is_predicted_whatever_the_blocks():
    contexts, continuations = clips(20, 3), clips(20, 4, seed=1)
    noise = np.random.default_rng(2).integers(-9, 10, contexts[[13, 2]].shape)
    context = np.clip(contexts[[13, 2]].astype(int) + noise, 0, 255).astype(np.uint8)
    for size in (1, 3, 20):
        nearest = NearestContinuation(blocks_of(contexts, continuations, size))
        assert np.array_equal(nearest(context, 4), continuations[[13, 2]])
        assert np.array_equal(nearest(context, 2), continuations[[13, 2], :2])


def test_of_equally_near_clips_the_first_is_taken():
    contexts, continuations = np.repeat(clips(1, 2), 5, axis=0), clips(5, 1, seed=1)
    for size in (1, 2, 5):
        nearest = NearestContinuation(blocks_of(contexts, continuations, size))
        assert np.array_equal(nearest(contexts[:1], 1), continuations[:1])


def test_clips_that_cannot_be_compared_are_refused():
    contexts, continuations = clips(4, 3), clips(4, 2)
    nearest = NearestContinuation(blocks_of(contexts, continuations, 2))
    with pytest.raises(ValueError, match="cannot predict 3 frames"):
        nearest(contexts, 3)
    with pytest.raises(ValueError, match="cannot predict"):
        nearest(contexts[:, :2], 1)
    with pytest.raises(ValueError, match="no training clip"):
        NearestContinuation(lambda: ())(contexts, 1)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 50), st.integers(0, 99))
def test_errors_are_exact_in_whatever_parts(num, num_others, width, seed):
    rng = np.random.default_rng(seed)
    rows, others = (rng.integers(0, 256, (count, width), np.uint8) for count in (num, num_others))
    expected = ((rows[:, None].astype(np.int64) - others) ** 2).sum(axis=-1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_clip, "_MOST_ROWS", 3)
        patch.setattr(nearest_clip, "_MOST_COLUMNS", 8)
        assert np.array_equal(squared_errors(rows, others), expected)
    assert np.array_equal(squared_errors(rows, others), expected)


def test_a_difference_of_one_grey_level_in_a_bright_clip_is_seen():
    """Where float32 would round it away."""
    bright = np.random.default_rng(0).integers(200, 256, (1, 100_000), np.uint8)
    other = bright.copy()
    other[0, 7] -= 1
    assert squared_errors(bright, np.concatenate([other, bright])).tolist() == [[1, 0]]
