"""From what a network answers to what a model says: weights, temperature and thresholds, fitted on held-out videos."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from reelwise.core.contract import Contract
from reelwise.tasks import find_task


def model_output(contract: Contract, answers: np.ndarray) -> np.ndarray:
    """What a model says, from what its network answers.

    Args:
        contract: With weights, temperature, mean and scale.
        answers: (N, H, C).

    Returns:
        (N, C) float64: probabilities, or numbers for regression.
    """
    output = contract.label_output
    return output.activate(output.combine_heads(answers))


def calibrated(contract: Contract, answers: np.ndarray, targets: np.ndarray) -> Contract:
    """The contract of a model that was calibrated on videos that it has not learned from.

    Args:
        contract: Uncalibrated.
        answers: (N, H, C) mean answers of the network; N may be 0, and then nothing is known better.
        targets: (N,) int64 classes, (N, C) 0/1 labels, or (N,) numbers.

    Returns:
        With temperature, or weights where there are several answers; with the threshold of unsure, or those of labels.
    """
    if len(answers) == 0:
        return contract
    task, output = find_task(contract.task), contract.label_output
    if contract.network.head_names:
        weights = task.fit_head_weights(answers, _network_targets(contract, targets))
        output = output.with_values(head_weights=tuple(float(weight) for weight in weights))
    else:
        output = output.with_values(temperature=task.fit_temperature(answers[:, 0], targets))
    probs = output.activate(output.combine_heads(answers))
    unsure_below, thresholds = task.fit_unsure_below(targets, probs), task.fit_thresholds(targets, probs)
    return replace(contract, output=output.with_values(unsure_below=unsure_below, thresholds=thresholds))


@dataclass(frozen=True, eq=False)
class FoldOutputs:
    """What the models of all folds say of the videos that each was held out from.

    Args:
        probs: (N, C) probabilities or numbers.
        looks: The same of each look, such as with a part hidden.
        thresholds: (N, C) from which probability on each label is given; empty for other tasks.
    """

    probs: np.ndarray
    looks: dict[str, np.ndarray]
    thresholds: np.ndarray


def fold_outputs(
    contract: Contract,
    answers: np.ndarray,
    targets: np.ndarray,
    folds: np.ndarray,
    looks: Mapping[str, np.ndarray] | None = None,
) -> FoldOutputs:
    """What the model of each fold says, calibrated on the videos of the other folds.

    Args:
        contract: Uncalibrated.
        answers: (N, H, C), each of a network that has not learned from that video's fold.
        targets: As in :func:`calibrated`.
        folds: (N,) int.
        looks: More answers (N, H, C) by name, such as with a part hidden, to be weighed alike.
    """
    given = {"": answers, **(looks or {})}
    said = {name: np.zeros((len(answers), answers.shape[2])) for name in given}
    thresholds = np.zeros((len(answers), answers.shape[2] if find_task(contract.task).has_label_sets else 0))
    for fold in np.unique(folds):
        here = folds == fold
        fitted = calibrated(contract, answers[~here], targets[~here])
        thresholds[here] = fitted.output.calibration.thresholds
        for name, told in given.items():
            said[name][here] = model_output(fitted, told[here])
    return FoldOutputs(said.pop(""), said, thresholds)


def _network_targets(contract: Contract, targets: np.ndarray) -> np.ndarray:
    """(N, C) float64 targets, as the network is trained on."""
    mean, scale = contract.label_output.standardization
    return find_task(contract.task).network_targets(targets, len(contract.labels), mean, scale)
