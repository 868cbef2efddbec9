"""Cross-validation: every video is predicted once, by a network that was trained without its group."""

from dataclasses import dataclass

import numpy as np

from reelwise.core.contract import Contract
from reelwise.evaluation.calibrate import calibrate, calibrate_folds
from reelwise.jobs.classifier.ablation import masked_positions, masked_predictions
from reelwise.jobs.classifier.baselines import fit_job_baselines, predict_baselines
from reelwise.jobs.classifier.calibration import pool_head_outputs
from reelwise.jobs.classifier.fit import Training
from reelwise.jobs.classifier.model_job import EvaluatedNetwork, ModelJob, train_and_predict
from reelwise.jobs.classifier.result import HeldOutPredictions, ModelResult, finish_model


@dataclass(frozen=True, eq=False)
class _Fold:
    """One fold, trained and tested.

    Args:
        network: Trained on the other folds.
        test_indices: Its videos.
        masked_indices: Those that were predicted again with modalities masked.
        baseline_probs: {baseline: (n, C)} for its videos.
    """

    network: EvaluatedNetwork
    test_indices: list[int]
    masked_indices: list[int]
    baseline_probs: dict[str, np.ndarray]


def run_folds(job: ModelJob) -> ModelResult:
    """The model trained once for each fold; then refitted on all videos, if the plan wants it."""
    data, num_folds = job.data, job.data.split_plan.num_folds
    everything = tuple(range(len(data)))
    positions = masked_positions(job.plan, job.evaluation, len(data), len(data) * (num_folds - 1))
    folds: list[_Fold] = []
    for number in range(num_folds):
        folds.append(_run_fold(job, number, frozenset(positions.tolist()), folds[-1].network if folds else None))
    contract = job.fit_contract(everything)
    networks = [fold.network for fold in folds]
    tests = [(fold.test_indices, fold.masked_indices) for fold in folds]
    head_outputs, masked_outputs = pool_head_outputs(networks, tests, len(data), contract)
    calibration = calibrate(contract, head_outputs, data.y, data.split_plan.units)
    test = _predictions(job, contract, folds, (head_outputs, masked_outputs), positions)
    return finish_model(job, networks, test, fit_job_baselines(job, everything), calibration)


def _run_fold(job: ModelJob, number: int, positions: frozenset[int], before: EvaluatedNetwork | None) -> _Fold:
    split = job.data.fold_split(number, has_validation=job.plan.uses_validation)
    masked_indices = tuple(index for index in split.test if index in positions)
    name, seed = f"fold-{number + 1}", job.seed_of(number)
    training = Training(name, split.train, split.validation, seed, job.training_seconds)
    earlier = None if before is None else before.trained_network
    network = train_and_predict(job, training, split.test, masked_indices, earlier)
    # A baseline chooses nothing by validation videos, so it is fitted on them too.
    baselines = fit_job_baselines(job, sorted(split.train + split.validation))
    baseline_probs = predict_baselines(job, baselines, split.test)
    return _Fold(network, list(split.test), list(masked_indices), baseline_probs)


def _predictions(
    job: ModelJob,
    contract: Contract,
    folds: list[_Fold],
    outputs: tuple[np.ndarray, dict[str, np.ndarray]],
    positions: np.ndarray,
) -> HeldOutPredictions:
    """Predictions for all videos, those of each fold calibrated on the other folds."""
    data = job.data
    head_outputs, masked_outputs = outputs
    plan = data.split_plan
    fold_predictions = calibrate_folds(contract, head_outputs, data.y, np.array(plan.fold), plan.units, masked_outputs)
    masked_probs = {name: probs[positions] for name, probs in fold_predictions.ablated_probs.items()}
    return HeldOutPredictions(
        indices=tuple(range(len(data))),
        folds=data.split_plan.fold,
        probs=fold_predictions.probs,
        thresholds=fold_predictions.thresholds,
        baseline_probs=_pool_baselines(folds, len(data)),
        ablation=masked_predictions(job.plan, masked_probs, positions),
    )


def _pool_baselines(folds: list[_Fold], num_videos: int) -> dict[str, np.ndarray]:
    """{baseline: (N, C)} from the videos of each fold."""
    all_probs: dict[str, np.ndarray] = {}
    for fold in folds:
        for name, probs in fold.baseline_probs.items():
            all_probs.setdefault(name, np.zeros((num_videos, *probs.shape[1:])))[fold.test_indices] = probs
    return all_probs
