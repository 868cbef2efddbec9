"""What comes out of one model of a run: the network to hand over, and predictions for the test videos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.evaluation.baselines import Baselines
from reelwise.evaluation.modality_ablation import AblatedPredictions
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.jobs.classifier.calibration import with_calibration
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.mirroring import mirroring_in_words
from reelwise.jobs.classifier.model_job import EvaluatedNetwork, ModelJob
from reelwise.jobs.classifier.refit import refit
from reelwise.jobs.classifier.training_plan import TrainingPlan


@dataclass(frozen=True, eq=False)
class HeldOutPredictions:
    """Predictions for the test videos, by networks that were not trained on them.

    Args:
        indices: n test videos.
        folds: The fold of each, from 0; empty without folds.
        probs: (n, C) float64: probabilities, or (n, 1) numbers.
        thresholds: Multilabel: (C,) or (n, C), the probability from which a label is predicted; empty otherwise.
        baseline_probs: The same as ``probs`` of each baseline.
        ablation: Predictions with modalities masked; None with ``--ablate off``.
    """

    indices: tuple[int, ...]
    folds: tuple[int, ...]
    probs: np.ndarray
    thresholds: np.ndarray
    baseline_probs: dict[str, np.ndarray]
    ablation: AblatedPredictions | None


@dataclass(frozen=True, eq=False)
class ModelResult:
    """One model, trained, tested and ready to hand over.

    Args:
        plan: How it was trained.
        data: On what.
        contract: With temperature and threshold.
        network: To hand over.
        test: Predictions for the test videos.
        baselines: Fitted on the training videos of the tested model (with folds: on all).
        history: Rows of history.csv.
        clips_per_second: How fast it predicts, decoding apart.
        num_epochs: Epochs of the tested trainings (of the first fold).
        is_refit: Whether ``network`` was trained on all videos after the score was taken.
        training_videos: Those that ``network`` was trained and its contract calibrated on.
        mirroring: Whether its training mirrored clips, and what the training videos said of it; empty if not asked.
    """

    plan: TrainingPlan
    data: LabeledVideos
    contract: Contract
    network: keras.Model
    test: HeldOutPredictions
    baselines: Baselines
    history: tuple[dict[str, Any], ...]
    clips_per_second: float
    num_epochs: int
    is_refit: bool
    training_videos: TrainingVideos
    mirroring: str = ""

    @property
    def test_folds(self) -> np.ndarray | None:
        """(n,) int64 from 1, as people count; None without folds."""
        return np.array(self.test.folds, np.int64) + 1 if self.test.folds else None


def finish_model(
    job: ModelJob,
    networks: Sequence[EvaluatedNetwork],
    test: HeldOutPredictions,
    baselines: Baselines,
    calibration: Contract,
) -> ModelResult:
    """Refit the model if the plan wants it, and put together what came of it.

    Args:
        job: The model.
        networks: The tested network, or one for each fold.
        test: Their predictions.
        baselines: To hand over with the model.
        calibration: A contract with the calibration to hand over.
    """
    tested_networks = [network.trained_network for network in networks]
    handed_over, is_refit = refit(job, tested_networks)
    weights = "refitted on all videos after the score was taken" if is_refit else "those that were tested"
    # With folds the calibration comes from predictions for all videos, whichever network is handed over.
    indices = {*handed_over.indices, *(test.indices if test.folds else ())}
    trials = [network.mirror_trial for network in tested_networks]
    mirroring = mirroring_in_words(handed_over.mirror_trial, trials) if handed_over.mirror_trial else ""
    if mirroring and not handed_over.contract.input.mirror_views:
        job.context.note(mirroring)
    seconds = sum(network.seconds for network in networks)
    return ModelResult(
        plan=job.plan,
        data=job.data,
        contract=with_calibration(handed_over.contract, calibration, weights),
        network=handed_over.network,
        test=test,
        baselines=baselines,
        history=_history(networks, has_folds=bool(test.folds)),
        clips_per_second=sum(len(network.head_outputs) for network in networks) / max(1e-9, seconds),
        num_epochs=networks[0].trained_network.fit.epochs,
        is_refit=is_refit,
        training_videos=job.training_videos_of(indices),
        mirroring=mirroring,
    )


def _history(networks: Sequence[EvaluatedNetwork], *, has_folds: bool) -> tuple[dict[str, Any], ...]:
    """The epochs of all tested trainings, each with its fold from 1 in front if there are folds."""
    rows = [(fold, row) for fold, network in enumerate(networks, 1) for row in network.trained_network.fit.history]
    return tuple({"fold": fold, **row} if has_folds else dict(row) for fold, row in rows)
