"""The loop over epochs and steps, with everything that must survive a crash in one state."""

import math
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import random_state, restore_random_state
from reelwise.core.errors import Interruption, TrainingError
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Progress
from reelwise.training.arrays import to_float
from reelwise.training.batches import Batch, TrainingData
from reelwise.training.checkpoint import Checkpoints, Snapshot, from_named, to_named
from reelwise.training.config import TrainConfig
from reelwise.training.failures import LossNotFinite, is_out_of_memory, not_finite, out_of_memory
from reelwise.training.feed import prefetch
from reelwise.training.objective import Objective, history_columns
from reelwise.training.schedule import learning_rate
from reelwise.training.state import FIRST_SCHEMA, SCHEMA, EpochSums, TrainState, epochs_for_budget
from reelwise.training.trainee import StepResult, Trainee


class TrainingLoop:
    """One training from its start, or from where it was left, to its end, whatever is trained.

    Args:
        trainee: The network with its optimizer and objective.
        data: What to train on, and what to choose the best epoch by.
        config: How.
        checkpoints: Where the state is kept; may be None.
        progress: Shows how far it is.
    """

    def __init__(
        self,
        trainee: Trainee,
        data: TrainingData,
        config: TrainConfig,
        checkpoints: Checkpoints | None,
        progress: Progress,
    ) -> None:
        self.trainee = trainee
        self.objective: Objective = trainee.objective
        self.batches = data.train
        self.validation = data.validation
        self.config = config
        self.checkpoints = checkpoints
        self.progress = progress
        self.state = TrainState(planned_epochs=config.epochs)
        self.best_weights: list[np.ndarray] | None = None
        self.good_weights: list[np.ndarray] | None = None
        self.start = time.monotonic()
        self.step_seconds: list[float] = []

    def parameters(self) -> dict[str, Any]:
        """What Keras callbacks get at the start."""
        return {"epochs": self.state.planned_epochs, "steps": len(self.batches)}

    def run(self, stop: StopToken, callbacks: keras.callbacks.CallbackList) -> None:
        """All epochs that are left.

        Args:
            stop: Read after every step.
            callbacks: Keras callbacks.
        """
        if self.state.is_finished:
            return
        model = self.trainee.stepping
        model.stop_training = False
        callbacks.on_train_begin()
        while not self.state.is_finished:
            callbacks.on_epoch_begin(self.state.epoch)
            self.run_epoch(stop, callbacks)
            row = self._close_epoch()
            callbacks.on_epoch_end(row["epoch"] - 1, {name: value for name, value in row.items() if value is not None})
            self._decide(callback_stops=bool(model.stop_training))
            if self.checkpoints and (
                self.state.is_finished or stop.is_set or self.state.epoch == 1 or self.checkpoints.due()
            ):
                self._save()
            if stop.is_set:
                raise self._stop_error(stop)
        callbacks.on_train_end()

    def run_epoch(self, stop: StopToken, callbacks: keras.callbacks.CallbackList) -> None:
        """The steps that are left of the running epoch.

        Args:
            stop: Read after every step.
            callbacks: Keras callbacks.
        """
        state = self.state
        num_steps = state.planned_epochs * len(self.batches)
        with prefetch(self.batches.epoch(state.epoch, state.step)) as feed:
            # A step's time includes the wait for its batch: that is what an epoch takes.
            start = time.monotonic()
            for batch in feed:
                callbacks.on_train_batch_begin(state.step)
                rate = learning_rate(self.config, state.epoch * len(self.batches) + state.step, num_steps)
                result = self._step(batch, rate)
                now = time.monotonic()
                self._add(result, int(np.count_nonzero(batch.sample_weights)), now - start)
                start = now
                callbacks.on_train_batch_end(state.step - 1, {"loss": result.loss / max(result.weight, 1e-9)})
                self._show_progress()
                if stop.is_set and state.step < len(self.batches):
                    raise self._save_and_stop(stop)

    def _save_and_stop(self, stop: StopToken) -> Interruption:
        if self.checkpoints:
            self._save()
        return self._stop_error(stop)

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

    def _add(self, result: StepResult, num_samples: int, seconds: float) -> None:
        sums = self.state.sums
        sums.loss += result.loss
        for name, value in result.metrics.items():
            sums.metrics[name] = sums.metrics.get(name, 0.0) + value
        sums.weight += result.weight
        sums.clips += num_samples
        sums.seconds += seconds
        self.state.step += 1
        if not self.state.is_planned:
            self.step_seconds.append(seconds)

    def _close_epoch(self) -> dict[str, Any]:
        state, start = self.state, time.monotonic()
        self.trainee.publish()
        scores: Mapping[str, float | None] = {}
        if self.validation is not None:
            scores = self.objective.validate(self.trainee.network, self.validation)
        score = scores.get(self.objective.score)
        weights = self.trainee.weights()
        if not all(np.isfinite(array).all() for array in weights) or not math.isfinite(score or 0.0):
            raise self._not_finite(None)
        self.good_weights = weights
        if score is not None:
            is_best = state.best.update(score, state.epoch, rises=self.objective.score_rises)
            if is_best and self.config.keep_best:
                self.best_weights = weights
        row = self._history_row(scores, start)
        state.history.append(row)
        state.seconds += row["seconds"]
        self._plan(validation_seconds=time.monotonic() - start)
        state.epoch, state.step, state.sums = state.epoch + 1, 0, EpochSums()
        return row

    def _history_row(self, scores: Mapping[str, float | None], start: float) -> dict[str, Any]:
        """One row of history.csv.

        Args:
            scores: The validation columns.
            start: When the last step ended, on the monotonic clock.
        """
        sums = self.state.sums
        means = {name: value / sums.weight for name, value in {"loss": sums.loss, **sums.metrics}.items()}
        values = {
            **means,
            **scores,
            "epoch": self.state.epoch + 1,
            "learning_rate": to_float(self.trainee.stepping.optimizer.learning_rate),
            "seconds": sums.seconds + time.monotonic() - start,
            "clips_per_second": sums.clips / max(sums.seconds, 1e-9),
        }
        return {name: values.get(name) for name in history_columns(self.objective)}

    def _plan(self, validation_seconds: float) -> None:
        """Turn a budget into epochs, once, when a step has been timed that did not compile anything."""
        state = self.state
        if self.config.budget_seconds is None or state.is_planned or len(self.step_seconds) < 2:
            return
        # The first step compiles the network, so it says nothing about the others.
        usual = float(np.median(self.step_seconds[1:])) * len(self.batches) + validation_seconds
        remaining = self.config.budget_seconds - (time.monotonic() - self.start)
        state.planned_epochs = epochs_for_budget(remaining, usual, state.epoch + 1, self.config.epochs)
        state.is_planned = True

    def _decide(self, *, callback_stops: bool) -> None:
        """Whether the epoch that ended was the last, and why."""
        state, patience = self.state, self.config.patience
        if state.epoch >= state.planned_epochs:
            state.stop_reason = "epochs"
        elif patience is not None and self.validation is not None and state.best.num_epochs_since >= patience:
            state.stop_reason = "patience"
        elif callback_stops:
            state.stop_reason = "callback"
        state.is_finished = bool(state.stop_reason)

    def _show_progress(self) -> None:
        state, steps = self.state, len(self.batches)
        done = state.epoch * steps + state.step
        note = f"epoch {state.epoch + 1}/{state.planned_epochs} loss {state.sums.loss / state.sums.weight:.3f}"
        last = state.history[-1] if state.history else {}
        # The last validation column says most to a person: after the loss come shares and the like.
        columns = [f"val_{metric.name}" for metric in reversed(self.objective.metrics)]
        for name in [name for name in columns if last.get(name) is not None][:1]:
            note += f" {name} {last[name]:.3f}"
        self.progress.update(done, state.planned_epochs * steps, "steps", note)

    def _identity(self, checkpoints: Checkpoints) -> dict[str, str]:
        """What must match to resume."""
        return {"config": self.config.fingerprint(self.objective), "data": checkpoints.fingerprint}

    def _save(self) -> None:
        if self.checkpoints is None:
            return
        identity = {"schema": SCHEMA, **self._identity(self.checkpoints)}
        groups = {"training": to_named(self.trainee.arrays()), "random": random_state()}
        if self.best_weights is not None:
            groups["best"] = to_named(self.best_weights)
        snapshot = Snapshot({**identity, "training": self.state.to_json()}, groups)
        if not self.checkpoints.save(self.state.epoch * len(self.batches) + self.state.step, snapshot):
            self.progress.warn(self.checkpoints.warnings[-1])

    def restore(self) -> None:
        """Continue from the newest valid checkpoint, if that is wanted and there is one.

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
        schema = self._check_identity(self.checkpoints, snapshot)
        self.state = TrainState.from_json(snapshot.state["training"], schema)
        self.trainee.load_arrays(from_named(snapshot.groups["training"]))
        restore_random_state(snapshot.groups["random"])
        if "best" in snapshot.groups:
            self.best_weights = from_named(snapshot.groups["best"])
        self.trainee.publish()
        if self.state.epoch:
            self.good_weights = self.trainee.weights()
        self.start -= self.state.seconds

    def _check_identity(self, checkpoints: Checkpoints, snapshot: Snapshot) -> str:
        """The schema of a checkpoint of this very training."""
        schema = snapshot.state.get("schema")
        differences = [] if schema in (SCHEMA, FIRST_SCHEMA) else ["schema"]
        identity = self._identity(checkpoints)
        differences += [name for name, value in identity.items() if snapshot.state.get(name) != value]
        if differences:
            raise TrainingError(
                f"{checkpoints.folder}: the checkpoint is of another run ({', '.join(differences)} differ).",
                hint="Repeat the same command with the same data, or start anew in a new --out.",
            )
        return str(schema)

    def _not_finite(self, batch: Batch | None) -> LossNotFinite:
        folder = self.checkpoints.folder if self.checkpoints else None
        error = not_finite(self.batches, batch, self.state.epoch, self.state.step, folder)
        error.last_good = self.best_weights or self.good_weights
        error.history = tuple(self.state.history)
        return error

    def _stop_error(self, stop: StopToken) -> Interruption:
        message = f"training was stopped in epoch {self.state.epoch + 1}"
        if self.checkpoints is None:
            return stop.error(f"{message}; nothing was saved.")
        return stop.error(f"{message}; its state is saved in {self.checkpoints.folder}.", "Go on with --resume.")
