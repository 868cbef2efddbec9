"""Training with image features: the network is trained as without them, and its head on them is fitted."""

import csv
import re
import shutil
from collections.abc import Callable

import numpy as np
import pytest

import reelwise as rw
from reelwise.core.errors import Interruption, UsageError
from reelwise.inference.model import Model
from reelwise.jobs.classifier.image_head import fit_image_head
from reelwise.jobs.runs.folder import Run


@pytest.fixture(scope="module")
def run(clips, cache, tmp_path_factory) -> Run:
    """A finished run with image features."""
    return rw.train(
        clips, out=tmp_path_factory.mktemp("images") / "run", cache_dir=cache, no_refit=True, model="cnn", size=32,
        num_frames=8, epochs=2, batch_size=6, modalities="frames", image_features="on",
    )  # fmt: skip


def test_the_rest_of_the_network_is_the_one_without_them(run, tested):
    with_images, alone = Model.load(run.path / "model.keras"), Model.load(tested.path / "model.keras")
    assert with_images.contract.network.head_names == ("frames", "images")
    assert alone.contract.network.head_names == ()
    weights = {weight.path: np.asarray(weight) for weight in with_images.keras.weights}
    for weight in alone.keras.weights:
        np.testing.assert_array_equal(weights.pop(weight.path), np.asarray(weight))
    assert all(name.startswith("logits_images") for name in weights)
    assert np.ptp(weights["logits_images/kernel"]) > 0
    report = (run.path / "report.html").read_text(encoding="utf-8")
    assert "8 stills of 160×160 pixels by efficientnet_lite0" in report
    assert re.search(r"weights of the heads.{1,40}frames 0\.\d\d; image features 0\.\d\d", report, re.DOTALL)
    assert "weights of the heads" not in (tested.path / "report.html").read_text(encoding="utf-8")


def test_predict_gives_the_numbers_of_the_test(run, clips, cache):
    with (run.path / "predictions.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    predictions = rw.predict(run.path, *[clips / row["file"] for row in rows])
    labels = rw.load_model(run.path).labels
    for row, prediction in zip(rows, predictions, strict=True):
        assert [float(row[label]) for label in labels] == pytest.approx(prediction.probs, abs=0)
    metrics = rw.evaluate(run.path, clips, cache_dir=cache)
    assert metrics["num_videos"] == 18


def test_features_come_from_the_cache_the_second_time(run, tiny_train, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr("reelwise.models.image_extractor.ImageExtractor.features", refuse)
    again = tiny_train(image_features="on")
    assert (again.path / "metrics.json").read_bytes() == (run.path / "metrics.json").read_bytes()
    np.testing.assert_array_equal(
        np.asarray(Model.load(again.path / "model.keras").keras.get_layer("logits_images").kernel),
        np.asarray(Model.load(run.path / "model.keras").keras.get_layer("logits_images").kernel),
    )


@pytest.mark.parametrize(("task", "labels"), [("multilabel", "a|b,a,b"), ("regression", "1,2.5,4")])
def test_other_tasks_have_a_head_on_images_too(task, labels, clips, tmp_path, tiny_train: Callable[..., Run]):
    rows = list(csv.DictReader((clips / "labels.csv").open(newline="")))
    names = dict(zip(sorted({row["label"] for row in rows}), labels.split(","), strict=True))
    shutil.copytree(clips, tmp_path / "clips")
    lines = [f"{row['file']},{names[row['label']]}" for row in rows]
    (tmp_path / "clips" / "labels.csv").write_text("\n".join(["file,label", *lines]))
    made = tiny_train(tmp_path / "clips", task=task, image_features="on", epochs=1)
    model = rw.load_model(made.path)
    assert model.contract.network.head_names[-1] == "images"
    assert len(model.contract.head_weights) == 2


def test_the_head_is_fitted_on_the_training_videos_alone(tiny_train, quick_fit, monkeypatch):
    from reelwise.jobs.classifier import model_job

    asked = []

    def note(data, contract, train_indices, seed):
        asked.append((data.split, tuple(train_indices)))
        return fit_image_head(data, contract, train_indices, seed)

    monkeypatch.setattr(model_job, "fit_image_head", note)
    tiny_train(image_features="on")
    ((split, indices),) = asked
    assert quick_fit
    assert split.validation
    assert indices == split.train


def test_a_start_with_image_features_gives_a_model_with_them(run, tiny_train):
    model = rw.load_model(tiny_train(from_model=run.path / "model.keras", model="auto", epochs=1).path)
    assert model.contract.network.head_names == ("frames", "images")
    without = tiny_train(from_model=run.path / "model.keras", model="auto", epochs=1, image_features="off", out="off")
    assert rw.load_model(without.path).contract.network.head_names == ()


def test_a_stopped_run_goes_on_with_them(tiny_train, run, monkeypatch):
    from reelwise.jobs.classifier import model_job

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(model_job, "fit_image_head", stop)
    with pytest.raises(Interruption):
        tiny_train(image_features="on")
    monkeypatch.setattr(model_job, "fit_image_head", fit_image_head)
    resumed = tiny_train(image_features="on", resume=True)
    assert (resumed.path / "metrics.json").read_bytes() == (run.path / "metrics.json").read_bytes()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"model": "audio_cnn", "modalities": "auto"}, "audio_cnn reads no frames"),
        ({"model": "auto", "modalities": "sound"}, "--modalities names no frames"),
        ({"model": "cnn,audio_cnn", "modalities": "auto"}, "audio_cnn reads no frames"),
    ],
)
def test_models_without_frames_cannot_have_them(tiny_train, options, reason):
    with pytest.raises(UsageError, match=f"--image-features is on, and {reason}"):
        tiny_train(image_features="on", **options)


def test_another_word_is_refused(tiny_train):
    with pytest.raises(UsageError, match="--image-features is 'yes', expected auto, on or off"):
        tiny_train(image_features="yes")
