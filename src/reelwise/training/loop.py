"""The loop over epochs and steps, with everything that must survive a crash in one state."""

import math
import time
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import random_state, restore_random_state
from reelwise.core.errors import Interrupted, TrainingError
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Progress
from reelwise.datasets.batches import Batch, ClipBatches
from reelwise.tasks import find_task
from reelwise.training.arrays import to_float
from reelwise.training.checkpoint import Checkpoints, Snapshot, listed, numbered
from reelwise.training.config import TrainConfig
from reelwise.training.failures import LossNotFinite, is_out_of_memory, not_finite, out_of_memory
from reelwise.training.feed import prefetched
from reelwise.training.schedule import learning_rate
from reelwise.training.state import SCHEMA, EpochSums, TrainState, epochs_for_budget
from reelwise.training.trainee import StepResult, Trainee
from reelwise.training.validation import validate


class TrainingLoop:
    """One training from its begin, or from where it was left, to its end.

    Args:
        trainee: The network with its optimizer.
        batches: What to train on.
        validation: What to choose the best epoch by; may be None.
        config: How.
        checkpoints: Where the state is kept; may be None.
        progress: Who hears how far it is.
    """

    def __init__(
        self,
        trainee: Trainee,
        batches: ClipBatches,
        validation: ClipBatches | None,
        config: TrainConfig,
        checkpoints: Checkpoints | None,
        progress: Progress,
    ) -> None:
        self.trainee = trainee
        self.batches = batches
        self.validation = validation
        self.config = config
        self.task = find_task(config.task)
        self.checkpoints = checkpoints
        self.progress = progress
        self.state = TrainState(planned_epochs=config.epochs)
        self.best_weights: list[np.ndarray] | None = None
        self.good_weights: list[np.ndarray] | None = None
        self.begin = time.monotonic()
        self.first_steps: list[float] = []

    def parameters(self) -> dict[str, Any]:
        """What Keras callbacks are told at the begin."""
        return {"epochs": self.state.planned_epochs, "steps": len(self.batches)}

    def run(self, stop: StopToken, callbacks: keras.callbacks.CallbackList) -> None:
        """All epochs that are left.

        Args:
            stop: Looked at after every step.
            callbacks: Keras callbacks.
        """
        if self.state.finished:
            return
        model = self.trainee.stepping
        model.stop_training = False
        callbacks.on_train_begin()
        while not self.state.finished:
            callbacks.on_epoch_begin(self.state.epoch)
            self.run_epoch(stop, callbacks)
            row = self._close_epoch()
            callbacks.on_epoch_end(row["epoch"] - 1, {name: value for name, value in row.items() if value is not None})
            self._decide(bool(model.stop_training))
            if self.checkpoints and (
                self.state.finished or stop.is_set or self.state.epoch == 1 or self.checkpoints.due()
            ):
                self._save()
            if stop.is_set:
                raise self._interrupted(stop)
        callbacks.on_train_end()

    def run_epoch(self, stop: StopToken, callbacks: keras.callbacks.CallbackList) -> None:
        """The steps that are left of the running epoch.

        Args:
            stop: Looked at after every step.
            callbacks: Keras callbacks.
        """
        state = self.state
        num_steps = state.planned_epochs * len(self.batches)
        with prefetched(self.batches.epoch(state.epoch, state.step)) as feed:
            begin = time.monotonic()
            for batch in feed:
                callbacks.on_train_batch_begin(state.step)
                rate = learning_rate(self.config, state.epoch * len(self.batches) + state.step, num_steps)
                result = self._step(batch, rate)
                now = time.monotonic()
                self._add(result, int(np.count_nonzero(batch.sample_weights)), now - begin)
                begin = now
                callbacks.on_train_batch_end(state.step - 1, {"loss": result.loss / max(result.weight, 1e-9)})
                self._tell()
                if stop.is_set and state.step < len(self.batches):
                    raise self._saved_and_interrupted(stop)

    def _saved_and_interrupted(self, stop: StopToken) -> Interrupted:
        if self.checkpoints:
            self._save()
        return self._interrupted(stop)

    def _step(self, batch: Batch, rate: float) -> StepResult:
        try:
            result = self.trainee.step(batch, rate)
        except Exception as error:
            if is_out_of_memory(error):
                raise out_of_memory(self.batches.batch_size) from error
            raise
        if not math.isfinite(result.loss):
            raise self._not_finite(batch)
        return result

    def _add(self, result: StepResult, num_clips: int, seconds: float) -> None:
        sums = self.state.sums
        sums.loss += result.loss
        sums.correct += result.correct
        sums.weight += result.weight
        sums.clips += num_clips
        sums.seconds += seconds
        self.state.step += 1
        if not self.state.planned:
            self.first_steps.append(seconds)

    def _close_epoch(self) -> dict[str, Any]:
        state, sums = self.state, self.state.sums
        begin = time.monotonic()
        self.trainee.publish()
        loss = accuracy = None
        if self.validation is not None:
            loss, accuracy = validate(self.trainee.network, self.validation, self.task)
        weights = self.trainee.weights()
        if not all(np.isfinite(array).all() for array in weights) or not math.isfinite(loss or 0.0):
            raise self._not_finite(None)
        self.good_weights = weights
        if loss is not None and state.best.update(loss, state.epoch) and self.config.keep_best:
            self.best_weights = weights
        rate = to_float(self.trainee.stepping.optimizer.learning_rate)
        row = {
            "epoch": state.epoch + 1,
            "loss": sums.loss / sums.weight,
            "accuracy": sums.correct / sums.weight if self.task.has_accuracy else None,
            "val_loss": loss,
            "val_accuracy": accuracy,
            "learning_rate": rate,
            "seconds": sums.seconds + time.monotonic() - begin,
            "clips_per_second": sums.clips / max(sums.seconds, 1e-9),
        }
        state.history.append(row)
        state.seconds += row["seconds"]
        self._plan(validation_seconds=time.monotonic() - begin)
        state.epoch, state.step, state.sums = state.epoch + 1, 0, EpochSums()
        return row

    def _plan(self, validation_seconds: float) -> None:
        """Turn a budget into epochs, once, when a step has been timed that did not compile anything."""
        state = self.state
        if self.config.budget_seconds is None or state.planned or len(self.first_steps) < 2:
            return
        usual = float(np.median(self.first_steps[1:])) * len(self.batches) + validation_seconds
        remaining = self.config.budget_seconds - (time.monotonic() - self.begin)
        state.planned_epochs = epochs_for_budget(remaining, usual, state.epoch + 1, self.config.epochs)
        state.planned = True

    def _decide(self, told_to_stop: bool) -> None:
        state, patience = self.state, self.config.patience
        if state.epoch >= state.planned_epochs:
            state.stopped = "epochs"
        elif patience is not None and self.validation is not None and state.best.waited >= patience:
            state.stopped = "patience"
        elif told_to_stop:
            state.stopped = "callback"
        state.finished = bool(state.stopped)

    def _tell(self) -> None:
        state, steps = self.state, len(self.batches)
        done = state.epoch * steps + state.step
        note = f"epoch {state.epoch + 1}/{state.planned_epochs} loss {state.sums.loss / state.sums.weight:.3f}"
        last = state.history[-1] if state.history else {}
        for name in [name for name in ("val_accuracy", "val_loss") if last.get(name) is not None][:1]:
            note += f" {name} {last[name]:.3f}"
        self.progress.update(done, state.planned_epochs * steps, "steps", note)

    def _save(self) -> None:
        if self.checkpoints is None:
            return
        identity = {"schema": SCHEMA, "config": self.config.fingerprint, "data": self.checkpoints.fingerprint}
        groups = {"training": numbered(self.trainee.arrays()), "random": random_state()}
        if self.best_weights is not None:
            groups["best"] = numbered(self.best_weights)
        snapshot = Snapshot({**identity, "training": self.state.to_json()}, groups)
        if not self.checkpoints.save(self.state.epoch * len(self.batches) + self.state.step, snapshot):
            self.progress.warn(self.checkpoints.warnings[-1])

    def restore(self) -> None:
        """Go on from the newest valid checkpoint, if that is wanted and there is one.

        Raises:
            TrainingError: It is of another run; repeat the same command.
        """
        if self.checkpoints is None or not self.checkpoints.resume:
            return
        snapshot = self.checkpoints.newest()
        for warning in self.checkpoints.warnings:
            self.progress.warn(warning)
        if snapshot is None:
            return
        identity = {"schema": SCHEMA, "config": self.config.fingerprint, "data": self.checkpoints.fingerprint}
        if changed := [name for name, value in identity.items() if snapshot.state.get(name) != value]:
            raise TrainingError(
                f"{self.checkpoints.folder}: the checkpoint is of another run ({', '.join(changed)} differ).",
                hint="Repeat the same command with the same data, or start anew in a new --out.",
            )
        self.state = TrainState.from_json(snapshot.state["training"])
        self.trainee.load_arrays(listed(snapshot.groups["training"]))
        restore_random_state(snapshot.groups["random"])
        if "best" in snapshot.groups:
            self.best_weights = listed(snapshot.groups["best"])
        self.trainee.publish()
        if self.state.epoch:
            self.good_weights = self.trainee.weights()
        self.begin -= self.state.seconds

    def _not_finite(self, batch: Batch | None) -> LossNotFinite:
        folder = self.checkpoints.folder if self.checkpoints else None
        error = not_finite(self.batches, batch, self.state.epoch, self.state.step, folder)
        error.last_good = self.best_weights or self.good_weights
        error.history = tuple(self.state.history)
        return error

    def _interrupted(self, stop: StopToken) -> Interrupted:
        at = f"training was stopped in epoch {self.state.epoch + 1}"
        if self.checkpoints is None:
            return stop.error(f"{at}; nothing was saved.")
        return stop.error(f"{at}; its state is saved in {self.checkpoints.folder}.", "Go on with --resume.")
