"""Train one model of a run: on its split or fold by fold, calibrate it, and refit it on all videos."""

import time
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.evaluation.baselines import BaselineFeatures, Baselines, extract_features, fit_baselines
from reelwise.inference.model import Model
from reelwise.jobs.fitting import Part, checkpoints_of, logits_of, train_part
from reelwise.jobs.last_good import keep_last_good
from reelwise.jobs.material import Material, chosen
from reelwise.jobs.recipe import Recipe
from reelwise.jobs.run_context import RunContext
from reelwise.metrics.calibration import fit_temperature, softmax, unsure_threshold
from reelwise.training.failures import LossNotFinite
from reelwise.training.fit import FitResult

REFIT_SEED = 999


@dataclass(frozen=True, eq=False)
class Trained:
    """One model with what it said of the videos it was asked about.

    Args:
        recipe: How it was trained.
        material: On what.
        contract: With temperature and threshold.
        network: To hand over.
        asked: Indices of the videos that were asked about.
        folds: The fold of each of them; empty without folds.
        probs: (len(asked), C) float64.
        baseline_probs: The same of each baseline.
        baselines: Fitted on the videos that the tested model learned from (with folds: on all).
        history: Rows of history.csv.
        clips_per_second: How fast it predicts, decoding apart.
        num_epochs: Rounds of the tested trainings (of the first fold).
        refitted: Whether ``network`` learned from all videos after the score was taken.
    """

    recipe: Recipe
    material: Material
    contract: Contract
    network: keras.Model
    asked: tuple[int, ...]
    folds: tuple[int, ...]
    probs: np.ndarray
    baseline_probs: dict[str, np.ndarray]
    baselines: Baselines
    history: tuple[dict[str, Any], ...]
    clips_per_second: float
    num_epochs: int
    refitted: bool

    @property
    def folds_of_asked(self) -> np.ndarray | None:
        """(len(asked),) int64 from 1, as people count; None without folds."""
        return np.array(self.folds, np.int64) + 1 if self.folds else None


@dataclass(frozen=True, eq=False)
class _Asked:
    """Logits of some videos, with everything needed to judge them."""

    result: FitResult
    logits: np.ndarray
    seconds: float


def train_model(
    context: RunContext, recipe: Recipe, material: Material, start: Model | None, budget_seconds: float | None
) -> Trained:
    """Everything that one model of a run needs, from its first epoch to its calibrated answers."""
    work = _Work(context, recipe, material, start, budget_seconds)
    return work.folds() if material.plan.fold else work.split()


class _Work:
    """One model on one data set."""

    def __init__(
        self,
        context: RunContext,
        recipe: Recipe,
        material: Material,
        start: Model | None,
        budget_seconds: float | None,
    ) -> None:
        self.context = context
        self.recipe = recipe
        self.material = material
        self.start = start
        self.data = material.training_set
        num_parts = (material.plan.num_folds or 1) + (0 if context.options.no_refit else 1)
        self.share = budget_seconds / num_parts if budget_seconds else None
        with context.timed("baselines"):
            self.features: BaselineFeatures = extract_features(self.data.videos)
        self.finished: keras.Model | None = None

    @property
    def validated(self) -> bool:
        """Whether this model chooses its best epoch by validation clips."""
        return self.recipe.for_clips(1, 0, None, validated=True).patience is not None

    def split(self) -> Trained:
        """Learn from train, stop and calibrate by val, be asked about test; then refit on all."""
        split = self.material.plan.split
        learn, val, test = chosen(split, "train"), chosen(split, "val"), chosen(split, "test")
        asked = self._train("split", learn, val, val + test)
        y = self.data.y
        temperature = fit_temperature(asked.logits[: len(val)], y[list(val)]) if val else 1.0
        probs = softmax(asked.logits / temperature)
        threshold = unsure_threshold(y[list(val)], probs[: len(val)]) if val else 0.0
        baselines = self._baselines(learn)
        network, refitted = self._refit(asked.result)
        return self._trained(
            network, (temperature, threshold), test, (), probs[len(val) :], (asked,), refitted,
            baselines=baselines, baseline_probs=baselines.predict(self.features.take(np.array(test, np.int64))),
        )  # fmt: skip

    def folds(self) -> Trained:
        """Every video asked once, by a model that never saw its group; then one model refitted on all."""
        plan, y = self.material.plan, self.data.y
        logits = np.zeros((len(y), self.data.num_classes))
        baseline_probs: dict[str, np.ndarray] = {}
        parts = []
        for fold in range(plan.num_folds):
            split = self.material.fold_split(fold, self.validated)
            test = chosen(split, "test")
            part = self._train(f"fold-{fold + 1}", chosen(split, "train"), chosen(split, "val"), test, fold)
            logits[list(test)] = part.logits
            parts.append(part)
            fitted = self._baselines(chosen(split, "train", "val"))
            for name, answer in fitted.predict(self.features.take(np.array(test, np.int64))).items():
                baseline_probs.setdefault(name, np.zeros_like(logits))[list(test)] = answer
        probs = _cross_calibrated(logits, y, np.array(plan.fold))
        temperature = fit_temperature(logits, y)
        network, refitted = self._refit(*(part.result for part in parts))
        everyone = tuple(range(len(y)))
        return self._trained(
            network, (temperature, unsure_threshold(y, probs)), everyone, plan.fold, probs, tuple(parts), refitted,
            baselines=self._baselines(everyone), baseline_probs=baseline_probs,
        )  # fmt: skip

    def _train(
        self, name: str, learn: tuple[int, ...], stop_by: tuple[int, ...], ask: tuple[int, ...], number: int = 0
    ) -> _Asked:
        seed = self.context.options.seed * 1000 + number
        part = Part(name, learn, stop_by, seed, self.share)
        result = self._fit(part)
        contract = replace(self.recipe.contract, temperature=1.0)
        self.context.progress.stage(f"evaluate {self.recipe.name}{_suffix(name)}")
        began = time.monotonic()
        with self.context.timed("evaluate"):
            logits = logits_of(result.network, contract, self.data, ask, self.context.progress)
        return _Asked(result, logits, time.monotonic() - began)

    def _fit(self, part: Part) -> FitResult:
        context = self.context
        checkpoints = checkpoints_of(
            context.path, self.recipe, part, self.material.fingerprint, resume=context.options.resume
        )
        context.progress.stage(f"train {self.recipe.name}{_suffix(part.name)}")
        with context.timed("train"):
            try:
                result = train_part(self.data, self.recipe, part, checkpoints, self.start, context.progress)
            except LossNotFinite as problem:
                raise keep_last_good(context, self.recipe, self.material, problem, self.finished) from problem
        self.finished = result.network
        for text in result.warnings:
            context.progress.warn(text)
        return result

    def _refit(self, *tested: FitResult) -> tuple[keras.Model, bool]:
        """One network that learned from all videos, for as many epochs as served the tested ones."""
        if self.context.options.no_refit:
            return tested[0].network, False
        everyone = tuple(range(len(self.data.y)))
        epochs = self._refit_epochs(tested, len(everyone))
        seed = self.context.options.seed * 1000 + REFIT_SEED
        return self._fit(Part("refit", everyone, (), seed, self.share, epochs)).network, True

    def _refit_epochs(self, tested: tuple[FitResult, ...], num_clips: int) -> int | None:
        if not self.validated:
            return None
        return max(1, round(float(np.median([result.best_epoch for result in tested]))))

    def _baselines(self, learn: tuple[int, ...]) -> Baselines:
        rows = np.array(learn, np.int64)
        groups = self.material.groups
        kept = [groups[i] for i in learn] if any(groups) else None
        seed = self.context.options.seed
        with self.context.timed("baselines"):
            return fit_baselines(self.features.take(rows), self.data.y[rows], self.data.num_classes, kept, seed)

    def _trained(
        self,
        network: keras.Model,
        calibration: tuple[float, float],
        asked: tuple[int, ...],
        folds: tuple[int, ...],
        probs: np.ndarray,
        parts: tuple[_Asked, ...],
        refitted: bool,
        **baselines: Any,
    ) -> Trained:
        weights = "refitted on all videos after the score was taken" if refitted else "those that were tested"
        contract = replace(
            self.recipe.contract, temperature=calibration[0], unsure_below=calibration[1], notes={"weights": weights}
        )
        rows = [(fold, row) for fold, part in enumerate(parts) for row in part.result.history]
        history = tuple({"fold": fold + 1, **row} if folds else dict(row) for fold, row in rows)
        speed = sum(len(part.logits) for part in parts) / max(1e-9, sum(part.seconds for part in parts))
        return Trained(
            recipe=self.recipe, material=self.material, contract=contract, network=network, asked=asked, folds=folds,
            probs=probs, history=history, clips_per_second=speed, refitted=refitted,
            num_epochs=parts[0].result.epochs, **baselines,
        )  # fmt: skip


def _cross_calibrated(logits: np.ndarray, y: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Probabilities of each fold, with the temperature that the other folds ask for."""
    probs = np.zeros_like(logits)
    for fold in np.unique(folds):
        here = folds == fold
        probs[here] = softmax(logits[here] / fit_temperature(logits[~here], y[~here]))
    return probs


def _suffix(part: str) -> str:
    return "" if part == "split" else f", {part.replace('-', ' ')}"
