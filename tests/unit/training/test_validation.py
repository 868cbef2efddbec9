import numpy as np
import pytest

from reelwise.training import validation
from reelwise.training.arrays import to_array
from reelwise.training.forward import forward_pass
from reelwise.training.task_objective import TaskObjective
from reelwise.training.validation import predict

pytestmark = pytest.mark.backend


def test_loss_and_accuracy_leave_the_padding_out(seeded, tiny):
    network, batches = tiny.build(), tiny.batches(False)
    logits, targets, weights = predict(network, batches)
    assert len(logits) == 16
    assert weights.sum() == tiny.NUM_VIDEOS
    real, truth = logits[: tiny.NUM_VIDEOS].astype(np.float64), targets[: tiny.NUM_VIDEOS]
    log_probs = real - np.log(np.exp(real).sum(1, keepdims=True))
    scores = TaskObjective().validate(network, batches)
    assert scores["val_loss"] == pytest.approx(-(truth * log_probs).sum(1).mean(), rel=1e-5)
    assert scores["val_accuracy"] == pytest.approx((real.argmax(1) == truth.argmax(1)).mean())


@pytest.mark.parametrize("most_waiting", [0, 1, 100])
def test_outputs_are_those_of_keras_to_the_last_digit(seeded, tiny, same_arrays, monkeypatch, most_waiting):
    monkeypatch.setattr(validation, "_MOST_WAITING", most_waiting)
    network, batches = tiny.build(), tiny.batches(False, batch_size=3)
    before = [to_array(weight) for weight in network.weights]
    rows = list(batches.epoch(0))
    expected = [network.predict_on_batch(batch.inputs) for batch in rows]
    for _ in range(2):
        outputs, targets, weights = predict(network, batches)
        assert outputs.dtype == np.float32
        assert np.array_equal(outputs, np.concatenate(expected))
        assert np.array_equal(targets, np.concatenate([batch.targets for batch in rows]))
        assert np.array_equal(weights, np.concatenate([batch.sample_weights for batch in rows]))
    assert same_arrays(before, [to_array(weight) for weight in network.weights])
    assert np.array_equal(network.predict_on_batch(rows[0].inputs), expected[0])


def test_a_network_is_whole_after_a_pass_that_failed(seeded, tiny, same_arrays):
    network, batch = tiny.build(), tiny.batches(False).batch(0, 0)
    before = [to_array(weight) for weight in network.weights]
    with pytest.raises(ValueError, match="lost"), forward_pass(network) as forward:
        forward(batch.inputs)
        raise ValueError("lost")
    assert same_arrays(before, [to_array(weight) for weight in network.weights])
