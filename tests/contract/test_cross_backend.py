"""A model that was trained on one back end says the same on the others, and each back end does the whole job."""

import csv
import os
import subprocess
import sys

import numpy as np
import pytest

LABELS = ("bounce", "down", "up")


def probs_of(path, name=lambda text: text, labels=LABELS):
    with path.open(newline="") as stream:
        return {name(row["file"]): [float(row[label]) for label in labels] for row in csv.DictReader(stream)}


@pytest.mark.backend
def test_train_evaluate_and_predict_agree_on_this_back_end(tiny_run, tmp_path):
    import reelwise as rw

    metrics = rw.evaluate(tiny_run.path, tiny_run.clips, out=tmp_path / "out", cache_dir=tiny_run.cache)
    assert metrics["num_videos"] == 18
    judged = probs_of(tmp_path / "out" / "predictions.csv")
    trained = probs_of(tiny_run.path / "predictions.csv")
    assert len(trained) == 3
    assert {name: judged[name] for name in trained} == trained
    predicted = rw.predict(tiny_run.path, *(tiny_run.clips / name for name in reversed(judged)))
    assert [item.probs.tolist() for item in predicted] == [judged[name] for name in reversed(judged)]


def test_the_model_file_gives_the_same_probabilities_on_every_back_end(reading_backend, tiny_run, tmp_path):
    import keras

    expected = probs_of(tiny_run.path / "predictions.csv")
    files = [str(tiny_run.clips / name) for name in expected]
    command = [sys.executable, "-m", "reelwise", "predict", str(tiny_run.path / "model.keras"), *files]
    command += ["--csv", str(tmp_path / "answers.csv"), "--backend", reading_backend]
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    answers = probs_of(tmp_path / "answers.csv", lambda text: text.removeprefix(f"{tiny_run.clips}/"))
    assert answers.keys() == expected.keys()
    for name, probs in expected.items():
        same_back_end = reading_backend == keras.backend.backend()
        np.testing.assert_allclose(answers[name], probs, rtol=0, atol=0 if same_back_end else 1e-4)


def test_a_model_of_frames_sound_and_metadata_says_the_same_on_every_back_end(backend, fused_run, tmp_path):
    # Trained once, on the default back end: the processes that evaluate it choose their own.
    expected = probs_of(fused_run.path / "predictions.csv", labels=("even", "odd"))
    command = [sys.executable, "-m", "reelwise", "evaluate", str(fused_run.path), str(fused_run.clips), "--quiet"]
    command += ["--out", str(tmp_path / "out"), "--cache-dir", str(fused_run.cache), "--backend", backend]
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_BACKEND"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    answers = probs_of(tmp_path / "out" / "predictions.csv", labels=("even", "odd"))
    assert len(answers) == 24
    for name, probs in expected.items():
        np.testing.assert_allclose(answers[name], probs, rtol=0, atol=1e-4)
