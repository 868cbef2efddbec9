"""The loop over epochs and steps, with everything that must survive a crash in one state."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import random_state, restore_random_state
from reelwise.core.errors import Interruption, TrainingError
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Progress
from reelwise.training.arrays import to_float
from reelwise.training.batches import Batch, TrainingData, batch_makers
from reelwise.training.checkpoint import Checkpoints, Snapshot, from_named, to_named
from reelwise.training.config import TrainConfig
from reelwise.training.failures import LossNotFinite, TrainingStop, device_fault, not_finite
from reelwise.training.feed import FeedThreads, prefetch
from reelwise.training.objective import Objective, history_columns
from reelwise.training.schedule import learning_rate
from reelwise.training.state import FIRST_SCHEMA, SCHEMA, EpochSums, TrainState, epochs_for_budget, first_plan
from reelwise.training.trainee import StepResult, Trainee

_READ_SECONDS = 1.0
"""How often what the steps gave is read: each reading waits for the device."""

_MANY_EPOCHS = 8
"""Where a budget holds more, the second one need not be planned, and its validation is the first that compiles nothing.

A generator of digits had used 82 % of its budget without (LOG.md)."""

_LAST_EPOCHS = 5
"""Epochs that say how long those that are left will take."""


@dataclass(frozen=True, eq=False)
class _UnreadStep:
    """A step that was taken and whose loss was not read yet.

    Args:
        number: In its epoch, from 0.
        indices: (B,) int64, its samples.
        num_clips: Samples that are no padding.
    """

    number: int
    indices: np.ndarray
    num_clips: int


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
        self.state = TrainState(planned_epochs=first_plan(config.epochs, config.budget_seconds))
        self.best_weights: list[np.ndarray] | None = None
        self.good_weights: list[np.ndarray] | None = None
        self.start = time.monotonic()
        self.step_seconds: list[float] = []
        self._feed_threads = FeedThreads()
        self._unread_steps: list[_UnreadStep] = []
        self._last_read = self.start
        self._num_reads = 0

    def parameters(self) -> dict[str, Any]:
        """What Keras callbacks get at the start."""
        return {"epochs": self.state.planned_epochs, "steps": len(self.batches)}

    def run(self, stop: StopToken, callbacks: keras.callbacks.CallbackList) -> None:
        """All epochs that are left.

        Args:
            stop: Looked at after every step.
            callbacks: Keras callbacks; where one of them watches steps, each is waited for.
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
            stop: Looked at after every step.
            callbacks: Keras callbacks.
        """
        state, is_watched = self.state, watches_steps(callbacks.callbacks)
        num_steps = state.planned_epochs * len(self.batches)
        with prefetch(batch_makers(self.batches, state.epoch, state.step), self._feed_threads) as feed:
            # A step's time includes the wait for its batch: that is what an epoch takes.
            self._last_read = time.monotonic()
            for batch in feed:
                if is_watched:
                    callbacks.on_train_batch_begin(state.step)
                rate = learning_rate(self.config, state.epoch * len(self.batches) + state.step, num_steps)
                self._take_step(batch, rate)
                if is_watched:
                    self._show_step(callbacks)
                # The first step of a training is read by itself, since it compiles the network.
                elif self._num_reads == 0 or time.monotonic() - self._last_read >= _READ_SECONDS:
                    self._read_steps()
                if stop.is_set and state.step < len(self.batches):
                    self._read_steps()
                    raise self._save_and_stop(stop)
        self._read_steps()

    def _save_and_stop(self, stop: StopToken) -> Interruption:
        if self.checkpoints:
            self._save()
        return self._stop_error(stop)

    def _take_step(self, batch: Batch, rate: float) -> None:
        with self._naming_device_faults():
            self.trainee.take_step(batch, rate)
        num_clips = int(np.count_nonzero(batch.sample_weights))
        self._unread_steps.append(_UnreadStep(self.state.step, batch.indices, num_clips))
        self.state.step += 1

    def _read_steps(self) -> StepResult:
        """Wait for the steps that were taken, and add up what they gave; the result of the last of them."""
        with self._naming_device_faults():
            results = self.trainee.read_steps()
        unread_steps, self._unread_steps = self._unread_steps, []
        self._num_reads += 1
        now = time.monotonic()
        seconds, self._last_read = now - self._last_read, now
        self.state.sums.seconds += seconds
        for step, result in zip(unread_steps, results, strict=True):
            if not math.isfinite(result.loss):
                raise self._not_finite(step)
            self.state.sums.add(result.loss, result.metrics, result.weight, step.num_clips)
            if not self.state.is_planned:
                self.step_seconds.append(seconds / len(results))
        if results:
            self._show_progress()
        return results[-1] if results else StepResult(0.0, 0.0)

    def _show_step(self, callbacks: keras.callbacks.CallbackList) -> None:
        """Let callbacks see the step that was taken, its loss and the weights behind it."""
        result = self._read_steps()
        self.trainee.sync()
        callbacks.on_train_batch_end(self.state.step - 1, {"loss": result.loss / max(result.weight, 1e-9)})

    @contextmanager
    def _naming_device_faults(self) -> Iterator[None]:
        """A block in which a device that is full, or failed, is named as such."""
        try:
            yield
        except Exception as error:
            if (fault := device_fault(error, self.batches.batch_size)) is not None:
                raise fault from error
            raise

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
        """Turn a budget into epochs, when steps and validation have been timed that did not compile anything."""
        state = self.state
        if self.config.budget_seconds is None or len(self.step_seconds) < 2:
            return
        if state.is_planned:
            self._shorten_plan(self.config.budget_seconds)
            return
        # The first step compiles the network, so it says nothing about the others.
        usual = float(np.median(self.step_seconds[1:])) * len(self.batches) + validation_seconds
        remaining = self.config.budget_seconds - (time.monotonic() - self.start)
        # So does the first validation: where many epochs fit, the second one is waited for.
        if state.epoch == 0 and remaining > _MANY_EPOCHS * usual:
            return
        state.planned_epochs = epochs_for_budget(remaining, usual, state.epoch + 1, self.config.epochs)
        state.is_planned = True

    def _shorten_plan(self, budget_seconds: float) -> None:
        """Give up epochs that do not fit into the budget any more: the machine has become slower."""
        state, done = self.state, self.state.epoch + 1
        usual = float(np.median([row["seconds"] for row in state.history[-_LAST_EPOCHS:]]))
        remaining = max(0.0, budget_seconds - max(time.monotonic() - self.start, state.seconds))
        if (state.planned_epochs - done) * usual > remaining:
            state.planned_epochs = done + math.floor(remaining / usual)

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
        # Until the budget is turned into epochs, nobody knows their number.
        is_open = self.config.budget_seconds is not None and not state.is_planned
        planned_epochs = state.epoch + 1 if is_open else state.planned_epochs
        of_epochs = "" if is_open else f"/{planned_epochs}"
        note = f"epoch {state.epoch + 1}{of_epochs} loss {state.sums.loss / state.sums.weight:.3f}"
        last = state.history[-1] if state.history else {}
        # The last validation column says most to a person: after the loss come shares and the like.
        columns = [f"val_{metric.name}" for metric in reversed(self.objective.metrics)]
        for name in [name for name in columns if last.get(name) is not None][:1]:
            note += f" {name} {last[name]:.3f}"
        self.progress.update(done, planned_epochs * steps, "steps", note)

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

    def _not_finite(self, step: _UnreadStep | None) -> LossNotFinite:
        folder = self.checkpoints.folder if self.checkpoints else None
        indices, number = (None, self.state.step) if step is None else (step.indices, step.number)
        error = not_finite(self.batches, indices, self.state.epoch, number, folder)
        error.last_good = self.best_weights or self.good_weights
        error.history = tuple(self.state.history)
        return error

    def _stop_error(self, stop: StopToken) -> Interruption:
        message = f"training was stopped in epoch {self.state.epoch + 1}"
        outcome, hint = "nothing was saved", ""
        if self.checkpoints is not None:
            outcome, hint = f"its state is saved in {self.checkpoints.folder}", "Go on with --resume."
        error = TrainingStop(f"{message}; {outcome}.", hint=hint, signal_number=stop.signal_number)
        error.last_good = self.best_weights or self.good_weights
        return error


def watches_steps(callbacks: Sequence[keras.callbacks.Callback]) -> bool:
    """Whether a callback has a method for the start or end of a step."""
    hooks = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    methods = ((getattr(one, name), getattr(keras.callbacks.Callback, name)) for one in callbacks for name in hooks)
    return any(getattr(method, "__func__", None) is not plain for method, plain in methods)
