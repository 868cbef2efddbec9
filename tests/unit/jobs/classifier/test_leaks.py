"""Test videos decide nothing: not the calibration, not the baselines, not the statistics of the input."""

import csv

import numpy as np
import pytest

from reelwise.evaluation.calibrate import calibrate
from reelwise.jobs.api import load_model
from reelwise.jobs.classifier import baselines, folds_run, mirroring, model_job, split_run
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.cluster_intervals import accuracy_interval


@pytest.fixture
def sure_networks(monkeypatch, quick_fit):
    """Networks that are very sure of every video, and wrong on every third of them."""

    def predict_heads(network, contract, data, indices, progress):
        shift = (np.array(indices) % 3 == 0).astype(int)
        return 9.0 * np.eye(len(data.labels))[(data.y[list(indices)] + shift) % len(data.labels)][:, None]

    monkeypatch.setattr(model_job, "predict_heads", predict_heads)


@pytest.fixture
def calibrations(monkeypatch):
    """The head outputs and targets of each calibration, in turn."""
    seen = []

    def record(contract, head_outputs, targets, units=None):
        seen.append((head_outputs, targets, list(units or ())))
        return calibrate(contract, head_outputs, targets, units)

    monkeypatch.setattr(split_run, "calibrate", record)
    return seen


def rows_of(run, name):
    with (run.path / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_split_is_calibrated_on_its_validation_videos(tiny_train, sure_networks, calibrations):
    run = tiny_train()
    ((outputs, targets, units),) = calibrations
    validation = [row for row in rows_of(run, "splits.csv") if row["split"] == "val"]
    labels = ("bounce", "down", "up")
    assert [labels[y] for y in targets] == [row["label"] for row in validation]
    assert len(outputs) == len(units) == len(validation) > 0
    # The test videos have the same labels in the same order. A unit is called like the first of its videos.
    assert set(units) <= {row["file"] for row in validation}
    output = load_model(run.path / "model.keras").contract.output
    assert output.temperature == pytest.approx(calibrate_like(outputs, targets))


def calibrate_like(outputs, targets) -> float:
    from reelwise.metrics.calibration import fit_temperature

    return fit_temperature(outputs[:, 0], targets)


@pytest.mark.parametrize("folds", [None, 3])
def test_baselines_see_no_test_video_and_none_of_its_group(folds, tiny_train, sure_networks, monkeypatch):
    module, fits = (folds_run if folds else split_run), []

    def record(job, train_indices):
        fits.append(set(train_indices))
        return baselines.fit_job_baselines(job, train_indices)

    monkeypatch.setattr(module, "fit_job_baselines", record)
    run = tiny_train(folds=folds)
    groups = [row["group"] for row in rows_of(run, "splits.csv")]
    if folds:
        tests = [
            [i for i, row in enumerate(rows_of(run, "predictions.csv")) if row["fold"] == str(k + 1)] for k in range(3)
        ]
        assert [row["file"] for row in rows_of(run, "predictions.csv")] == [
            row["file"] for row in rows_of(run, "splits.csv")
        ]
        handed_over = fits.pop()
        assert len(handed_over) == 18
    else:
        tests = [[i for i, row in enumerate(rows_of(run, "splits.csv")) if row["split"] == "test"]]
    for train, test in zip(fits, tests, strict=True):
        assert test
        assert not {groups[i] for i in train} & {groups[i] for i in test}


def test_baselines_choose_their_strength_by_units_of_the_split(tiny_train, sure_networks, monkeypatch):
    units_seen, fit_baselines = [], baselines.fit_baselines

    def record(features, y, num_classes, units, *rest):
        units_seen.append(units)
        return fit_baselines(features, y, num_classes, units, *rest)

    monkeypatch.setattr(baselines, "fit_baselines", record)
    run = tiny_train()
    groups = [row["group"] for row in rows_of(run, "splits.csv") if row["split"] == "train"]
    pairs = set(zip(units_seen[0], groups, strict=True))
    assert len(pairs) == len(set(units_seen[0])) == len(set(groups)) < len(groups)


@pytest.mark.parametrize("folds", [None, 3])
def test_statistics_of_the_input_come_from_the_training_videos(folds, tiny_train, sure_networks, monkeypatch):
    fits, fit_contract = [], model_job.fit_contract

    def record(contract, data, indices):
        fits.append(tuple(indices))
        return fit_contract(contract, data, indices)

    trainings, fit_network = [], model_job.fit_network

    def record_training(data, plan, training, *rest):
        trainings.append(training.train_indices)
        return fit_network(data, plan, training, *rest)

    monkeypatch.setattr(model_job, "fit_contract", record)
    monkeypatch.setattr(model_job, "fit_network", record_training)
    tiny_train(folds=folds)
    assert fits[: len(trainings)] == trainings
    assert all(len(indices) < 18 for indices in trainings)
    assert [len(indices) for indices in fits[len(trainings) :]] == ([18] if folds else [])  # the pooled calibration's


@pytest.mark.parametrize("folds", [None, 3])
def test_mirroring_is_asked_of_the_training_videos(folds, tiny_train, sure_networks, monkeypatch):
    trials, try_mirror = [], mirroring.try_mirror

    def record(features, y, labels, units, *rest):
        trials.append((y.tolist(), list(units)))
        return try_mirror(features, y, labels, units, *rest)

    trainings, fit_network = [], model_job.fit_network

    def record_training(data, plan, training, *rest):
        indices = list(training.train_indices)
        trainings.append((data.y[indices].tolist(), [data.split_plan.units[i] for i in indices]))
        return fit_network(data, plan, training, *rest)

    monkeypatch.setattr(mirroring, "try_mirror", record)
    monkeypatch.setattr(model_job, "fit_network", record_training)
    tiny_train(folds=folds)
    assert trials[: len(trainings)] == trainings
    assert len(trials) == len(trainings) + (folds is not None)


def test_intervals_are_over_the_groups_of_the_videos(tiny_train, sure_networks):
    run = tiny_train(folds=3)
    groups = [row["group"] for row in rows_of(run, "splits.csv")]
    is_right = np.array([row["label"] == row["predicted"] for row in rows_of(run, "predictions.csv")])
    assert run.metrics["num_units"] == len(set(groups)) == 6
    assert run.metrics["accuracy_ci95"] == interval_list(accuracy_interval(is_right, groups))
    assert run.metrics["accuracy_ci95"] != interval_list(accuracy_interval(is_right, None))
