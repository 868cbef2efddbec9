"""Calibration: head weights, temperature and thresholds, fitted on held-out videos; predictions from head outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reelwise.core.contract import Contract
from reelwise.tasks import find_task

_WHOLE = ""
"""Stands for the whole model among the names of ablations."""


def model_output(contract: Contract, head_outputs: np.ndarray) -> np.ndarray:
    """The predictions of a model, from the outputs of its heads.

    Args:
        contract: With head weights, temperature, mean and scale.
        head_outputs: (N, H, C) logits, or standardised numbers.

    Returns:
        (N, C) float64: probabilities, or numbers for regression.
    """
    output = contract.label_output
    return output.activate(output.combine_heads(head_outputs))


def calibrate(
    contract: Contract, head_outputs: np.ndarray, targets: np.ndarray, units: Sequence[str] | None = None
) -> Contract:
    """The contract with a calibration fitted on videos that the model was not trained on.

    Args:
        contract: Uncalibrated.
        head_outputs: (N, H, C), the mean over the views of each video. With N = 0 the contract stays as it is.
        targets: (N,) int64 classes, (N, C) 0/1 labels, or (N,) numbers.
        units: N units (recording, person, file), whose number decides whether a threshold can be fitted; None where
            each video is one.

    Returns:
        With a temperature, or weights where there are several heads; with ``unsure_below``, or a threshold per label.
    """
    if len(head_outputs) == 0:
        return contract
    task, output = find_task(contract.task), contract.label_output
    if contract.network.head_names:
        weights = task.fit_head_weights(head_outputs, _network_targets(contract, targets))
        output = output.with_values(head_weights=tuple(float(weight) for weight in weights))
    else:
        output = output.with_values(temperature=task.fit_temperature(head_outputs[:, 0], targets))
    probs = output.activate(output.combine_heads(head_outputs))
    unsure_below, thresholds = task.fit_unsure_below(targets, probs, units), task.fit_thresholds(targets, probs)
    return replace(contract, output=output.with_values(unsure_below=unsure_below, thresholds=thresholds))


@dataclass(frozen=True, eq=False)
class FoldPredictions:
    """Predictions for the videos of all folds, each by the model that was not trained on that fold.

    Args:
        probs: (N, C) probabilities or numbers.
        ablated_probs: {name of the ablation: the same, with modalities masked or frames reordered}.
        thresholds: (N, C), the probability from which each label is predicted; empty for other tasks.
    """

    probs: np.ndarray
    ablated_probs: dict[str, np.ndarray]
    thresholds: np.ndarray


def calibrate_folds(
    contract: Contract,
    head_outputs: np.ndarray,
    targets: np.ndarray,
    folds: np.ndarray,
    units: Sequence[str],
    ablated_outputs: Mapping[str, np.ndarray] | None = None,
) -> FoldPredictions:
    """Predictions for all videos; those of a fold are calibrated on the videos of the other folds.

    Args:
        contract: Uncalibrated.
        head_outputs: (N, H, C), each from a network that was not trained on the fold of its video.
        targets: As in :func:`calibrate`.
        folds: (N,) int, the fold that each video was held out in.
        units: N units, as in :func:`calibrate`.
        ablated_outputs: {name of the ablation: (N, H, C)}, to which the same calibration is applied.
    """
    num_videos, _, num_outputs = head_outputs.shape
    outputs = {_WHOLE: head_outputs, **(ablated_outputs or {})}
    probs = {name: np.zeros((num_videos, num_outputs)) for name in outputs}
    thresholds = np.zeros((num_videos, num_outputs if find_task(contract.task).has_label_sets else 0))
    for fold in np.unique(folds):
        in_fold = folds == fold
        others = np.flatnonzero(~in_fold).tolist()
        fold_contract = calibrate(contract, head_outputs[others], targets[others], [units[i] for i in others])
        thresholds[in_fold] = fold_contract.output.calibration.thresholds
        for name in outputs:
            probs[name][in_fold] = model_output(fold_contract, outputs[name][in_fold])
    return FoldPredictions(probs.pop(_WHOLE), probs, thresholds)


def _network_targets(contract: Contract, targets: np.ndarray) -> np.ndarray:
    """(N, C) float64 targets, in the units that the network is trained on."""
    mean, scale = contract.label_output.standardization
    return find_task(contract.task).network_targets(targets, len(contract.labels), mean, scale)
