"""The loss of two streams is the sum of their own cross-entropies, also through the gradient."""

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.backend


def test_the_loss_is_the_sum_of_both_crossentropies():
    from reelwise.losses import StreamCrossentropy

    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=(5, 4)).astype("float32") for _ in range(2))
    targets = np.eye(4, dtype="float32")[[0, 1, 2, 3, 1]]
    one = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    expected = float(one(targets, first)) + float(one(targets, second))
    logs = [keras.ops.log_softmax(item) for item in (first, second)]
    got = float(StreamCrossentropy(label_smoothing=0.1)(targets, (logs[0] + logs[1]) / 2))
    assert got == pytest.approx(expected, rel=1e-5)


def test_a_right_stream_does_not_hide_the_loss_of_the_other():
    """With a softmax over the mean, a perfect first stream would leave the second almost no loss to learn from."""
    from reelwise.losses import StreamCrossentropy

    perfect = np.log(np.array([[0.999, 0.001]], "float32"))
    even = np.log(np.array([[0.5, 0.5]], "float32"))
    targets = np.array([[1.0, 0.0]], "float32")
    assert float(StreamCrossentropy()(targets, (perfect + even) / 2)) == pytest.approx(np.log(2), abs=0.01)


def test_the_configuration_round_trips():
    from reelwise.losses import StreamCrossentropy

    copy = StreamCrossentropy.from_config(StreamCrossentropy(label_smoothing=0.2).get_config())
    assert copy.label_smoothing == 0.2
