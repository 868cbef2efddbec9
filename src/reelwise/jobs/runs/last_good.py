"""What remains of a training that was stopped or whose loss became NaN, as a model that can be used."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import Interruption, TrainingError
from reelwise.datasets.dataset import Dataset
from reelwise.inference.picture_rates import with_rate_note
from reelwise.jobs.runs.folder import write_history, write_skipped, write_splits
from reelwise.models.build import build_network
from reelwise.models.file import save_model
from reelwise.training.failures import LossNotFinite, TrainingStop
from reelwise.training.objective import Objective, history_columns

_LONGEST_REASON = 900
"""Characters of the reason in the model file, whose training summary takes at most 1000 in one value."""


@dataclass(frozen=True, eq=False)
class FailedTraining:
    """A training whose loss is no number any more.

    Args:
        contract: Of the network that is kept.
        dataset: What it was trained on.
        split: Of each record: ``train``, ``val`` or ``test``.
        objective: Of the training.
        arrays: What travels along in the file: which videos the weights learned from.
        earlier: A network of this run that was finished earlier, for when there are no last good weights.
        state: What is not true of the weights, for the person: ``not tested``.
    """

    contract: Contract
    dataset: Dataset
    split: Sequence[str]
    objective: Objective
    arrays: Mapping[str, np.ndarray]
    earlier: keras.Model | None = None
    state: str = "not tested"


def keep_last_good(path: Path, training: FailedTraining, problem: LossNotFinite) -> TrainingError:
    """Write ``model.keras`` with the last finite weights and the files that led there, and give the error to raise.

    The model is not tested; ``reelwise evaluate`` can do that. The checkpoints stay.

    Args:
        path: The run folder.
        training: What failed.
        problem: With the last good weights, if there are any.

    Returns:
        The error to raise.
    """
    write_splits(path, training.dataset.records, training.split)
    write_skipped(path, training.dataset.skipped)
    write_history(path, history_columns(training.objective), problem.history)
    network = training.earlier
    if problem.last_good is not None:
        network = build_network(training.contract)
        network.set_weights(problem.last_good)
    if network is None:
        return TrainingError(problem.message, hint="Use a larger --batch-size, other videos or another --seed.")
    target = path / "model.keras"
    reason = problem.message[:_LONGEST_REASON]
    save_model(
        target, network, with_rate_note(training.contract), extra_arrays=training.arrays, training={"stopped": reason}
    )
    hint = f"The last good weights are kept in {target}, {training.state}. {problem.hint}"
    return TrainingError(problem.message, hint=hint)


def keep_stopped(path: Path, contract: Contract, arrays: Mapping[str, np.ndarray], stop: TrainingStop) -> Interruption:
    """Write ``model.keras`` with the weights of a stopped training, and give the error to raise.

    The model is not tested. The checkpoints stay, and a resumed training writes over it.

    Args:
        path: The run folder.
        contract: Of the network.
        arrays: What travels along in the file: which videos the weights learned from.
        stop: With the last good weights; without any, nothing is written.

    Returns:
        The error to raise; its hint says how to use the model.
    """
    if stop.last_good is None:
        return stop
    network = build_network(contract)
    network.set_weights(stop.last_good)
    save_model(
        path / "model.keras", network, with_rate_note(contract), extra_arrays=arrays, training={"stopped": stop.message}
    )
    hint = f"{stop.hint} To see what it makes so far: reelwise generate {shlex.quote(str(path))} --out DIR".strip()
    return Interruption(stop.message, hint=hint, signal_number=stop.signal_number)
