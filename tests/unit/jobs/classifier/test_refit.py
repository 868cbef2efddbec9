"""How many epochs the refit gets."""

from types import SimpleNamespace

import keras
import pytest

from reelwise.jobs.classifier import refit as refit_module
from reelwise.jobs.classifier.model_job import TrainedNetwork
from reelwise.jobs.classifier.refit import refit, refit_epochs
from reelwise.training.fit import FitResult


def result(best_epoch: int) -> FitResult:
    return FitResult(keras.Model(), (), epochs=60, best_epoch=best_epoch, stop_reason="epochs", seconds=1.0)


@pytest.mark.parametrize(("best", "expected"), [([7], 7), ([3, 40, 5], 5), ([4, 8], 6), ([0], 1)])
def test_it_gets_the_median_of_the_best_epochs_and_at_least_one(best, expected):
    assert refit_epochs([result(epoch) for epoch in best]) == expected


@pytest.mark.parametrize(("uses_validation", "expected"), [(True, 7), (False, None)])
def test_the_refit_goes_on_all_videos_for_as_many_epochs_as_were_best(uses_validation, expected, monkeypatch):
    trainings = []
    monkeypatch.setattr(refit_module, "train", lambda job, training, earlier: trainings.append(training))
    job = SimpleNamespace(
        evaluation=SimpleNamespace(refit=True), plan=SimpleNamespace(uses_validation=uses_validation), data=range(12),
        seed_of=lambda number: number, training_seconds=None,
    )  # fmt: skip
    networks = [TrainedNetwork(result(epoch), None, ()) for epoch in (7, 3, 40)]
    assert refit(job, networks)[1]
    assert [(t.train_indices, t.validation_indices, t.epochs) for t in trainings] == [(tuple(range(12)), (), expected)]
