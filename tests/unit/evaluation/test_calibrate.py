"""Calibration sees the videos that it may see, and no others."""

import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder
from reelwise.evaluation.calibrate import calibrate, calibrate_folds, model_output
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput

LABELS = ("a", "b", "c")


def contract_of(output) -> Contract:
    spec = InputSpec(DecodeSettings(), ClipSpec(4, input_size=32))
    return Contract(spec, NetworkSpec((Encoder("cnn", "small"),)), output)


def outputs_and_classes(num_videos: int = 120, loudness: float = 4.0, seed: int = 0):
    """Logits (N, 1, 3) that are far too sure, and classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=num_videos)
    return loudness * (rng.normal(size=(num_videos, 1, 3)) + np.eye(3)[y][:, None]), y


def units_of(num_videos: int) -> list[str]:
    return [f"unit {i}" for i in range(num_videos)]


def test_a_fold_is_calibrated_without_its_own_labels():
    contract, (outputs, y) = contract_of(ClassificationOutput(LABELS)), outputs_and_classes()
    folds = np.arange(len(y)) % 3
    before = calibrate_folds(contract, outputs, y, folds, units_of(len(y)))
    changed = np.where(folds == 0, (y + 1) % 3, y)  # another truth in the first fold
    after = calibrate_folds(contract, outputs, changed, folds, units_of(len(y)))
    assert np.array_equal(before.probs[folds == 0], after.probs[folds == 0])
    assert not np.allclose(before.probs[folds == 1], after.probs[folds == 1])
    for fold in range(3):
        others = folds != fold
        expected = calibrate(contract, outputs[others], y[others], units_of(int(others.sum())))
        assert np.array_equal(before.probs[~others], model_output(expected, outputs[~others]))


def test_the_thresholds_of_a_fold_come_from_the_other_folds():
    rng = np.random.default_rng(0)
    y = (rng.random((90, 3)) < 0.4).astype(np.float32)
    outputs = (rng.normal(size=(90, 1, 3)) + 2 * y[:, None] - 3).astype(np.float64)
    contract, folds = contract_of(MultilabelOutput(LABELS)), np.arange(90) % 3
    before = calibrate_folds(contract, outputs, y, folds, units_of(90)).thresholds
    changed = np.where((folds == 0)[:, None], 1 - y, y)
    after = calibrate_folds(contract, outputs, changed, folds, units_of(90)).thresholds
    assert np.array_equal(before[folds == 0], after[folds == 0])
    assert not np.array_equal(before[folds == 1], after[folds == 1])


def test_masked_predictions_of_a_fold_get_the_calibration_of_the_whole_model():
    contract, (outputs, y) = contract_of(ClassificationOutput(LABELS)), outputs_and_classes()
    folds = np.arange(len(y)) % 3
    predictions = calibrate_folds(contract, outputs, y, folds, units_of(len(y)), {"sound": outputs})
    assert np.array_equal(predictions.ablated_probs["sound"], predictions.probs)


def test_without_videos_the_contract_stays_as_it_is():
    contract = contract_of(ClassificationOutput(LABELS))
    assert calibrate(contract, np.zeros((0, 1, 3)), np.zeros(0, np.int64)) is contract


@pytest.mark.parametrize(("units_per_video", "is_fitted"), [(1, True), (10, False)])
def test_a_threshold_for_unsure_is_fitted_on_enough_units_only(units_per_video, is_fitted):
    contract, (outputs, y) = contract_of(ClassificationOutput(LABELS)), outputs_and_classes()
    units = [f"file {i // units_per_video}" for i in range(len(y))]
    default = 1 / 3 + (2 / 3) / 4
    assert (calibrate(contract, outputs, y, units).output.unsure_below != pytest.approx(default)) is is_fitted
