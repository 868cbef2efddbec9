"""Several heads, several labels or a number: steps, validation, history and note."""

from typing import Any

import numpy as np
import pytest

from reelwise.core.progress import Silent
from reelwise.tasks import find_task
from reelwise.training.batches import TrainingData
from reelwise.training.config import TrainConfig
from reelwise.training.fit import fit
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee
from reelwise.training.validation import predict

pytestmark = pytest.mark.backend

NUMBERS = {"classification": 2, "multilabel": 2, "regression": 1}


def network(tiny, several: bool, num_outputs: int) -> Any:
    """(B, C), or (B, 3, C) of which the second head is always 0, as of a missing modality."""
    import keras

    clips = keras.Input((tiny.NUM_FRAMES, tiny.SIZE, tiny.SIZE, 3), dtype="uint8", name="clips")
    x = keras.layers.Rescaling(1 / 255, dtype="float32")(clips)
    x = keras.layers.Flatten()(keras.ops.mean(x, axis=(2, 3)))
    if not several:
        return keras.Model(clips, keras.layers.Dense(num_outputs)(x))
    first, third = (keras.layers.Dense(num_outputs)(x) for _ in range(2))
    return keras.Model(clips, keras.ops.stack([first, first * 0, third], axis=1))


def targets(task: str, num_videos: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    if task == "regression":
        return rng.normal(size=(num_videos, 1)).astype(np.float32)
    one = np.arange(num_videos) % 2
    return np.stack([one, rng.integers(2, size=num_videos) if task == "multilabel" else 1 - one], 1).astype(np.float32)


class Notes(Silent):
    """Keeps the notes of every update."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def update(self, done, total, unit, note="") -> None:
        self.texts.append(note)


@pytest.mark.parametrize("task", NUMBERS)
@pytest.mark.parametrize("several", [False, True])
def test_every_task_is_trained(seeded, tiny, task, several):
    config = TrainConfig(epochs=12, batch_size=4, learning_rate=0.1)
    y, notes = targets(task, tiny.NUM_VIDEOS), Notes()
    objective = TaskObjective(find_task(task), several_heads=several)
    data = TrainingData(tiny.batches(targets=y, augment=None, mixup=0.0), tiny.batches(False, targets=y))
    result = fit(lambda: network(tiny, several, NUMBERS[task]), objective, data, config, progress=notes)
    first, best = result.history[0], min(result.history, key=lambda row: row["val_loss"])
    assert best["val_loss"] < first["val_loss"]
    if task == "regression":
        assert first["accuracy"] is None
        assert first["val_accuracy"] is None
        assert "val_loss" in notes.texts[-1]
    else:
        assert 0 <= first["accuracy"] <= 1
        assert best["val_accuracy"] > 0.6
        assert "val_accuracy" in notes.texts[-1]


@pytest.mark.parametrize("task", NUMBERS)
def test_the_loss_of_a_step_is_the_mean_over_heads(seeded, tiny, task):
    objective, config = TaskObjective(find_task(task), several_heads=True), TrainConfig(batch_size=4, weight_decay=0.0)
    trainee = Trainee(lambda: network(tiny, True, NUMBERS[task]), objective, config)
    batch = list(tiny.batches(False, targets=targets(task, tiny.NUM_VIDEOS)).epoch(0))[-1]
    outputs = np.asarray(trainee.network.predict_on_batch(batch.clips), np.float64)
    result = trainee.step(batch, 0.0)
    alone = [
        find_task(task).clip_losses(batch.targets, outputs[:, i])[batch.sample_weights > 0].mean() for i in range(3)
    ]
    assert result.loss / result.weight == pytest.approx(np.mean(alone), rel=1e-4)
    assert result.weight == 2
    if task == "classification":
        is_right = outputs.mean(axis=1).argmax(axis=1) == batch.targets.argmax(axis=1)
        assert result.metrics["accuracy"] == pytest.approx((is_right * batch.sample_weights).sum())
    if task == "multilabel":
        is_right = ((outputs.mean(axis=1) > 0) == batch.targets).mean(axis=1)
        assert result.metrics["accuracy"] == pytest.approx((is_right * batch.sample_weights).sum(), rel=1e-5)


def test_validation_weighs_the_heads_and_leaves_the_padding_out(seeded, tiny):
    y = targets("classification", tiny.NUM_VIDEOS)
    outputs = np.random.default_rng(1).normal(size=(tiny.NUM_VIDEOS, 3, 2)) * 3
    outputs[:, 0] = 6 * y - 3
    loss, accuracy = find_task("classification").validation_scores(outputs, y, np.ones(len(y)))
    assert accuracy == 1
    assert loss < 0.2
    padded = np.concatenate([outputs, 9 * outputs[:2]]), np.concatenate([y, 1 - y[:2]])
    weights = np.append(np.ones(len(y)), [0, 0])
    assert find_task("classification").validation_scores(*padded, weights) == (loss, accuracy)


def test_one_head_gives_the_same_scores_by_either_way(seeded, tiny):
    plain = tiny.build()
    scores = TaskObjective().validate(plain, tiny.batches(False))
    logits, targets, weights = predict(plain, tiny.batches(False))
    real = weights > 0
    losses = find_task("classification").clip_losses(targets[real], logits[real])
    accuracies = find_task("classification").clip_accuracies(targets[real], logits[real])
    assert accuracies is not None
    assert (losses.mean(), accuracies.mean()) == pytest.approx(tuple(scores.values()), rel=1e-5)


def test_outputs_that_are_not_finite_have_no_loss():
    loss, accuracy = find_task("regression").validation_scores(np.full((2, 3, 1), np.nan), np.zeros((2, 1)), np.ones(2))
    assert np.isnan(loss)
    assert accuracy is None
