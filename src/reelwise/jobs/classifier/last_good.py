"""What is left of a training whose loss became NaN: the weights from before, as a model that can be used."""

from collections.abc import Mapping

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import TrainingError
from reelwise.jobs.classifier.material import Material
from reelwise.jobs.classifier.recipe import Recipe
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.folder import write_history, write_skipped, write_splits
from reelwise.models.build import build_network
from reelwise.models.file import save_model
from reelwise.training.failures import LossNotFinite


def keep_last_good(
    context: RunContext,
    recipe: Recipe,
    material: Material,
    problem: LossNotFinite,
    before: keras.Model | None,
    arrays: Mapping[str, np.ndarray],
) -> TrainingError:
    """Write ``model.keras`` with the last finite weights, what led there, and say so.

    The model is not calibrated and was not judged; ``reelwise evaluate`` can do that. The checkpoints stay.

    Args:
        context: The run.
        recipe: The model that was trained.
        material: On what.
        problem: With the last good weights, if there are any.
        before: A network of this run that was finished earlier, for when there are none.
        arrays: What travels along in the file: which videos the weights learned from.

    Returns:
        The error to raise.
    """
    dataset = material.prepared.dataset
    write_splits(context.path, dataset.records, material.plan.split)
    write_skipped(context.path, dataset.skipped)
    write_history(context.path, problem.history)
    network = before if problem.last_good is None else _network_with(recipe.contract, problem)
    if network is None:
        return TrainingError(problem.message, hint="Use a larger --batch-size, other videos or another --seed.")
    target = context.path / "model.keras"
    save_model(target, network, recipe.contract, extra_arrays=arrays, training={"stopped": problem.message[:900]})
    hint = f"The last good weights are kept in {target}, uncalibrated and not judged. {problem.hint}"
    return TrainingError(problem.message, hint=hint)


def _network_with(contract: Contract, problem: LossNotFinite) -> keras.Model:
    network = build_network(contract)
    network.set_weights(problem.last_good)
    return network
