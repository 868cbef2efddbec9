"""Labels and numbers, judged from end to end: metrics, simple rules, predictions.csv, verdict."""

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
from reelwise.evaluation.linear_classifier import LinearClassifier
from reelwise.evaluation.linear_tasks import fit_linear_model
from reelwise.evaluation.verdict import best_baseline, standing
from reelwise.features import hog, motion_energy
from reelwise.tasks import LabeledPredictions

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
def test_each_rule_knows_what_it_sees_and_travels_as_arrays(task):
    table, number = features()
    y, num_outputs = truths(number)[task]
    learned = fit_baselines(table.take(np.arange(60)), y[:60], num_outputs, None, 0, task)
    said = learned.predict(table.take(np.arange(60, 80)))
    assert tuple(said) == BASELINE_NAMES
    assert all(found.shape == (20, num_outputs) and found.dtype == np.float64 for found in said.values())
    if task == "multilabel":
        scores = {name: average_precision_score(y[60:], found) for name, found in said.items()}
        assert said["majority"][0] == pytest.approx(y[:60].mean(axis=0), rel=1e-5)
        assert scores["motion_energy"] > 0.95
        assert scores["container"] < 0.85
    else:
        errors = {name: np.abs(found[:, 0] - y[60:]).mean() for name, found in said.items()}
        assert said["majority"][0, 0] == pytest.approx(np.median(y[:60]), rel=1e-6)
        assert errors["motion_energy"] < 0.4 * errors["majority"]
        assert errors["container"] > 0.7 * errors["majority"]
        assert all(y[:60].min() - 1e-2 <= found.min() and found.max() <= y[:60].max() + 1e-2 for found in said.values())
        wild = replace(table, motion_energy=20 * table.motion_energy)
        assert np.abs(learned.predict(wild)["motion_energy"] - 1000).max() < 40  # never beyond what was met
    again = Baselines.from_arrays(learned.to_arrays(), num_outputs, task)
    for name, found in again.predict(table.take(np.arange(60, 80))).items():
        assert np.array_equal(found, said[name])
    with pytest.raises(ModelFileError):
        Baselines.from_arrays(learned.to_arrays(), num_outputs + 1, task)


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_out_of_fold_rules_never_see_their_own_videos(task):
    table, number = features()
    y, num_outputs = truths(number)[task]
    folds = np.arange(NUM_VIDEOS) % 2
    said = predict_out_of_fold(table, y, folds, num_outputs, None, 0, task)
    other = fit_baselines(table.take(folds == 1), y[folds == 1], num_outputs, None, 0, task)
    wanted = other.predict(table.take(folds == 0))
    assert np.array_equal(said["motion_energy"][folds == 0], wanted["motion_energy"])


def test_ridge_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    rows, y = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=50) * 9 + 100
    found = fit_linear_model("regression", rows, y, 1, None, 0)
    scaled = (rows - rows.mean(0)) / rows.std(0)
    wanted = [
        Ridge(alpha=10 / strength).fit(scaled, y).predict(scaled) for strength in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
    ]
    gaps = [np.abs(found.predict(rows)[:, 0] - other).max() for other in wanted]
    assert min(gaps) < 1e-3


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_turning_into_the_space_of_few_videos_changes_nothing(task, monkeypatch):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 60)).astype(np.float32)
    number = rows[:, :5].sum(axis=1) / 2
    y, num_outputs = truths(number)[task]
    turned = fit_linear_model(task, rows, y, num_outputs, None, 0)
    monkeypatch.setattr("reelwise.evaluation.linear_tasks.rotation", lambda rows: None)
    plain = fit_linear_model(task, rows, y, num_outputs, None, 0)
    said, wanted = turned.predict(rows), plain.predict(rows)
    assert np.ptp(wanted) > (0.2 if task == "multilabel" else 7)
    assert said == pytest.approx(wanted, abs=0.005 * np.ptp(wanted))


def test_a_label_that_every_video_or_none_has_is_learned_too():
    rows = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    y = np.stack([np.ones(12), np.zeros(12), np.arange(12) % 2], axis=1)
    model = fit_linear_model("multilabel", rows, y, 3, None, 0)
    assert isinstance(model, LinearClassifier)
    said = model.predict(rows)
    assert (said[:, 0] > 0.9).all()
    assert (said[:, 1] < 0.1).all()


def judged(task: str, noise: float = 0.3, folds: bool = False) -> tuple[LabeledPredictions, dict[str, np.ndarray]]:
    table, number = features()
    y, num_outputs = truths(number)[task]
    rng = np.random.default_rng(1)
    if task == "multilabel":
        said = np.clip(0.2 + 0.6 * y + noise * rng.normal(size=y.shape), 0, 1)
    else:
        said = (y + 7 * noise * rng.normal(size=len(y)))[:, None]
    which = np.arange(NUM_VIDEOS) % 4
    item = LabeledPredictions(
        tuple(f"{i}.mp4" for i in range(NUM_VIDEOS)),
        LABELS if task == "multilabel" else ("speed",),
        y,
        said,
        tuple(f"g{i % 10}" for i in range(NUM_VIDEOS)),
        which + 1 if folds else None,
        task=task,
    )
    return item, predict_out_of_fold(table, y, which, num_outputs, item.groups, 0, task)


@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_metrics_are_json_with_rules_beside_the_score(task):
    item, rules = judged(task)
    found = evaluation_metrics(item, rules, seed=0, split="test", modalities=("frames", "sound"))
    again = json.loads(json.dumps(found, allow_nan=False))
    name = {"multilabel": "map", "regression": "mae"}[task]
    assert again["task"] == task
    assert "accuracy" not in json.dumps(again).replace("label_accuracy", "")
    assert set(again["baselines"]) == set(BASELINE_NAMES)
    assert again["modalities"] == {"frames+sound": {name: again[name], f"{name}_ci95": again[f"{name}_ci95"]}}
    for rule in again["baselines"].values():
        assert rule[f"{name}_ci95"][0] <= rule[name] <= rule[f"{name}_ci95"][1]
        low, high = rule["difference_ci95"]
        assert low <= again[name] - rule[name] <= high
    assert best_baseline(again) == "motion_energy"
    if task == "regression":
        assert again["r2"] == pytest.approx(r2_score(item.y_true, item.values))
        assert again["baselines"]["motion_energy"]["r2"] > 0.7


STANDINGS = {"above": 0.01, "not_above": 3.0}


@pytest.mark.parametrize("task", ["multilabel", "regression"])
@pytest.mark.parametrize("wanted", STANDINGS)
def test_the_verdict_is_honest(task, wanted):
    item, rules = judged(task, noise=STANDINGS[wanted])
    if wanted == "above":  # against a rule that is perfect, nothing is above
        rules = {name: rules[name] for name in ("majority", "container")}
    found = evaluation_metrics(item, rules, seed=0, split="test")
    assert standing(found) == wanted
    words = {"above": "and clearly beats the best simple rule (", "not_above": ", which is no better than the best"}
    assert words[wanted] in found["verdict"]
    assert found["verdict"].endswith(".")
    assert "nan" not in found["verdict"]


def small(task: str, truth: Any, said: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    truth, said = np.asarray(truth), np.asarray(said, float)
    names = tuple(str(i) for i in range(len(truth)))
    return evaluation_metrics(LabeledPredictions(names, labels, truth, said, task=task), None, seed=0, split="test")


def test_what_is_wrong_with_labels_is_said():
    truth = np.zeros((30, 3), int)
    truth[:15, 0] = truth[::2, 1] = 1
    said = np.stack([np.where(truth[:, 0], 0.9, 0.1), np.full(30, 0.2), np.full(30, 0.1)], axis=1)
    found = small("multilabel", truth, said, ("dog", "car", "rain"))
    assert "no video here has “rain”, so nothing is known of it" in found["verdict"]
    assert "it never gives “car”" in found["verdict"]
    assert "there are no simple rules to compare it with" in found["verdict"]
    assert "guessing would get" not in found["verdict"]
    assert "5 videos are too few" in small("multilabel", truth[:5], said[:5], ("a", "b", "c"))["verdict"]


def test_what_is_wrong_with_numbers_is_said():
    truth = np.linspace(0, 10, 40)
    assert "says 3 too much on average" in small("regression", truth, truth[:, None] + 3, ("x",))["verdict"]
    timid = small("regression", truth, np.full((40, 1), 5.0), ("x",))["verdict"]
    assert "says nearly the same number of every video" in timid
    assert "explaining nothing of how they differ; there are no simple rules" in timid
    same = small("regression", np.full(40, 7.0), np.full((40, 1), 7.5), ("x",))["verdict"]
    assert "all of them have the same number" in same


@pytest.mark.parametrize("folds", [False, True])
def test_predictions_of_labels_read_back(folds):
    item, _ = judged("multilabel", folds=folds)
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
    shown = np.broadcast_to(edges, item.probs.shape)
    assert np.array_equal(item.labels_given, item.probs >= shown)


def test_predictions_of_numbers_read_back():
    item, _ = judged("regression", folds=True)
    rows = read_back(prediction_rows(item))
    assert rows[0] == ["file", "fold", "label", "predicted"]
    assert [float(row[2]) for row in rows[1:]] == item.y_true.tolist()
    assert [float(row[3]) for row in rows[1:]] == item.values.tolist()


def read_back(rows: list[list[str]]) -> list[list[str]]:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return list(csv.reader(io.StringIO(text.getvalue())))
