"""Train one model of a run: on its split or fold by fold, calibrate it, and refit it on all videos."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import TrainingError
from reelwise.evaluation.baselines import BaselineFeatures, Baselines, extract_features, fit_baselines
from reelwise.evaluation.calibrate import calibrated, fold_outputs, model_output
from reelwise.evaluation.learned_from import LearnedFrom
from reelwise.evaluation.modality_worth import (
    Masked,
    choose_places,
    combination_name,
    combinations_to_try,
    looks_to_try,
    num_videos_to_mask,
)
from reelwise.inference.model import Model
from reelwise.jobs.classifier.fitting import (
    Part,
    answers_of,
    checkpoints_of,
    fitted_contract,
    hidden_answers_of,
    train_part,
)
from reelwise.jobs.classifier.last_good import keep_last_good
from reelwise.jobs.classifier.material import Material, chosen
from reelwise.jobs.classifier.recipe import Recipe, reading_only
from reelwise.jobs.runs.context import RunContext
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
        probs: (len(asked), C) float64: probabilities, or (len(asked), 1) numbers.
        thresholds: Multilabel: (C,) or (len(asked), C), from which probability on a label is given; empty otherwise.
        baseline_probs: The same as ``probs`` of each baseline.
        baselines: Fitted on the videos that the tested model learned from (with folds: on all).
        history: Rows of history.csv.
        clips_per_second: How fast it predicts, decoding apart.
        num_epochs: Rounds of the tested trainings (of the first fold).
        refitted: Whether ``network`` learned from all videos after the score was taken.
        masked: What was said with parts of the videos hidden; None with ``--ablate off``.
        learned_from: The videos that decided anything about ``network`` and its contract.
    """

    recipe: Recipe
    material: Material
    contract: Contract
    network: keras.Model
    asked: tuple[int, ...]
    folds: tuple[int, ...]
    probs: np.ndarray
    thresholds: np.ndarray
    baseline_probs: dict[str, np.ndarray]
    baselines: Baselines
    history: tuple[dict[str, Any], ...]
    clips_per_second: float
    num_epochs: int
    refitted: bool
    masked: Masked | None
    learned_from: LearnedFrom

    @property
    def folds_of_asked(self) -> np.ndarray | None:
        """(len(asked),) int64 from 1, as people count; None without folds."""
        return np.array(self.folds, np.int64) + 1 if self.folds else None


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A trained network with the contract that it was built from, not calibrated yet, and who decided its weights."""

    result: FitResult
    contract: Contract
    decided_by: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a network answered of some videos, whole and with parts hidden: (n, H, C)."""

    fitted: _Fitted
    answers: np.ndarray
    hidden: dict[str, np.ndarray]
    seconds: float


def train_model(
    context: RunContext, recipe: Recipe, material: Material, start: Model | None, budget_seconds: float | None
) -> Trained:
    """Everything that one model of a run needs, from its first epoch to its calibrated answers."""
    several = len(recipe.contract.modalities) > 1
    if context.options.ablate != "retrain" or not several:
        return _train_and_ask(context, recipe, material, start, budget_seconds)
    others = combinations_to_try(recipe.contract.modalities)[1:]
    share = budget_seconds / (1 + len(others)) if budget_seconds else None
    trained = _train_and_ask(context, recipe, material, start, share)
    alone = replace(context, options=replace(context.options, ablate="off", no_refit=True))
    retrained = {
        combination_name(kept): _train_and_ask(alone, reading_only(recipe, kept), material, None, share).probs
        for kept in others
    }
    hidden = trained.masked.probs if trained.masked else {}
    everyone = np.arange(len(trained.asked))
    masked = Masked(recipe.contract.modalities, {**hidden, **retrained}, everyone, "retrained")
    return replace(trained, masked=masked)


def _train_and_ask(
    context: RunContext, recipe: Recipe, material: Material, start: Model | None, budget_seconds: float | None
) -> Trained:
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
            contract = recipe.contract
            columns = [column.name for column in contract.metadata]
            self.features: BaselineFeatures = extract_features(
                self.data.videos, hears=contract.sound is not None, columns=columns
            )
        self.finished: _Fitted | None = None

    @property
    def validated(self) -> bool:
        """Whether this model chooses its best epoch by validation clips."""
        return self.recipe.for_clips(1, 0, None, validated=True).patience is not None

    def split(self) -> Trained:
        """Learn from train, stop and calibrate by val, be asked about test; then refit on all."""
        split = self.material.plan.split
        learn, val, test = chosen(split, "train"), chosen(split, "val"), chosen(split, "test")
        places = self._places(test, len(learn))
        asked = self._train("split", learn, val, val + test, tuple(test[i] for i in places))
        contract = calibrated(asked.fitted.contract, asked.answers[: len(val)], self.data.y[list(val)])
        probs = model_output(contract, asked.answers[len(val) :])
        said = {name: model_output(contract, answers) for name, answers in asked.hidden.items()}
        baselines = self._baselines(learn)
        return self._trained(
            contract, (asked,), asked=test, folds=(), probs=probs, thresholds=np.array(contract.thresholds),
            masked=self._masked(said, places),
            baselines=baselines, baseline_probs=baselines.predict(self.features.take(np.array(test, np.int64))),
        )  # fmt: skip

    def folds(self) -> Trained:
        """Every video asked once, by a model that never saw its group; then one model refitted on all."""
        plan, y = self.material.plan, self.data.y
        everyone = tuple(range(len(y)))
        places = self._places(everyone, len(y) * (plan.num_folds - 1))
        baseline_probs: dict[str, np.ndarray] = {}
        parts, tests = [], []
        for fold in range(plan.num_folds):
            split = self.material.fold_split(fold, self.validated)
            test = chosen(split, "test")
            hide = tuple(index for index in test if index in set(places.tolist()))
            learn, val = chosen(split, "train"), chosen(split, "val")
            parts.append(self._train(f"fold-{fold + 1}", learn, val, test, hide, fold))
            tests.append((list(test), list(hide)))
            fitted = self._baselines(chosen(split, "train", "val"))
            for name, answer in fitted.predict(self.features.take(np.array(test, np.int64))).items():
                baseline_probs.setdefault(name, np.zeros((len(y), *answer.shape[1:])))[list(test)] = answer
        contract = fitted_contract(self.recipe.contract, self.data, everyone)
        pooled = _pooled(parts, tests, len(y), contract)
        whole = pooled.pop("")
        said = fold_outputs(contract, whole, y, np.array(plan.fold), pooled)
        masked = {name: answers[places] for name, answers in said.looks.items()}
        return self._trained(
            calibrated(contract, whole, y), tuple(parts), asked=everyone, folds=plan.fold,
            probs=said.probs, thresholds=said.thresholds, masked=self._masked(masked, places),
            baselines=self._baselines(everyone), baseline_probs=baseline_probs,
        )  # fmt: skip

    def _places(self, asked: tuple[int, ...], num_learn: int) -> np.ndarray:
        """Which of the asked videos are asked again with parts hidden."""
        modalities, options = self.recipe.contract.modalities, self.context.options
        if options.ablate != "mask":
            return np.arange(len(asked) if options.ablate == "retrain" else 0)
        clips = num_learn * self.recipe.for_clips(num_learn, 0, None, self.validated).epochs
        num_looks, num_views = len(looks_to_try(modalities)), self.recipe.contract.num_views
        affordable = num_videos_to_mask(len(asked), num_looks, num_views, clips)
        return choose_places(len(asked), affordable, options.seed)

    def _masked(self, said: dict[str, np.ndarray], places: np.ndarray) -> Masked | None:
        return Masked(self.recipe.contract.modalities, said, places) if said else None

    def _train(
        self,
        name: str,
        learn: tuple[int, ...],
        stop_by: tuple[int, ...],
        ask: tuple[int, ...],
        ask_again: tuple[int, ...],
        number: int = 0,
    ) -> _Asked:
        seed = self.context.options.seed * 1000 + number
        fitted = self._fit(Part(name, learn, stop_by, seed, self.share))
        network, progress = fitted.result.network, self.context.progress
        progress.stage(f"evaluate {self.recipe.name}{_suffix(name)}")
        began = time.monotonic()
        with self.context.timed("evaluate"):
            answers = answers_of(network, fitted.contract, self.data, ask, progress)
        seconds = time.monotonic() - began
        with self.context.timed("hide parts"):
            hidden = hidden_answers_of(network, fitted.contract, self.data, ask_again, progress)
        return _Asked(fitted, answers, hidden, seconds)

    def _fit(self, part: Part) -> _Fitted:
        context = self.context
        recipe = replace(self.recipe, contract=fitted_contract(self.recipe.contract, self.data, part.learn))
        checkpoints = checkpoints_of(
            context.path, recipe, part, self.material.fingerprint, resume=context.options.resume
        )
        context.progress.stage(f"train {recipe.name}{_suffix(part.name)}")
        with context.timed("train"):
            try:
                result = train_part(self.data, recipe, part, checkpoints, self.start, context.progress)
            except LossNotFinite as problem:
                raise self._last_good(recipe, part, problem) from problem
        self.finished = _Fitted(result, recipe.contract, _decided_by(part))
        for text in result.warnings:
            context.progress.warn(text)
        return self.finished

    def _last_good(self, recipe: Recipe, part: Part, problem: LossNotFinite) -> TrainingError:
        """Keep what there is: the weights of this part from before, else those of an earlier part."""
        before = None if self.finished is None else self.finished.result.network
        decided_by = self.finished.decided_by if self.finished and problem.last_good is None else _decided_by(part)
        arrays = self._learned_from(decided_by).to_arrays()
        return keep_last_good(self.context, recipe, self.material, problem, before, arrays)

    def _learned_from(self, indices: Iterable[int]) -> LearnedFrom:
        """These videos, and those that the model learned from that this one started from."""
        own = LearnedFrom.of(self.material.contents(indices))
        return own if self.start is None else own.joined(LearnedFrom.from_arrays(self.start.arrays))

    def _refit(self, *tested: _Fitted) -> tuple[_Fitted, bool]:
        """One network that learned from all videos, for as many epochs as served the tested ones."""
        if self.context.options.no_refit:
            return tested[0], False
        everyone = tuple(range(len(self.data.y)))
        epochs = self._refit_epochs(tuple(fitted.result for fitted in tested), len(everyone))
        seed = self.context.options.seed * 1000 + REFIT_SEED
        return self._fit(Part("refit", everyone, (), seed, self.share, epochs)), True

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
            task = self.recipe.contract.task
            return fit_baselines(self.features.take(rows), self.data.y[rows], self.data.num_classes, kept, seed, task)

    def _trained(self, calibration: Contract, parts: tuple[_Asked, ...], **found: Any) -> Trained:
        """Refit, and put together what is known."""
        fitted, refitted = self._refit(*(part.fitted for part in parts))
        weights = "refitted on all videos after the score was taken" if refitted else "those that were tested"
        contract = replace(
            fitted.contract,
            temperature=calibration.temperature,
            unsure_below=calibration.unsure_below,
            answer_weights=calibration.answer_weights,
            thresholds=calibration.thresholds,
            notes={"weights": weights},
        )
        folds = found["folds"]
        # With folds the calibration is fitted on the answers to all videos, whichever network is handed over.
        decided_by = {*fitted.decided_by, *(found["asked"] if folds else ())}
        rows = [(fold, row) for fold, part in enumerate(parts) for row in part.fitted.result.history]
        history = tuple({"fold": fold + 1, **row} if folds else dict(row) for fold, row in rows)
        speed = sum(len(part.answers) for part in parts) / max(1e-9, sum(part.seconds for part in parts))
        return Trained(
            recipe=self.recipe, material=self.material, contract=contract, network=fitted.result.network,
            history=history, clips_per_second=speed, refitted=refitted, num_epochs=parts[0].fitted.result.epochs,
            learned_from=self._learned_from(decided_by), **found,
        )  # fmt: skip


def _pooled(
    parts: list[_Asked], tests: list[tuple[list[int], list[int]]], num_videos: int, contract: Contract
) -> dict[str, np.ndarray]:
    """{look: (N, H, C)} of all folds, the whole under the empty name; zeros where nothing was asked.

    Each fold standardised numbers by its own training videos; here they are in the units of one contract.
    """
    found: dict[str, np.ndarray] = {}
    for part, (test, hidden) in zip(parts, tests, strict=True):
        rows = {"": (test, part.answers), **{name: (hidden, answers) for name, answers in part.hidden.items()}}
        for name, (places, answers) in rows.items():
            answers_here = (
                answers if contract.task != "regression" else _in_units(answers, part.fitted.contract, contract)
            )
            found.setdefault(name, np.zeros((num_videos, *answers.shape[1:])))[places] = answers_here
    return found


def _in_units(answers: np.ndarray, given: Contract, wanted: Contract) -> np.ndarray:
    """Standardised numbers of one training in the standard of another."""
    return (answers * given.target_scale + given.target_mean - wanted.target_mean) / wanted.target_scale


def _decided_by(part: Part) -> tuple[int, ...]:
    """Who taught the network, and who chose its best epoch."""
    return (*part.learn, *part.stop_by)


def _suffix(part: str) -> str:
    return "" if part == "split" else f", {part.replace('-', ' ')}"
