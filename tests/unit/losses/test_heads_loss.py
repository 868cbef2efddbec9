"""The losses of a class, labels and a number, of one head or several."""

import keras
import numpy as np
import pytest

from reelwise.tasks import find_task

pytestmark = pytest.mark.backend

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(5, 3, 4)).astype("float32")
TARGETS = {
    "classification": np.eye(4, dtype="float32")[[0, 1, 2, 3, 1]],
    "multilabel": (RNG.random((5, 4)) < 0.4).astype("float32"),
    "regression": RNG.normal(size=(5, 4)).astype("float32"),
}
OF_KERAS = {
    "classification": lambda smooth: keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smooth),
    "multilabel": lambda smooth: keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smooth),
    "regression": lambda _: keras.losses.MeanSquaredError(),
}


@pytest.mark.parametrize("task", TARGETS)
@pytest.mark.parametrize("smooth", [0.0, 0.1])
def test_the_loss_of_one_head_is_that_of_keras(task, smooth):
    weights = np.array([1, 0, 2, 0.5, 1], "float32")
    got = find_task(task).loss(label_smoothing=smooth)(TARGETS[task], LOGITS[:, 0], sample_weight=weights)
    expected = OF_KERAS[task](smooth)(TARGETS[task], LOGITS[:, 0], sample_weight=weights)
    assert float(got) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("task", TARGETS)
def test_the_loss_of_several_heads_is_the_mean_of_their_losses(task):
    weights = np.array([1, 0, 2, 0.5, 1], "float32")
    loss = find_task(task).loss(several_heads=True, label_smoothing=0.1)
    alone = [float(loss(TARGETS[task], LOGITS[:, i], sample_weight=weights)) for i in range(3)]
    together = float(loss(TARGETS[task], LOGITS, sample_weight=weights))
    assert together == pytest.approx(np.mean(alone), rel=1e-5)


def test_a_right_head_leaves_the_others_their_gradient():
    outputs = np.array([[[20.0, 0.0], [0.0, 0.0]]], "float32")
    loss = float(find_task("classification").loss(several_heads=True)(np.array([[1.0, 0.0]], "float32"), outputs))
    assert loss == pytest.approx(np.log(2) / 2, abs=1e-4)


def test_the_configuration_round_trips():
    from reelwise.losses import HeadsLoss

    loss = HeadsLoss("binary_crossentropy", from_logits=True, label_smoothing=0.2, smoothing_target=0.5)
    copy = HeadsLoss.from_config(loss.get_config())
    assert copy.get_config() == loss.get_config()
    assert float(copy(TARGETS["multilabel"], LOGITS)) == float(loss(TARGETS["multilabel"], LOGITS))


def test_any_keras_loss_can_be_the_loss_of_a_head():
    from reelwise.losses import HeadsLoss

    loss = float(HeadsLoss("huber")(TARGETS["regression"], LOGITS[:, 0]))
    assert loss == pytest.approx(float(keras.losses.Huber()(TARGETS["regression"], LOGITS[:, 0])), rel=1e-5)
