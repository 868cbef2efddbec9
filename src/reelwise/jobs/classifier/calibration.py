"""From the head outputs of several folds to one calibrated contract."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reelwise.core.contract import Contract
from reelwise.jobs.classifier.model_job import EvaluatedNetwork


def with_calibration(contract: Contract, calibration: Contract, weights_note: str) -> Contract:
    """The contract of the network that is handed over, with the calibration of the tested ones.

    Args:
        contract: Of the network.
        calibration: A contract with temperature, head weights and thresholds.
        weights_note: Where the network's weights come from, for its notes.
    """
    return replace(
        contract,
        output=contract.label_output.with_calibration_of(calibration.label_output),
        notes={"weights": weights_note},
    )


def pool_head_outputs(
    networks: Sequence[EvaluatedNetwork],
    tests: Sequence[tuple[list[int], list[int]]],
    num_videos: int,
    contract: Contract,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The head outputs of all folds as those of one network.

    Each fold standardised numbers by its own training videos; here they are in the units of one contract.

    Args:
        networks: One for each fold.
        tests: For each fold the indices of its test videos, and of those that were predicted again masked.
        num_videos: N.
        contract: In whose units.

    Returns:
        (N, H, C) of whole videos, and {ablation: (N, H, C)}, zeros where a video was not predicted.
    """
    all_outputs: dict[str, np.ndarray] = {}
    for network, (test_indices, masked_indices) in zip(networks, tests, strict=True):
        rows = {"": (test_indices, network.head_outputs)}
        rows |= {name: (masked_indices, outputs) for name, outputs in network.masked_outputs.items()}
        for name, (indices, outputs) in rows.items():
            outputs = _in_units_of(contract, outputs, network.trained_network.contract)
            all_outputs.setdefault(name, np.zeros((num_videos, *outputs.shape[1:])))[indices] = outputs
    return all_outputs.pop(""), all_outputs


def _in_units_of(contract: Contract, outputs: np.ndarray, source: Contract) -> np.ndarray:
    """Numbers that ``source`` standardised, standardised as ``contract`` does; logits have mean 0 and scale 1."""
    (mean, scale), (own_mean, own_scale) = source.label_output.standardization, contract.label_output.standardization
    return (outputs * scale + mean - own_mean) / own_scale
