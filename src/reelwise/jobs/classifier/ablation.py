"""Which test videos are predicted again without some of their modalities, or by models that never had them."""

from dataclasses import replace

import numpy as np

from reelwise.evaluation.modality_ablation import (
    AblatedPredictions,
    choose_positions,
    combination_name,
    combinations_to_try,
    list_ablations,
    num_videos_to_ablate,
)
from reelwise.jobs.classifier.plan import EvaluationPlan
from reelwise.jobs.classifier.result import ModelResult
from reelwise.jobs.classifier.training_plan import TrainingPlan


def masked_positions(plan: TrainingPlan, evaluation: EvaluationPlan, num_test: int, num_train: int) -> np.ndarray:
    """(m,) int64, rising: positions among the test videos of those that are predicted again with modalities masked.

    Args:
        plan: The model, for its modalities and for the work that its training is.
        evaluation: Whether to mask, and the seed.
        num_test: Test videos.
        num_train: Training videos of all trainings together.
    """
    if evaluation.ablation != "mask":
        return np.arange(num_test if evaluation.ablation == "retrain" else 0)
    contract = plan.contract
    num_training_clips = num_train * plan.epochs_for(num_train)
    num_ablations = len(list_ablations(contract.modalities))
    num_videos = num_videos_to_ablate(num_test, num_ablations, contract.input.num_views, num_training_clips)
    return choose_positions(num_test, num_videos, evaluation.seed)


def masked_predictions(
    plan: TrainingPlan, probs: dict[str, np.ndarray], positions: np.ndarray
) -> AblatedPredictions | None:
    """The predictions with modalities masked; None where there are none."""
    return AblatedPredictions(plan.contract.modalities, probs, positions) if probs else None


def combinations_to_retrain(plan: TrainingPlan) -> list[tuple[str, ...]]:
    """The combinations of modalities that get a model of their own; the whole, which is trained anyway, is left out."""
    return combinations_to_try(plan.contract.modalities)[1:]


def with_retrained(result: ModelResult, probs_by_modalities: dict[tuple[str, ...], np.ndarray]) -> ModelResult:
    """The result of the whole model with the predictions of the models that were trained on fewer modalities.

    Args:
        result: Of the whole model.
        probs_by_modalities: {modalities: (n, C)} for the same test videos.
    """
    masked_probs = {} if result.test.ablation is None else result.test.ablation.probs
    probs = {combination_name(modalities): probs for modalities, probs in probs_by_modalities.items()}
    positions = np.arange(len(result.test.indices))
    ablation = AblatedPredictions(result.plan.contract.modalities, {**masked_probs, **probs}, positions, "retrained")
    return replace(result, test=replace(result.test, ablation=ablation))
