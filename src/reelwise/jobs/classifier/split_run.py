"""One split: train on the training videos, stop and calibrate by validation videos, predict the test videos."""

import numpy as np

from reelwise.evaluation.calibrate import calibrate, model_output
from reelwise.jobs.classifier.ablation import masked_positions, masked_predictions
from reelwise.jobs.classifier.baselines import fit_job_baselines, predict_baselines
from reelwise.jobs.classifier.fit import Training
from reelwise.jobs.classifier.model_job import ModelJob, train_and_predict
from reelwise.jobs.classifier.result import HeldOutPredictions, ModelResult, finish_model


def run_split(job: ModelJob) -> ModelResult:
    """The model trained on one split; then refitted on all videos, if the plan wants it."""
    split, data = job.data.split, job.data
    positions = masked_positions(job.plan, job.evaluation, len(split.test), len(split.train))
    masked_indices = tuple(split.test[i] for i in positions)
    training = Training("split", split.train, split.validation, job.seed_of(0), job.training_seconds)
    network = train_and_predict(job, training, split.validation + split.test, masked_indices)
    num_validation = len(split.validation)
    contract = calibrate(
        network.trained_network.contract,
        network.head_outputs[:num_validation],
        data.y[list(split.validation)],
        [data.split_plan.units[i] for i in split.validation],
    )
    masked_probs = {name: model_output(contract, outputs) for name, outputs in network.masked_outputs.items()}
    baselines = fit_job_baselines(job, split.train)
    test = HeldOutPredictions(
        indices=split.test,
        folds=(),
        probs=model_output(contract, network.head_outputs[num_validation:]),
        thresholds=np.array(contract.output.calibration.thresholds),
        baseline_probs=predict_baselines(job, baselines, split.test),
        ablation=masked_predictions(job.plan, masked_probs, positions),
    )
    return finish_model(job, [network], test, baselines, contract)
