"""What remains of a training whose loss became NaN: the weights from before, as a model that can be used."""

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import TrainingError
from reelwise.jobs.classifier.data import LabeledVideos
from reelwise.jobs.classifier.training_plan import TrainingPlan
from reelwise.jobs.runs.folder import write_history, write_skipped, write_splits
from reelwise.models.build import build_network
from reelwise.models.file import save_model
from reelwise.training.failures import LossNotFinite
from reelwise.training.objective import history_columns

_LONGEST_REASON = 900
"""Characters of the reason in the model file, whose training summary takes at most 1000 in one value."""


def keep_last_good(
    path: Path,
    plan: TrainingPlan,
    data: LabeledVideos,
    problem: LossNotFinite,
    earlier: keras.Model | None,
    arrays: Mapping[str, np.ndarray],
) -> TrainingError:
    """Write ``model.keras`` with the last finite weights and the files that led there, and give the error to raise.

    The model is not calibrated and not tested; ``reelwise evaluate`` can do that. The checkpoints stay.

    Args:
        path: The run folder.
        plan: Of the model, with the contract of the network that is kept.
        data: What it was trained on.
        problem: With the last good weights, if there are any.
        earlier: A network of this run that was finished earlier, for when there are none.
        arrays: What travels along in the file: which videos the weights learned from.

    Returns:
        The error to raise.
    """
    dataset = data.video_set.dataset
    write_splits(path, dataset.records, data.split_plan.split)
    write_skipped(path, dataset.skipped)
    write_history(path, history_columns(plan.objective), problem.history)
    network = earlier if problem.last_good is None else _network_with(plan.contract, problem.last_good)
    if network is None:
        return TrainingError(problem.message, hint="Use a larger --batch-size, other videos or another --seed.")
    target = path / "model.keras"
    reason = problem.message[:_LONGEST_REASON]
    save_model(target, network, plan.contract, extra_arrays=arrays, training={"stopped": reason})
    hint = f"The last good weights are kept in {target}, uncalibrated and not tested. {problem.hint}"
    return TrainingError(problem.message, hint=hint)


def _network_with(contract: Contract, weights: list[np.ndarray]) -> keras.Model:
    network = build_network(contract)
    network.set_weights(weights)
    return network
