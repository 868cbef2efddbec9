import functools
import itertools
import json
import math
import signal
from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from reelwise.core.backend import prepare
from reelwise.core.errors import Interruption, TrainingError
from reelwise.core.progress import Silent
from reelwise.training import feed, loop
from reelwise.training import trainee as trainee_module
from reelwise.training.arrays import to_array
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.failures import LossNotFinite
from reelwise.training.feed import FeedThreads
from reelwise.training.fit import fit
from reelwise.training.steps.choose import make_step
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend

OBJECTIVE = TaskObjective(label_smoothing=0.1)
FIELDS = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds", "clips_per_second"]


def config(**changed) -> TrainConfig:
    return TrainConfig(**({"epochs": 3, "batch_size": 4, "learning_rate": 0.01} | changed))


def weights_of(result) -> list[np.ndarray]:
    return [np.asarray(keras.ops.convert_to_numpy(weight)) for weight in result.network.weights]


def test_a_training_learns_and_tells_what_happened(seeded, tiny):
    seen = []

    class Watcher(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(("begin", self.params["epochs"]))

        def on_epoch_end(self, epoch, logs=None):
            seen.append((epoch, sorted(logs)))

        def on_train_end(self, logs=None):
            seen.append("end")

    result = fit(
        tiny.build,
        OBJECTIVE,
        tiny.data(),
        config(epochs=12),
        callbacks=[Watcher()],
    )
    assert [list(row) for row in result.history] == [FIELDS] * 12
    assert [row["epoch"] for row in result.history] == list(range(1, 13))
    assert result.history[-1]["val_loss"] < result.history[0]["val_loss"]
    assert result.stop_reason == "epochs"
    assert result.best_epoch == 1 + int(np.argmin([row["val_loss"] for row in result.history]))
    assert seen[0] == ("begin", 12)
    assert seen[1] == (0, sorted(FIELDS))
    assert seen[-1] == "end"


def test_the_same_seed_gives_the_same_bits_and_another_one_does_not(tiny, same_arrays):
    from reelwise.core.backend import prepare

    weights = []
    for seed in (0, 0, 1):
        prepare(seed)
        result = fit(tiny.build, OBJECTIVE, tiny.data(False, seed=seed), config(seed=seed, epochs=2))
        weights.append(weights_of(result))
    assert same_arrays(weights[0], weights[1])
    assert not same_arrays(weights[0], weights[2])


def test_without_validation_the_last_weights_are_handed_over(seeded, tiny):
    result = fit(tiny.build, OBJECTIVE, tiny.data(False), config())
    assert result.best_epoch == 3
    assert result.history[0]["val_loss"] is None


def test_patience_ends_early_and_the_best_weights_come_back(seeded, tiny, monkeypatch):
    losses, weights_by_epoch = iter([3.0, 1.0, 2.0, 2.0, 2.0]), []

    def validate(self, network, batches):
        weights_by_epoch.append([np.array(keras.ops.convert_to_numpy(weight)) for weight in network.weights])
        return {"val_loss": next(losses), "val_accuracy": 0.5}

    monkeypatch.setattr(TaskObjective, "validate", validate)
    result = fit(
        tiny.build,
        OBJECTIVE,
        tiny.data(),
        config(epochs=9, patience=2),
    )
    assert (result.stop_reason, result.best_epoch, len(result.history)) == ("patience", 2, 4)
    assert all(np.array_equal(a, b) for a, b in zip(weights_of(result), weights_by_epoch[1], strict=True))


def test_a_callback_may_stop_the_training(seeded, tiny):
    class Enough(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    result = fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=9), callbacks=[Enough()])
    assert (result.stop_reason, len(result.history)) == ("callback", 2)


def test_with_a_budget_the_first_epochs_warm_up_and_name_no_number_of_epochs(seeded, tiny, monkeypatch):
    monkeypatch.setattr(loop, "epochs_for_budget", lambda remaining, epoch, done, most: done + 1)
    notes = []

    class Notes(Silent):
        def update(self, done, total, unit, note=""):
            notes.append((done, total, note))

    settings = config(epochs=100_000, budget_seconds=60.0)
    result = fit(tiny.build, OBJECTIVE, tiny.data(False), settings, progress=Notes())
    first = result.history[0]["learning_rate"]
    assert first > settings.learning_rate / 2  # not a hundred-thousandth of it
    assert len(result.history) == 3  # many fit into a minute, so it is planned when two are done
    assert [note.split(" loss")[0] for _, _, note in notes[:: len(notes) - 1]] == ["epoch 1", "epoch 3/3"]
    assert any(note.startswith("epoch 2 loss") for _, _, note in notes)
    assert notes[0][1] == len(tiny.data(False).train)


def test_a_budget_becomes_epochs_and_the_schedule_ends_with_them(seeded, tiny, monkeypatch):
    monkeypatch.setattr(loop, "epochs_for_budget", lambda remaining, epoch, done, most: done + 2)
    monkeypatch.setattr(loop, "_MANY_EPOCHS", float("inf"))  # as if few fitted into the budget: the first one is enough
    result = fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=500, budget_seconds=60.0))
    assert result.epochs == len(result.history) == 3
    assert result.history[-1]["learning_rate"] < 0.3 * result.history[0]["learning_rate"] + 0.01
    assert result.history[-1]["learning_rate"] < 0.002


def test_a_budget_is_kept_where_the_machine_becomes_slower(seeded, tiny, monkeypatch):
    now, seconds = [0.0], iter([1, 1, 1, 1, *[3] * 99])

    def validate(objective, network, batches):
        now[0] += next(seconds)
        return {"val_loss": 1.0, "val_accuracy": 0.5}

    monkeypatch.setattr(loop, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(loop, "_MANY_EPOCHS", float("inf"))
    monkeypatch.setattr(TaskObjective, "validate", validate)
    result = fit(tiny.build, OBJECTIVE, tiny.data(), config(epochs=500, budget_seconds=20.0))
    assert now[0] == 19  # 19 epochs were planned when they took a second each; they would have taken 49
    assert (result.stop_reason, result.epochs, len(result.history)) == ("epochs", 9, 9)
    assert result.history[-1]["learning_rate"] < 0.1 * result.history[4]["learning_rate"]


def test_a_loss_that_is_not_finite_stops_with_names_and_the_last_good_weights(seeded, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_READ_SECONDS", 60.0)  # what comes behind the bad step is spoilt as well, and unread
    data = tiny.data(False, names=[f"{i}.mp4" for i in range(tiny.NUM_VIDEOS)])
    planted = Planted(data.train, epoch=1, step=2)
    with pytest.raises(LossNotFinite, match="epoch 2, step 3") as caught:
        fit(tiny.build, OBJECTIVE, TrainingData(planted), config(), checkpoints=Checkpoints(tmp_path))
    assert caught.value.last_good is not None
    assert all(np.isfinite(array).all() for array in caught.value.last_good)
    assert len(caught.value.history) == 1
    files = json.loads((tmp_path / "bad_batch.json").read_text())["files"]
    assert files == [f"{index}.mp4" for index in list(data.train.epoch(1))[2].indices]


class Planted:
    """Batches with targets that are no numbers in one step."""

    def __init__(self, batches, epoch: int, step: int) -> None:
        self.batches, self.place = batches, (epoch, step)
        self.batch_size, self.name = batches.batch_size, batches.name

    def __len__(self) -> int:
        return len(self.batches)

    def batch(self, epoch: int, step: int):
        batch = self.batches.batch(epoch, step)
        is_bad = (epoch, step) == self.place
        return replace(batch, targets=np.full_like(batch.targets, np.nan)) if is_bad else batch


def test_any_number_of_threads_gives_the_same_bits(tiny, same_arrays, monkeypatch):
    monkeypatch.setattr(feed, "_WINDOW_SECONDS", 0.0)  # the number may change with every batch
    weights = []
    for fewest, most in ((1, 1), (2, 2), (8, 8), (1, 8)):
        monkeypatch.setattr(loop, "FeedThreads", functools.partial(FeedThreads, fewest, most))
        prepare(0)
        weights.append(weights_of(fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=2))))
    assert all(same_arrays(weights[0], one) for one in weights[1:])


def test_steps_are_read_once_a_second_and_at_the_end_of_an_epoch(seeded, tiny, monkeypatch):
    monkeypatch.setattr(loop, "_READ_SECONDS", 60.0)
    sizes = []
    read_steps = Trainee.read_steps

    def read(self):
        results = read_steps(self)
        sizes.append(len(results))
        return results

    monkeypatch.setattr(Trainee, "read_steps", read)
    seldom = fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=2))
    assert sizes == [1, 3, 4]
    monkeypatch.setattr(loop, "_READ_SECONDS", 0.0)
    prepare(0)
    often = fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=2))
    assert sizes[3:] == [1, 1, 1, 1, 0] * 2
    for first, second in zip(seldom.history, often.history, strict=True):
        assert (first["loss"], first["accuracy"]) == (second["loss"], second["accuracy"])


def test_a_callback_that_watches_steps_sees_each_of_them_and_the_weights(seeded, tiny, monkeypatch):
    monkeypatch.setattr(loop, "_READ_SECONDS", 60.0)
    losses, first_weights = [], []

    class Watcher(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            losses.append((batch, logs["loss"]))
            first_weights.append(to_array(self.model.trainable_variables[0]))

    fit(tiny.build, OBJECTIVE, tiny.data(False), config(epochs=2), callbacks=[Watcher()])
    assert [batch for batch, _ in losses] == [0, 1, 2, 3] * 2
    assert all(0 < loss < 20 for _, loss in losses)
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(first_weights))


def test_a_function_as_a_callback_watches_too():
    assert loop.watches_steps([keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)])
    assert not loop.watches_steps([keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)])
    assert not loop.watches_steps([keras.callbacks.EarlyStopping()])


def test_weights_that_are_not_finite_at_the_end_of_an_epoch_are_not_weights_by_epoch(seeded, tiny, monkeypatch):
    monkeypatch.setattr(TaskObjective, "validate", lambda *_: {"val_loss": math.inf})
    with pytest.raises(LossNotFinite, match="the end of epoch 1") as caught:
        fit(tiny.build, OBJECTIVE, tiny.data(), config())
    assert caught.value.last_good is None


def test_out_of_memory_names_the_batch_size(seeded, tiny, monkeypatch):
    def fail(*_):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory")

    for name in ("take_step", "read_steps"):  # a device may say so late
        with monkeypatch.context() as patch:
            patch.setattr(Trainee, name, fail)
            with pytest.raises(TrainingError, match=r"batch size 4\. Use --batch-size 2\."):
                fit(tiny.build, OBJECTIVE, tiny.data(False), config())


def test_a_step_that_raises_leaves_the_last_checkpoint_whole_and_resume_ends_with_the_same_bits(
    tiny, same_arrays, tmp_path, monkeypatch
):
    prepare(0)
    whole = fit(tiny.build, OBJECTIVE, tiny.data(), config())
    steps = itertools.count()

    def make_failing_step(model):
        step = make_step(model)
        take = step._take

        def take_and_fail(*arguments):
            logs = take(*arguments)  # so that JAX's state of before is gone, as after a step that failed on the device
            if next(steps) == 6:
                raise RuntimeError("CUDA error: unspecified launch failure\nCompile with …")
            return logs

        step._take = take_and_fail
        return step

    prepare(0)
    with (
        monkeypatch.context() as patch,
        pytest.raises(TrainingError, match="CUDA error: unspecified launch failure\\."),
    ):
        patch.setattr(trainee_module, "make_step", make_failing_step)
        fit(tiny.build, OBJECTIVE, tiny.data(), config(), checkpoints=Checkpoints(tmp_path))
    checkpoints = Checkpoints(tmp_path, resume=True)
    assert checkpoints.newest() is not None
    prepare(0)
    again = fit(tiny.build, OBJECTIVE, tiny.data(), config(), checkpoints=checkpoints)
    assert again.warnings == ()
    assert same_arrays(weights_of(whole), weights_of(again))
    assert [row["loss"] for row in whole.history] == [row["loss"] for row in again.history]


def test_ctrl_c_in_the_last_step_of_all_still_says_so_and_resume_has_nothing_left(seeded, tiny, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interruption) as caught:
        fit(
            tiny.build,
            OBJECTIVE,
            tiny.data(False),
            config(),
            checkpoints=Checkpoints(tmp_path),
            callbacks=[Stop()],
        )
    assert caught.value.exit_code == 130
    assert "--resume" in caught.value.hint
    again = fit(
        tiny.build,
        OBJECTIVE,
        tiny.data(False),
        config(),
        checkpoints=Checkpoints(tmp_path, resume=True),
    )
    assert len(again.history) == 3


@pytest.mark.parametrize("changed", [{}, {"bfloat16": True, "ema": 0.9}], ids=["alone", "twin"])
def test_a_training_stopped_in_an_epoch_goes_on_to_the_same_bits(tiny, same_arrays, tmp_path, changed):
    from reelwise.core.backend import prepare

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                signal.raise_signal(signal.SIGTERM)

    prepare(0)
    whole = fit(tiny.build, OBJECTIVE, tiny.data(), config(**changed))
    prepare(0)
    with pytest.raises(Interruption, match="epoch 1") as caught:
        checkpoints = Checkpoints(tmp_path)
        fit(tiny.build, OBJECTIVE, tiny.data(), config(**changed), checkpoints=checkpoints, callbacks=[Stop()])
    assert caught.value.exit_code == 143
    prepare(0)
    checkpoints = Checkpoints(tmp_path, resume=True)
    again = fit(
        tiny.build,
        OBJECTIVE,
        tiny.data(),
        config(**changed),
        checkpoints=checkpoints,
    )
    assert same_arrays(weights_of(whole), weights_of(again))
    assert [row["loss"] for row in whole.history] == [row["loss"] for row in again.history]
    assert [row["val_loss"] for row in whole.history] == [row["val_loss"] for row in again.history]


def test_the_best_weights_of_before_the_stop_are_handed_over_after_it(seeded, tiny, tmp_path, monkeypatch):
    losses, weights_by_epoch = iter([1.0, 2.0, 3.0, 3.0]), []

    def validate(self, network, batches):
        weights_by_epoch.append([np.array(keras.ops.convert_to_numpy(weight)) for weight in network.weights])
        return {"val_loss": next(losses), "val_accuracy": 0.5}

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(TaskObjective, "validate", validate)
    arguments = (tiny.build, OBJECTIVE, tiny.data(), config(epochs=4))
    with pytest.raises(Interruption):
        fit(*arguments, checkpoints=Checkpoints(tmp_path), callbacks=[Stop()])
    result = fit(*arguments, checkpoints=Checkpoints(tmp_path, resume=True))
    assert (result.best_epoch, len(result.history)) == (1, 4)
    assert all(np.array_equal(a, b) for a, b in zip(weights_of(result), weights_by_epoch[0], strict=True))


def test_a_checkpoint_of_other_data_or_another_configuration_is_refused(seeded, tiny, tmp_path):
    fit(
        tiny.build,
        OBJECTIVE,
        tiny.data(False),
        config(epochs=1),
        checkpoints=Checkpoints(tmp_path, "data"),
    )
    for changed, fingerprint, word in ((config(epochs=1), "other", "data"), (config(epochs=2), "data", "config")):
        with pytest.raises(TrainingError, match=f"{word} differ"):
            fit(
                tiny.build,
                OBJECTIVE,
                tiny.data(False),
                changed,
                checkpoints=Checkpoints(tmp_path, fingerprint, resume=True),
            )
