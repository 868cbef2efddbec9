"""Train one more network on all videos, for as many epochs as served the tested ones."""

from collections.abc import Sequence
from statistics import median

from reelwise.jobs.classifier.fit import Training
from reelwise.jobs.classifier.model_job import ModelJob, TrainedNetwork, train
from reelwise.training.fit import FitResult

REFIT_SEED = 999
"""Number of the refit among the seeds of a run; folds count from 0 and are 100 at most."""


def refit(job: ModelJob, networks: Sequence[TrainedNetwork]) -> tuple[TrainedNetwork, bool]:
    """The network to hand over, and whether it was refitted; the first tested one with ``--no-refit``.

    Args:
        job: The model.
        networks: The tested networks.
    """
    if not job.evaluation.refit:
        return networks[0], False
    everything = tuple(range(len(job.data)))
    epochs = refit_epochs([network.fit for network in networks]) if job.plan.uses_validation else None
    training = Training("refit", everything, (), job.seed_of(REFIT_SEED), job.training_seconds, epochs)
    return train(job, training, networks[-1]), True


def refit_epochs(results: Sequence[FitResult]) -> int:
    """The median of the best epochs: without validation videos, a refit cannot find its own."""
    return max(1, round(float(median(result.best_epoch for result in results))))
