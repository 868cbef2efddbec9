"""Errors per clip and frame: batches, dtypes, still frames, and what is refused."""

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.metrics.frame_errors import frame_errors, join_frame_errors, unit_values


def made_up_clips(num_clips: int = 5, size: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    shape = (num_clips, 3, size, size, 2)
    truths = rng.integers(0, 256, shape, np.uint8)
    predictions = rng.random(shape, np.float32)
    return truths, predictions, rng.integers(0, 256, (num_clips, size, size, 2), np.uint8)


def test_batches_joined_are_the_whole():
    truths, predictions, previous_frames = made_up_clips()
    whole = frame_errors(truths, predictions, previous_frames)
    batches = (slice(0, 2), slice(2, 3), slice(3, 5))
    parts = [frame_errors(truths[batch], predictions[batch], previous_frames[batch]) for batch in batches]
    joined = join_frame_errors(parts)
    for name in ("squared_errors", "ssim", "is_still"):
        np.testing.assert_array_equal(getattr(joined, name), getattr(whole, name))
    assert joined.num_values == whole.num_values == 12 * 12 * 2


def test_uint8_and_float_frames_may_be_compared():
    truths, predictions, previous_frames = made_up_clips()
    errors = frame_errors(truths, predictions, previous_frames)
    expected = ((truths / 255 - predictions.astype(np.float64)) ** 2).mean(axis=(2, 3, 4))
    np.testing.assert_allclose(errors.squared_errors, expected, rtol=1e-12)
    np.testing.assert_allclose(errors.clip_squared_errors, expected.mean(axis=1), rtol=1e-12)


def test_a_frame_is_still_where_it_equals_the_one_before_in_every_value():
    truths, predictions, _ = made_up_clips(3)
    previous_frames = truths[:, 0].copy()
    previous_frames[0, 0, 0, 0] ^= 1  # one value of one pixel differs
    truths[2, 2] = truths[2, 1]
    is_still = frame_errors(truths, predictions, previous_frames).is_still
    assert is_still.tolist() == [[False, False, False], [True, False, False], [True, False, True]]


def test_frames_smaller_than_the_window_have_no_ssim():
    truths, predictions, previous_frames = made_up_clips(size=10)
    errors = frame_errors(truths, predictions, previous_frames)
    assert errors.ssim is None
    assert join_frame_errors([errors, errors]).ssim is None


@pytest.mark.parametrize("value", [-0.001, 1.001, 128.0, np.nan, np.inf])
def test_values_outside_0_to_1_are_a_data_error(value):
    truths, predictions, previous_frames = made_up_clips()
    predictions[1, 1, 1, 1, 1] = value
    with pytest.raises(DataError, match=r"\[0, 1\]"):
        frame_errors(truths, predictions, previous_frames)


def test_integers_wider_than_8_bits_are_a_data_error():
    with pytest.raises(DataError, match="int64"):
        unit_values(np.zeros((2, 2), np.int64))


def test_shapes_that_do_not_match_are_a_data_error():
    truths, predictions, previous_frames = made_up_clips()
    for wrong in (
        (truths, predictions[:, :2], previous_frames),
        (truths[:0], predictions[:0], previous_frames[:0]),
        (truths[0], predictions[0], previous_frames),
        (truths, predictions, previous_frames[:2]),
        (truths, predictions, previous_frames / 255),
    ):
        with pytest.raises(DataError):
            frame_errors(*wrong)


def test_batches_of_other_lengths_or_none_cannot_be_joined():
    truths, predictions, previous_frames = made_up_clips()
    first = frame_errors(truths, predictions, previous_frames)
    second = frame_errors(truths[:, :2], predictions[:, :2], previous_frames)
    with pytest.raises(DataError, match="2 batches"):
        join_frame_errors([first, second])
    with pytest.raises(DataError, match="0 batches"):
        join_frame_errors([])
