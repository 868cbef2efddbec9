"""Sets of labels and numbers, evaluated end to end: metrics, baselines, predictions.csv, verdict."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import average_precision_score, r2_score

from reelwise.core.errors import ModelFileError
from reelwise.evaluation.baselines import (
    BASELINE_NAMES,
    BaselineFeatures,
    Baselines,
    fit_baselines,
    predict_out_of_fold,
)
from reelwise.evaluation.evaluate import evaluation_metrics, prediction_rows
from reelwise.evaluation.linear_classifier import LinearClassifier, inner_folds, moments
from reelwise.evaluation.linear_tasks import fit_linear_model
from reelwise.evaluation.verdict import best_baseline, standing
from reelwise.features import hog, motion_energy
from reelwise.tasks import LabeledPredictions
from reelwise.tasks.metrics import Metrics

NUM_VIDEOS = 80
LABELS = ("dog", "car")


def features(num_videos: int = NUM_VIDEOS) -> tuple[BaselineFeatures, np.ndarray]:
    """Noise, but for one fact of motion that tells a number; also that number."""
    rng = np.random.default_rng(0)
    widths = (12, hog.NUM_FEATURES, motion_energy.NUM_FEATURES)
    tables = [rng.normal(size=(num_videos, width)).astype(np.float32) for width in widths]
    number = rng.normal(size=num_videos)
    tables[2][:, :20] += 4 * number[:, None].astype(np.float32)
    return BaselineFeatures(*tables), number


def truths(number: np.ndarray) -> dict[str, tuple[np.ndarray, int]]:
    return {
        "multilabel": (np.stack([number > 0.3, number < 0.8], axis=1).astype(np.int64), 2),
        "regression": (1000 + 7 * number, 1),
    }


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_each_baseline_uses_its_own_features_and_is_stored_as_arrays(task):
    table, number = features()
    y, num_outputs = truths(number)[task]
    baselines = fit_baselines(table.take(np.arange(60)), y[:60], num_outputs, None, 0, task)
    predictions = baselines.predict(table.take(np.arange(60, 80)))
    assert tuple(predictions) == BASELINE_NAMES
    assert all(result.shape == (20, num_outputs) and result.dtype == np.float64 for result in predictions.values())
    if task == "multilabel":
        scores = {name: average_precision_score(y[60:], result) for name, result in predictions.items()}
        assert predictions["majority"][0] == pytest.approx(y[:60].mean(axis=0), rel=1e-5)
        assert scores["motion_energy"] > 0.95
        assert scores["container"] < 0.85
    else:
        errors = {name: np.abs(result[:, 0] - y[60:]).mean() for name, result in predictions.items()}
        assert predictions["majority"][0, 0] == pytest.approx(np.median(y[:60]), rel=1e-6)
        assert errors["motion_energy"] < 0.4 * errors["majority"]
        assert errors["container"] > 0.7 * errors["majority"]
        assert all(
            y[:60].min() - 1e-2 <= result.min() and result.max() <= y[:60].max() + 1e-2
            for result in predictions.values()
        )
        wild = replace(table, motion_energy=20 * table.motion_energy)
        assert np.abs(baselines.predict(wild)["motion_energy"] - 1000).max() < 40  # never beyond what was met
    again = Baselines.from_arrays(baselines.to_arrays(), num_outputs, task)
    for name, result in again.predict(table.take(np.arange(60, 80))).items():
        assert np.array_equal(result, predictions[name])
    with pytest.raises(ModelFileError):
        Baselines.from_arrays(baselines.to_arrays(), num_outputs + 1, task)


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_out_of_fold_baselines_are_not_fitted_on_their_own_videos(task):
    table, number = features()
    y, num_outputs = truths(number)[task]
    folds = np.arange(NUM_VIDEOS) % 2
    predictions = predict_out_of_fold(table, y, folds, num_outputs, None, 0, task)
    other = fit_baselines(table.take(folds == 1), y[folds == 1], num_outputs, None, 0, task)
    expected = other.predict(table.take(folds == 0))
    assert np.array_equal(predictions["motion_energy"][folds == 0], expected["motion_energy"])


def test_ridge_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    rows, y = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=50) * 9 + 100
    result = fit_linear_model("regression", rows, y, 1, None, 0)
    scaled_rows = (rows - rows.mean(0)) / rows.std(0)
    expected = [
        Ridge(alpha=10 / strength).fit(scaled_rows, y).predict(scaled_rows)
        for strength in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
    ]
    gaps = [np.abs(result.predict(rows)[:, 0] - other).max() for other in expected]
    assert min(gaps) < 1e-3


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_a_basis_of_few_videos_changes_no_prediction(task, monkeypatch):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 60)).astype(np.float32)
    number = rows[:, :5].sum(axis=1) / 2
    y, num_outputs = truths(number)[task]
    with_basis = fit_linear_model(task, rows, y, num_outputs, None, 0)
    monkeypatch.setattr("reelwise.evaluation.linear_tasks.rotation", lambda rows: None)
    plain = fit_linear_model(task, rows, y, num_outputs, None, 0)
    predictions, expected = with_basis.predict(rows), plain.predict(rows)
    assert np.ptp(expected) > (0.2 if task == "multilabel" else 7)
    assert predictions == pytest.approx(expected, abs=0.005 * np.ptp(expected))


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_the_strength_is_chosen_on_groups_that_are_not_learned_from(task, monkeypatch):
    table, number = features()
    y, num_outputs = truths(number)[task]
    groups = [f"place {i // 4}" for i in range(NUM_VIDEOS)]
    folds, num_normalised = [], []

    def record_folds(*arguments):
        folds.extend(inner_folds(*arguments))
        return folds

    def record_moments(rows):
        num_normalised.append(len(rows))
        return moments(rows)

    monkeypatch.setattr("reelwise.evaluation.linear_tasks.inner_folds", record_folds)
    monkeypatch.setattr("reelwise.evaluation.linear_tasks.moments", record_moments)
    fit_linear_model(task, table.motion_energy, y, num_outputs, groups, 0)
    assert len(folds) == 4
    for train, test in folds:
        assert not {groups[i] for i in train} & {groups[i] for i in test}
    assert num_normalised == [*(len(train) for train, _ in folds), NUM_VIDEOS]


def test_a_label_that_every_video_or_none_has_is_fitted_too():
    rows = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    y = np.stack([np.ones(12), np.zeros(12), np.arange(12) % 2], axis=1)
    model = fit_linear_model("multilabel", rows, y, 3, None, 0)
    assert isinstance(model, LinearClassifier)
    predictions = model.predict(rows)
    assert (predictions[:, 0] > 0.9).all()
    assert (predictions[:, 1] < 0.1).all()


def predictions_of(
    task: str, noise: float = 0.3, folds: bool = False
) -> tuple[LabeledPredictions, dict[str, np.ndarray]]:
    table, number = features()
    y, num_outputs = truths(number)[task]
    rng = np.random.default_rng(1)
    if task == "multilabel":
        predictions = np.clip(0.2 + 0.6 * y + noise * rng.normal(size=y.shape), 0, 1)
    else:
        predictions = (y + 7 * noise * rng.normal(size=len(y)))[:, None]
    which = np.arange(NUM_VIDEOS) % 4
    item = LabeledPredictions(
        tuple(f"{i}.mp4" for i in range(NUM_VIDEOS)),
        LABELS if task == "multilabel" else ("speed",),
        y,
        predictions,
        tuple(f"g{i % 10}" for i in range(NUM_VIDEOS)),
        which + 1 if folds else None,
        task=task,
    )
    return item, predict_out_of_fold(table, y, which, num_outputs, item.units, 0, task)


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_metrics_are_json_with_baselines_beside_the_score(task):
    item, baseline_probs = predictions_of(task)
    result = evaluation_metrics(item, baseline_probs, seed=0, split="test", modalities=("frames", "sound"))
    again = json.loads(json.dumps(result, allow_nan=False))
    name = {"multilabel": "map", "regression": "mae"}[task]
    assert again["task"] == task
    assert "accuracy" not in json.dumps(again).replace("label_accuracy", "")
    assert set(again["baselines"]) == set(BASELINE_NAMES)
    assert again["modalities"] == {"frames+sound": {name: again[name], f"{name}_ci95": again[f"{name}_ci95"]}}
    for rule in again["baselines"].values():
        assert rule[f"{name}_ci95"][0] <= rule[name] <= rule[f"{name}_ci95"][1]
        low, high = rule["difference_ci95"]
        assert low <= again[name] - rule[name] <= high
    assert best_baseline(Metrics(again)) == "motion_energy"
    if task == "regression":
        assert again["r2"] == pytest.approx(r2_score(item.y_true, item.values))
        assert again["baselines"]["motion_energy"]["r2"] > 0.7


STANDINGS = {"above": 0.01, "not_above": 3.0}


@pytest.mark.parametrize("task", ["multilabel", "regression"])
@pytest.mark.parametrize("expected", STANDINGS)
def test_the_verdict_follows_the_standing(task, expected):
    item, baseline_probs = predictions_of(task, noise=STANDINGS[expected])
    if expected == "above":  # against a rule that is perfect, nothing is above
        baseline_probs = {name: baseline_probs[name] for name in ("majority", "container")}
    result = evaluation_metrics(item, baseline_probs, seed=0, split="test")
    assert standing(Metrics(result)) == expected
    words = {"above": "and clearly beats the best simple rule (", "not_above": ", which is no better than the best"}
    assert words[expected] in result["verdict"]
    assert result["verdict"].endswith(".")
    assert "nan" not in result["verdict"]


def small(task: str, truth: Any, predictions: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    truth, predictions = np.asarray(truth), np.asarray(predictions, float)
    names = tuple(str(i) for i in range(len(truth)))
    return evaluation_metrics(
        LabeledPredictions(names, labels, truth, predictions, task=task), None, seed=0, split="test"
    )


def test_cautions_on_labels():
    truth = np.zeros((30, 3), int)
    truth[:15, 0] = truth[::2, 1] = 1
    predictions = np.stack([np.where(truth[:, 0], 0.9, 0.1), np.full(30, 0.2), np.full(30, 0.1)], axis=1)
    result = small("multilabel", truth, predictions, ("dog", "car", "rain"))
    assert "no video here has “rain”, so nothing is known of it" in result["verdict"]
    assert "it never gives “car”" in result["verdict"]
    assert "there are no simple rules to compare it with" in result["verdict"]
    assert "guessing would get" not in result["verdict"]
    assert "5 videos are too few" in small("multilabel", truth[:5], predictions[:5], ("a", "b", "c"))["verdict"]


def test_cautions_on_numbers():
    truth = np.linspace(0, 10, 40)
    assert "says 3 too much on average" in small("regression", truth, truth[:, None] + 3, ("x",))["verdict"]
    timid = small("regression", truth, np.full((40, 1), 5.0), ("x",))["verdict"]
    assert "says nearly the same number of every video" in timid
    assert "explaining nothing of how they differ; there are no simple rules" in timid
    same = small("regression", np.full(40, 7.0), np.full((40, 1), 7.5), ("x",))["verdict"]
    assert "all of them have the same number" in same


@pytest.mark.parametrize("folds", [False, True])
def test_predictions_of_labels_read_back(folds):
    item, _ = predictions_of("multilabel", folds=folds)
    edges = np.where(np.arange(NUM_VIDEOS)[:, None] % 4 == 0, 0.9, [[0.4, 0.6]]) if folds else (0.4, 0.6)
    item = LabeledPredictions(
        item.names, LABELS, item.y_true, item.probs, folds=item.folds, task="multilabel", thresholds=edges
    )
    rows = read_back(prediction_rows(item))
    assert rows[0] == ["file", *(["fold"] if folds else []), "label", "predicted", *LABELS]
    for i, row in enumerate(rows[1:]):
        truth, given = (set(text.split("|")) - {""} for text in row[-4:-2])
        assert truth == {label for label, mine in zip(LABELS, item.y_true[i], strict=True) if mine}
        assert given == {label for label, mine in zip(LABELS, item.labels_given[i], strict=True) if mine}
        assert [float(p) for p in row[-2:]] == item.probs[i].tolist()
    edges_of_videos = np.broadcast_to(edges, item.probs.shape)
    assert np.array_equal(item.labels_given, item.probs >= edges_of_videos)


def test_predictions_of_numbers_read_back():
    item, _ = predictions_of("regression", folds=True)
    rows = read_back(prediction_rows(item))
    assert rows[0] == ["file", "fold", "label", "predicted"]
    assert [float(row[2]) for row in rows[1:]] == item.y_true.tolist()
    assert [float(row[3]) for row in rows[1:]] == item.values.tolist()


def read_back(rows: list[list[str]]) -> list[list[str]]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return list(csv.reader(io.StringIO(text.getvalue())))
