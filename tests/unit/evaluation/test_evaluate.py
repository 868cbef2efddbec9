import csv
import io
import json

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.core.probabilities import softmax
from reelwise.evaluation.evaluate import evaluation_metrics, prediction_rows
from reelwise.evaluation.modality_worth import Masked
from reelwise.evaluation.verdict import verdict
from reelwise.tasks import LabeledPredictions

LABELS = ("file", "fold", 'a "b", c')


def judged(num_videos: int = 60, skill: float = 3.0, seed: int = 0, **more) -> LabeledPredictions:
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=num_videos)
    probs = softmax(rng.normal(size=(num_videos, 3)) + skill * np.eye(3)[y])
    return LabeledPredictions(tuple(f"v{i}.mp4" for i in range(num_videos)), LABELS, y, probs, **more)


def rivals(y: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {
        "majority": np.tile([0.4, 0.3, 0.3], (len(y), 1)),
        "container": softmax(rng.normal(size=(len(y), 3))),
        "single_frame": softmax(rng.normal(size=(len(y), 3)) + 0.5 * np.eye(3)[y]),
        "motion_energy": softmax(rng.normal(size=(len(y), 3)) + np.eye(3)[y]),
    }


@pytest.mark.parametrize(("known", "told"), [(None, "absent"), (0, 0), (7, 7)])
def test_what_was_learned_from_stands_in_metrics_json_where_it_is_known(known, told):
    asked = judged()
    plain = dict(evaluation_metrics(asked, rivals(asked.y_true), seed=0, split="test"))
    metrics = dict(evaluation_metrics(asked, rivals(asked.y_true), seed=0, split="test", learned_from=known))
    assert metrics.pop("learned_from", "absent") == told
    assert ("learned from 7 of these 60 videos" in metrics.pop("verdict")) == (told == 7)
    plain.pop("verdict")
    assert metrics == plain


def test_the_whole_of_metrics_json():
    asked = judged()
    metrics = evaluation_metrics(asked, rivals(asked.y_true), seed=0, split="test")
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert metrics["schema"] == "reelwise/metrics/1"
    assert list(metrics["baselines"]) == ["majority", "container", "single_frame", "motion_energy"]
    for baseline in metrics["baselines"].values():
        assert set(baseline) == {"accuracy", "accuracy_ci95", "difference_ci95"}
        low, high = baseline["difference_ci95"]
        assert low <= metrics["accuracy"] - baseline["accuracy"] <= high
    assert metrics["modalities"]["frames"]["accuracy"] == metrics["accuracy"]
    assert metrics["verdict"] == verdict(metrics)


def test_a_model_file_without_baselines_is_judged_too():
    metrics = evaluation_metrics(judged(), None, seed=0, split="test")
    assert metrics["baselines"] == {}
    assert "no simple rules" in metrics["verdict"]


def test_a_baseline_of_another_size_is_refused():
    with pytest.raises(DataError):
        evaluation_metrics(judged(), {"majority": np.ones((3, 3)) / 3}, seed=0, split="test")


def test_rows_bear_every_label_and_read_back_to_the_last_bit():
    asked = judged(folds=np.arange(60) % 4)
    stream = io.StringIO()
    csv.writer(stream).writerows(prediction_rows(asked))
    header, *rows = csv.reader(io.StringIO(stream.getvalue()))
    assert header == ["file", "fold", "label", "predicted", *LABELS]
    assert [row[1] for row in rows[:5]] == ["0", "1", "2", "3", "0"]
    assert np.array([row[4:] for row in rows], np.float64).tobytes() == asked.probs.tobytes()
    assert rows[0][3] == LABELS[asked.probs[0].argmax()]


def test_rows_without_folds_have_no_such_column():
    assert prediction_rows(judged())[0] == ["file", "label", "predicted", *LABELS]


def test_hidden_parts_make_the_table():
    asked = judged(groups=tuple(f"take {i // 6}" for i in range(60)))
    sound = np.tile([0.4, 0.3, 0.3], (60, 1))
    masked = Masked(("frames", "sound"), {"frames": asked.probs, "sound": sound, "shuffled": sound}, np.arange(60))
    metrics = evaluation_metrics(
        asked, None, seed=0, split="test", modalities=("frames", "sound"), masked=masked
    )  # fmt: skip
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert list(metrics["modalities"]) == ["frames+sound", "frames", "sound"]
    assert metrics["modalities"]["frames+sound"]["accuracy"] == metrics["accuracy"]
    assert metrics["modalities"]["sound"]["difference_ci95"][0] > 0.2
    assert list(metrics["time"]) == ["shuffled"]
    assert list(metrics)[-1] == "verdict"


def test_presence_that_only_says_the_majority_is_left_out():
    asked = judged()
    majority = rivals(asked.y_true)["majority"]
    same = evaluation_metrics(asked, {"majority": majority, "presence": majority}, seed=0, split="test")
    assert list(same["baselines"]) == ["majority"]
    other = evaluation_metrics(asked, {"majority": majority, "presence": asked.probs}, seed=0, split="test")
    assert list(other["baselines"]) == ["majority", "presence"]
