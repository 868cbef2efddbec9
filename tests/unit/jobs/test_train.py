"""The main job writes the run folder, gives the same numbers again, and says clearly when it cannot go on."""

import csv
import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.backend import BACKENDS
from reelwise.core.errors import DataError, Interruption, ModelFileError, TrainingError, UsageError
from reelwise.core.files import write_json
from reelwise.jobs.api import info, load_model, predict
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.training_kinds import training_kind
from reelwise.models.cnn.entry import ENTRY
from reelwise.training.trainee import StepResult, Trainee

FILES = {"run.json", "splits.csv", "skipped.csv", "history.csv", "model.keras", "metrics.json", "predictions.csv"}
RESULTS = ("metrics.json", "predictions.csv", "model.keras", "splits.csv")
METRICS = [
    "schema", "task", "split", "num_videos", "labels", "accuracy", "accuracy_ci95", "top5_accuracy", "macro_f1",
    "log_loss", "ece", "per_class", "confusion", "num_units", "baselines", "modalities", "time", "verdict",
]  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def header_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0]


def results_of(path: Path) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in RESULTS}


def test_every_file_of_the_design_is_there(tested):
    assert {path.name for path in tested.path.iterdir()} == FILES | {"report.html", "checkpoints"}
    assert header_of(tested.path / "splits.csv") == "file,label,group,split"
    assert header_of(tested.path / "skipped.csv") == "file,reason,hint"
    assert header_of(tested.path / "history.csv") == (
        "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds,clips_per_second"
    )
    assert header_of(tested.path / "predictions.csv") == "file,label,predicted,bounce,down,up"
    report = (tested.path / "report.html").read_text(encoding="utf-8")
    assert "<html" in report
    assert "_00" in report


def test_run_json_says_how_it_came_about(tested):
    document = json.loads((tested.path / "run.json").read_text())
    assert document["schema"] == "reelwise/run/1"
    assert document["status"] == "finished"
    assert document["command"].startswith("reelwise train ")
    assert document["configuration"]["epochs"] == 2
    assert document["seed"] == 0
    assert {"reelwise", "python", "keras", "numpy", "av", "opencv-python-headless"} <= set(document["versions"])
    assert document["backend"]["name"] == back_end()
    assert len(document["data_fingerprint"]) == 64
    assert {"scan", "decode", "train", "evaluate"} <= set(document["timings"])
    assert document["training"]["epochs"] == 2
    assert document["training"]["refitted_on_all_videos"] is False


def back_end() -> str:
    import keras

    return keras.backend.backend()


def test_metrics_json_has_exactly_the_fields_of_the_design(tested):
    metrics = json.loads((tested.path / "metrics.json").read_text())
    assert metrics == tested.metrics
    assert list(metrics) == METRICS
    assert metrics["schema"] == "reelwise/metrics/1"
    assert (metrics["task"], metrics["split"], metrics["num_videos"]) == ("classification", "test", 3)
    assert metrics["labels"] == ["bounce", "down", "up"]
    assert metrics["top5_accuracy"] is None
    assert set(metrics["baselines"]) == {"majority", "container", "single_frame", "motion_energy"}
    assert all(0 <= entry["accuracy"] <= 1 for entry in metrics["baselines"].values())
    assert set(metrics["modalities"]) == {"frames"}
    assert set(metrics["per_class"]["up"]) == {"precision", "recall", "f1", "support"}
    assert sum(map(sum, metrics["confusion"])) == 3


def test_the_score_is_what_predictions_csv_says(tested):
    rows = rows_of(tested.path / "predictions.csv")
    splits = {row["file"]: row["split"] for row in rows_of(tested.path / "splits.csv")}
    assert [splits[row["file"]] for row in rows] == ["test"] * len(rows)
    assert tested.metrics["accuracy"] == np.mean([row["label"] == row["predicted"] for row in rows])
    for row in rows:
        probs = {label: float(row[label]) for label in ("bounce", "down", "up")}
        assert max(probs, key=probs.get) == row["predicted"]
        assert sum(probs.values()) == pytest.approx(1)


def test_groups_stay_on_one_side(tested):
    rows = rows_of(tested.path / "splits.csv")
    assert {row["split"] for row in rows} == {"train", "val", "test"}
    assert len({(row["group"], row["split"]) for row in rows}) == len({row["group"] for row in rows}) == 6


@pytest.mark.backend
def test_the_same_seed_gives_the_same_bytes_and_decodes_nothing(tested, tiny_train, monkeypatch):
    from reelwise.cache import frame_cache as cache

    def no_pool(*_):
        raise AssertionError("a second run decodes nothing")

    monkeypatch.setattr(cache, "_decode_pool", no_pool)
    again = tiny_train()
    assert results_of(again.path) == results_of(tested.path)


@pytest.mark.backend
def test_another_seed_gives_other_numbers(tested, tiny_train):
    other = tiny_train(seed=1, epochs=1)
    assert (other.path / "model.keras").read_bytes() != (tested.path / "model.keras").read_bytes()
    assert (other.path / "splits.csv").read_bytes() != (tested.path / "splits.csv").read_bytes()


def test_folds_ask_every_video_once_and_refit_on_all(tiny_train):
    run = tiny_train(folds=3, epochs=1, no_refit=False, model="lstm")
    rows = rows_of(run.path / "predictions.csv")
    assert header_of(run.path / "predictions.csv") == "file,fold,label,predicted,bounce,down,up"
    assert header_of(run.path / "history.csv").startswith("fold,epoch,loss,")
    splits = rows_of(run.path / "splits.csv")
    assert sorted(row["file"] for row in rows) == sorted(row["file"] for row in splits)
    assert {row["fold"] for row in rows} == {"1", "2", "3"}
    groups = {row["file"]: row["group"] for row in splits}
    assert len({(groups[row["file"]], row["fold"]) for row in rows}) == 6
    assert run.metrics["split"] == "out_of_fold"
    assert run.metrics["num_videos"] == 18
    assert run.metrics["accuracy"] == np.mean([row["label"] == row["predicted"] for row in rows])
    assert {path.name for path in (run.path / "checkpoints" / "lstm").iterdir()} == {
        "fold-1", "fold-2", "fold-3", "refit"
    }  # fmt: skip
    assert json.loads((run.path / "run.json").read_text())["training"]["refitted_on_all_videos"] is True
    assert "refitted" in run.model.contract.notes["weights"]


def test_the_refitted_model_is_another_one_and_learned_from_everything(tiny_train, monkeypatch):
    from reelwise.jobs.classifier import model_job

    trainings, fit_network = [], model_job.fit_network
    monkeypatch.setattr(
        model_job,
        "fit_network",
        lambda data, plan, training, *rest: trainings.append(training) or fit_network(data, plan, training, *rest),
    )
    run = tiny_train(no_refit=False, epochs=1, model="lstm")
    split, refit = trainings
    assert (len(split.train_indices), len(split.validation_indices)) == (12, 3)
    assert (len(refit.train_indices), refit.validation_indices) == (18, ())
    assert "tested" not in run.model.contract.notes["weights"]


def test_several_models_make_a_leaderboard(tiny_train, quick_fit):
    run = tiny_train(model="cnn,lstm")
    assert {row["model"] for row in run.leaderboard} == {"cnn", "lstm"}
    assert run.leaderboard[0]["accuracy"] == run.metrics["accuracy"] >= run.leaderboard[1]["accuracy"]
    assert all(row["clips_per_second"] > 0 and row["size"] > 0 for row in run.leaderboard)
    for row in run.leaderboard:
        assert load_model(run.path / row["file"]).contract.network.first.architecture == row["model"]
    other = run.path / run.leaderboard[1]["file"]
    assert FILES - {"run.json"} == {path.name for path in other.parent.iterdir()}
    assert "Leaderboard" in (run.path / "report.html").read_text()


def test_a_budget_becomes_epochs(tiny_train):
    run = tiny_train(budget="0.01s", epochs=50, model="lstm")
    assert json.loads((run.path / "run.json").read_text())["training"]["epochs"] < 50
    assert len(rows_of(run.path / "history.csv")) < 50


@pytest.mark.backend
def test_starting_from_a_model_copies_its_weights(tested, tiny_train, quick_fit):
    tiny_train(model="auto", from_model=tested.path)
    before = {weight.path: np.array(weight) for weight in tested.model.keras.weights}
    (begun,) = quick_fit
    assert set(begun) == set(before)
    for name, value in before.items():
        np.testing.assert_array_equal(begun[name], value, err_msg=name)


@pytest.mark.backend
def test_other_classes_get_a_new_head_even_when_there_are_as_many(tested, clips, tmp_path, tiny_train, quick_fit):
    for label in ("bounce", "down", "up"):
        shutil.copytree(clips / label, tmp_path / "others" / f"{label} too")
    run = tiny_train(tmp_path / "others", from_model=str(tested.path))
    before = {weight.path: np.array(weight) for weight in tested.model.keras.weights}
    (begun,) = quick_fit
    for name, value in before.items():
        assert np.array_equal(begun[name], value) != name.startswith("logits"), name
    assert run.model.labels == ("bounce too", "down too", "up too")


def test_broken_files_are_skipped_with_their_reason(clips, tmp_path, tiny_train, quick_fit):
    data = tmp_path / "data"
    shutil.copytree(clips, data)
    (data / "up" / "empty.mp4").write_bytes(b"")
    whole = (clips / "up" / "up_0002.mp4").read_bytes()
    (data / "up" / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    (data / "labels.csv").unlink()
    run = tiny_train(data)
    skipped = {row["file"]: row["reason"] for row in rows_of(run.path / "skipped.csv")}
    assert skipped.keys() == {"up/cut.mp4", "up/empty.mp4"}
    assert all(skipped.values())
    assert "up/cut.mp4" in (run.path / "report.html").read_text()


def test_more_than_half_broken_is_refused(clips, tmp_path, tiny_train):
    for label in ("down", "up"):
        shutil.copytree(clips / label, tmp_path / "data" / label)
        for path in sorted((tmp_path / "data" / label).iterdir())[:4]:
            path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match="half"):
        tiny_train(tmp_path / "data")
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "failed"


@pytest.mark.backend
def test_nan_stops_with_an_explanation_and_the_last_good_model(clips, tmp_path, tiny_train, loss_turns_nan):
    with pytest.raises(TrainingError, match="not finite at epoch 2, step 1") as caught:
        tiny_train()
    assert "last good" in caught.value.hint
    assert caught.value.exit_code == 1
    (found,) = predict(tmp_path / "run", clips / "up" / "up_0002.mp4")
    assert found.probs.sum() == pytest.approx(1)
    assert len(rows_of(tmp_path / "run" / "history.csv")) == 1
    assert "not finite" in json.loads((tmp_path / "run" / "run.json").read_text())["error"]
    assert info(tmp_path / "run")["run"]["status"] == "failed"


def test_nan_in_the_first_epoch_leaves_no_model_and_says_so(tmp_path, tiny_train, monkeypatch):
    read_steps = Trainee.read_steps
    monkeypatch.setattr(Trainee, "read_steps", lambda self: [StepResult(math.nan, 1.0) for _ in read_steps(self)])
    with pytest.raises(TrainingError, match="not finite at epoch 1, step 1") as caught:
        tiny_train()
    assert "last good" not in caught.value.hint
    assert not (tmp_path / "run" / "model.keras").exists()


INTERRUPTED_IN_STEP_3 = """
import json, signal, sys
from reelwise.core.backend import start_backend
start_backend()
from reelwise.cli.main import run
from reelwise.models.cnn.entry import ENTRY
ENTRY.presets["small"].arguments.update(json.loads(sys.argv.pop(1)))
from reelwise.training.trainee import Trainee
real, steps = Trainee.take_step, []
def step(*given):
    steps.append(1)
    if len(steps) == 3:
        signal.raise_signal(signal.SIGINT)
    return real(*given)
Trainee.take_step = step
sys.exit(run(sys.argv[1:]))
"""


def test_ctrl_c_leaves_a_run_that_resume_finishes_to_the_same_bytes(tested, tiny_train, clips, cache, tmp_path):
    out = tmp_path / "run"
    same_network = json.dumps(dict(ENTRY.presets["small"].arguments))
    command = [sys.executable, "-c", INTERRUPTED_IN_STEP_3, same_network, "train", str(clips), "--out", str(out)]
    command += ["--cache-dir", str(cache), *["--model", "cnn", "--size", "32", "--num-frames", "8", "--epochs", "2"]]
    command += ["--batch-size", "6", "--modalities", "frames", "--no-refit"]
    environment = {**os.environ, "KERAS_BACKEND": back_end()}
    stopped = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert stopped.returncode == 130, stopped.stderr
    assert "--resume" in stopped.stderr
    assert json.loads((out / "run.json").read_text())["status"] == "interrupted"
    assert info(out)["warnings"] == ["This run is not finished; --resume goes on with it."]
    tiny_train(resume=True)
    losses, expected = ([row["loss"] for row in rows_of(path / "history.csv")] for path in (out, tested.path))
    assert len(losses) == 2
    assert losses == expected  # of the epoch after the stop too, which may not have the best weights
    assert results_of(out) == results_of(tested.path)
    assert json.loads((out / "run.json").read_text())["status"] == "finished"


def test_ctrl_c_while_decoding_says_how_to_go_on(tmp_path, tiny_train, monkeypatch):
    from reelwise.jobs.classifier import prepare_data

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare_data, "decode_dataset", interrupted)
    with pytest.raises(Interruption, match="--resume") as caught:
        tiny_train()
    assert caught.value.exit_code == 130
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"


def test_resume_where_keras_runs_on_another_back_end_names_the_one_that_the_run_wants(tmp_path):
    """In a process of its own, as a notebook that imported Keras before."""
    others = [name for name in BACKENDS if importlib.util.find_spec(name)]
    document = {"schema": "reelwise/run/1", "status": "interrupted", "backend": {"name": "other"}, "configuration": {}}
    write_json(tmp_path / "run/run.json", document)
    (tmp_path / "clips").mkdir()
    script = """if True:
        import sys, keras, reelwise as rw
        try:
            rw.train(sys.argv[1], out=sys.argv[2], resume=True)
        except rw.UsageError as error:
            print(error.message, error.hint, sep="\\n")
        """
    command = [sys.executable, "-c", script, str(tmp_path / "clips"), str(tmp_path / "run")]
    environment = os.environ | {"KERAS_BACKEND": others[0]}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    message, hint = done.stdout.splitlines()
    assert f"was begun on other, and its checkpoints need that; Keras runs on {others[0]} here already." in message
    assert "with KERAS_BACKEND=other, then resume" in hint
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["run.json"]


def test_resume_of_a_finished_run_does_nothing(tested, clips):
    from reelwise.jobs.api import train

    before = results_of(tested.path)
    configuration = json.loads((tested.path / "run.json").read_text())["configuration"]
    given = {name: value for name, value in configuration.items() if value is not None and name != "data"}
    again = train(clips, **{**given, "resume": True})
    assert again.metrics == tested.metrics
    assert results_of(tested.path) == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"epochs": 0}, "--epochs is 0"),
        ({"batch_size": -1}, "--batch-size is -1"),
        ({"model": "cnn,resnet9000"}, "resnet9000"),
        ({"budget": "soon"}, "--budget is 'soon'"),
        ({"modalities": "smell"}, "expected modalities of a video"),
        ({"modalities": ""}, "expected modalities of a video"),
        ({"modalities": "frames", "model": "audio_cnn"}, "audio_cnn reads sound"),
        ({"modalities": "frames", "columns": "site"}, "does not read metadata"),
        ({"fusion": "mean"}, "--fusion is 'mean'"),
        ({"sound_encoder": "cnn"}, "does not read sound"),
        ({"ablate": "yes"}, "--ablate is 'yes'"),
        ({"precision": "float16"}, "--precision is 'float16'"),
        ({"task": "counting"}, "--task is 'counting'"),
    ],
)
def test_wrong_options_are_refused_before_any_work(wrong, told):
    with pytest.raises(UsageError, match=told):
        training_kind(options := TrainOptions("clips", **wrong)).check_options(options)


def one_convolution(*, include_top, weights, input_tensor=None, input_shape=None):
    """In the place of MobileNetV2, which contract/test_models.py builds: its many layers are no matter of the job."""
    import keras

    assert (include_top, weights) == (False, None)
    source = keras.Input(input_shape) if input_tensor is None else input_tensor
    x = keras.layers.Conv2D(8, 3, strides=4, name="Conv1")(source)
    x = keras.layers.BatchNormalization(name="bn_Conv1")(x)
    return keras.Model(keras.utils.get_source_inputs(x), x)


def test_an_image_network_is_loaded_for_every_training_and_saved_with_the_model(
    tiny_train, quick_fit, tmp_path, monkeypatch
):
    import keras

    monkeypatch.setattr(keras.applications, "MobileNetV2", one_convolution)
    known = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(32, 32, 3))
    known.save_weights(tmp_path / "known.weights.h5")
    given = {"model": "application_lstm", "size": 40, "num_frames": 2}
    with pytest.raises(UsageError, match="--extractor-weights"):
        tiny_train(out="refused", **given)
    assert not (tmp_path / "refused").exists()
    run = tiny_train(extractor_weights=tmp_path / "known.weights.h5", no_refit=False, **given)
    assert len(quick_fit) == 2
    saved = {item.path: keras.ops.convert_to_numpy(item) for item in run.model.keras.weights}
    for weight in known.weights:
        for network in (*quick_fit, saved):
            assert np.array_equal(network[weight.path], keras.ops.convert_to_numpy(weight))
    tiny_train(out="tuned", from_model=run.path, **given)
    assert np.array_equal(quick_fit[-1]["Conv1/kernel"], saved["Conv1/kernel"])


def test_weights_that_do_not_fit_are_found_out_before_decoding(tiny_train, tmp_path, monkeypatch):
    from reelwise.jobs.classifier import prepare_data

    monkeypatch.setattr(prepare_data, "decode_dataset", None)
    (tmp_path / "odd.h5").write_text("not HDF5")
    with pytest.raises(ModelFileError, match="not weights of mobilenet_v2"):
        tiny_train(model="application_lstm", extractor_weights=tmp_path / "odd.h5")
