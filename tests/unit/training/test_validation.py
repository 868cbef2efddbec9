import numpy as np
import pytest

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
