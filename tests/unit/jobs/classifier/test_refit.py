"""How many epochs the refit gets."""

import keras
import pytest

from reelwise.jobs.classifier.refit import refit_epochs
from reelwise.training.fit import FitResult


def result(best_epoch: int) -> FitResult:
    return FitResult(keras.Model(), (), epochs=60, best_epoch=best_epoch, stop_reason="epochs", seconds=1.0)


@pytest.mark.parametrize(("best", "expected"), [([7], 7), ([3, 40, 5], 5), ([4, 8], 6), ([0], 1)])
def test_it_gets_the_median_of_the_best_epochs_and_at_least_one(best, expected):
    assert refit_epochs([result(epoch) for epoch in best]) == expected
