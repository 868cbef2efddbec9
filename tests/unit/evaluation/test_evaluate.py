import csv
import io
import json

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.core.probabilities import softmax
from reelwise.evaluation.evaluate import evaluation_metrics, prediction_rows
from reelwise.evaluation.modality_ablation import AblatedPredictions
from reelwise.evaluation.verdict import verdict
from reelwise.tasks import LabeledPredictions
from reelwise.tasks.metrics import Metrics

LABELS = ("file", "fold", 'a "b", c')
COLUMNS = ("prob_file", "prob_fold", 'a "b", c')


def predictions_of(num_videos: int = 60, skill: float = 3.0, seed: int = 0, **more) -> LabeledPredictions:
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=num_videos)
    probs = softmax(rng.normal(size=(num_videos, 3)) + skill * np.eye(3)[y])
    return LabeledPredictions(tuple(f"v{i}.mp4" for i in range(num_videos)), LABELS, y, probs, **more)


def baseline_probs(y: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {
        "majority": np.tile([0.4, 0.3, 0.3], (len(y), 1)),
        "container": softmax(rng.normal(size=(len(y), 3))),
        "single_frame": softmax(rng.normal(size=(len(y), 3)) + 0.5 * np.eye(3)[y]),
        "motion_energy": softmax(rng.normal(size=(len(y), 3)) + np.eye(3)[y]),
    }


@pytest.mark.parametrize(("learned_from", "field"), [(None, "absent"), (0, 0), (7, 7)])
def test_the_number_of_training_videos_stands_in_metrics_json_where_it_is_known(learned_from, field):
    predictions = predictions_of()
    plain = dict(evaluation_metrics(predictions, baseline_probs(predictions.y_true), seed=0, split="test"))
    metrics = dict(
        evaluation_metrics(
            predictions, baseline_probs(predictions.y_true), seed=0, split="test", learned_from=learned_from
        )
    )
    assert metrics.pop("learned_from", "absent") == field
    assert ("trained on 7 of these 60 videos" in metrics.pop("verdict")) == (field == 7)
    plain.pop("verdict")
    assert metrics == plain


def test_the_whole_of_metrics_json():
    predictions = predictions_of()
    metrics = evaluation_metrics(predictions, baseline_probs(predictions.y_true), seed=0, split="test")
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert metrics["schema"] == "reelwise/metrics/1"
    assert list(metrics["baselines"]) == ["majority", "container", "single_frame", "motion_energy"]
    for baseline in metrics["baselines"].values():
        assert set(baseline) == {"accuracy", "accuracy_ci95", "difference_ci95"}
        low, high = baseline["difference_ci95"]
        assert low <= metrics["accuracy"] - baseline["accuracy"] <= high
    assert metrics["modalities"]["frames"]["accuracy"] == metrics["accuracy"]
    assert metrics["verdict"] == verdict(Metrics(metrics))


def test_a_model_file_without_baselines_is_evaluated_too():
    metrics = evaluation_metrics(predictions_of(), None, seed=0, split="test")
    assert metrics["baselines"] == {}
    assert "no simple rules" in metrics["verdict"]


def test_a_baseline_of_another_size_is_refused():
    with pytest.raises(DataError):
        evaluation_metrics(predictions_of(), {"majority": np.ones((3, 3)) / 3}, seed=0, split="test")


def test_rows_have_every_label_and_read_back_to_the_last_bit():
    predictions = predictions_of(folds=np.arange(60) % 4)
    stream = io.StringIO()
    csv.writer(stream).writerows(prediction_rows(predictions))
    header, *rows = csv.reader(io.StringIO(stream.getvalue()))
    assert header == ["file", "fold", "label", "predicted", *COLUMNS]
    assert [row[1] for row in rows[:5]] == ["0", "1", "2", "3", "0"]
    assert np.array([row[4:] for row in rows], np.float64).tobytes() == predictions.probs.tobytes()
    assert rows[0][3] == LABELS[predictions.probs[0].argmax()]


def test_rows_without_folds_have_no_such_column():
    assert prediction_rows(predictions_of())[0] == ["file", "label", "predicted", *COLUMNS]


def test_ablations_make_the_table():
    predictions = predictions_of(units=tuple(f"take {i // 6}" for i in range(60)))
    sound = np.tile([0.4, 0.3, 0.3], (60, 1))
    ablation = AblatedPredictions(
        ("frames", "sound"), {"frames": predictions.probs, "sound": sound, "shuffled": sound}, np.arange(60)
    )
    metrics = evaluation_metrics(
        predictions, None, seed=0, split="test", modalities=("frames", "sound"), ablation=ablation
    )  # fmt: skip
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert list(metrics["modalities"]) == ["frames+sound", "frames", "sound"]
    assert metrics["modalities"]["frames+sound"]["accuracy"] == metrics["accuracy"]
    assert metrics["modalities"]["sound"]["difference_ci95"][0] > 0.2
    assert list(metrics["time"]) == ["shuffled"]
    assert list(metrics)[-1] == "verdict"


def test_presence_that_predicts_the_majority_is_left_out():
    predictions = predictions_of()
    majority = baseline_probs(predictions.y_true)["majority"]
    same = evaluation_metrics(predictions, {"majority": majority, "presence": majority}, seed=0, split="test")
    assert list(same["baselines"]) == ["majority"]
    other = evaluation_metrics(predictions, {"majority": majority, "presence": predictions.probs}, seed=0, split="test")
    assert list(other["baselines"]) == ["majority", "presence"]
