"""What remains of a training whose loss became NaN: the weights from before, as a model that can be used."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from reelwise.core.errors import TrainingError
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.folder import write_history, write_skipped, write_splits
from reelwise.models.build import build_network
from reelwise.models.file import save_model
from reelwise.training.failures import LossNotFinite
from reelwise.training.objective import Objective, history_columns

_LONGEST_REASON = 900
"""Characters of the reason in the model file, whose training summary takes at most 1000 in one value."""


def keep_last_good(
    path: Path,
    plan: ClipPlan,
    data: ClipVideos,
    objective: Objective,
    problem: LossNotFinite,
    arrays: Mapping[str, np.ndarray],
) -> TrainingError:
    """Write ``model.keras`` with the last finite weights and the files that led there, and give the error to raise.

    Args:
        path: The run folder.
        plan: Of the model.
        data: What it was trained on.
        objective: Of the training.
        problem: With the last good weights, if there are any.
        arrays: What travels along in the file.
    """
    dataset = data.video_set.dataset
    write_splits(path, dataset.records, data.split_plan.split)
    write_skipped(path, dataset.skipped)
    write_history(path, history_columns(objective), problem.history)
    if problem.last_good is None:
        return TrainingError(problem.message, hint="Use a larger --batch-size, other videos or another --seed.")
    network = build_network(plan.contract)
    network.set_weights(problem.last_good)
    target = path / "model.keras"
    reason = problem.message[:_LONGEST_REASON]
    save_model(target, network, plan.contract, extra_arrays=arrays, training={"stopped": reason})
    hint = f"The last good weights are kept in {target}, not tested. {problem.hint}"
    return TrainingError(problem.message, hint=hint)
