"""Evaluate and predict are one path to the same numbers, and evaluate says what it left out."""

import csv
import json
import re
import shutil

import numpy as np
import pytest

from reelwise.core.errors import DataError, UsageError
from reelwise.jobs.api import evaluate, load_model, predict


def probs_of(path):
    with path.open(newline="") as stream:
        return {row["file"]: [row[label] for label in ("bounce", "down", "up")] for row in csv.DictReader(stream)}


@pytest.fixture(scope="session")
def asked_clips(tested, clips, tmp_path_factory):
    """The clips of the run's test split, in a folder of their own with their groups."""
    data = tmp_path_factory.mktemp("test-split")
    with (tested.path / "splits.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["split"] == "test"]
    for row in rows:
        (data / row["label"]).mkdir()
        shutil.copy(clips / row["file"], data / row["file"])
    lines = ["file,label,group", *(f"{row['file']},{row['label']},{row['group']}" for row in rows)]
    (data / "labels.csv").write_text("\n".join(lines) + "\n")
    return data


@pytest.fixture(scope="session")
def judged(tested, asked_clips, cache, tmp_path_factory):
    """evaluate's folder for the test split."""
    out = tmp_path_factory.mktemp("judged") / "out"
    return out, evaluate(tested.path, asked_clips, out=out, group="group", cache_dir=cache, ablate="mask")


@pytest.mark.backend
def test_evaluate_repeats_the_runs_own_numbers_and_baselines(tested, judged):
    out, metrics = judged
    assert metrics == {**tested.metrics, "learned_from": 0}
    assert probs_of(out / "predictions.csv") == probs_of(tested.path / "predictions.csv")
    assert json.loads((out / "metrics.json").read_text()) == metrics
    assert {path.name for path in out.iterdir()} == {"metrics.json", "predictions.csv", "skipped.csv", "report.html"}


@pytest.mark.backend
def test_predict_gives_the_same_numbers_in_any_order_alone_or_together(tested, judged, asked_clips, cache, tmp_path):
    expected = probs_of(judged[0] / "predictions.csv")
    files = sorted(asked_clips.rglob("*.mp4"), reverse=True)
    predict(tested.path, *files, csv=tmp_path / "answers.csv", cache_dir=cache)
    together = probs_of(tmp_path / "answers.csv")
    assert list(together) == list(map(str, files))
    model = load_model(tested.path)
    for path in files:
        name = path.relative_to(asked_clips).as_posix()
        assert together[str(path)] == expected[name]
        assert [repr(float(value)) for value in model.predict(path).probs] == expected[name]
    (alone,) = predict(tested.path, files[0])
    assert [repr(float(value)) for value in alone.probs] == expected[files[0].relative_to(asked_clips).as_posix()]


def test_predict_takes_folders_and_globs_and_answers_for_bad_files(tested, asked_clips, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 40)
    found = predict(
        tested.path, asked_clips, tmp_path / "broken.mp4", asked_clips / "up" / "*.mp4", "nowhere.mp4", "no/*"
    )
    assert len(found) == 6
    assert [bool(item.error) for item in found] == [False, False, False, True, True, True]
    assert found[4].error.startswith("there is no such file.")
    assert found[0].top(1)[0].prob == found[0].probs.max()
    assert len(found[0].top(2)) == 2


@pytest.mark.parametrize(
    ("inputs", "options", "told"),
    [
        (("no/*.mp4",), {}, "nothing matches"),
        (("EMPTY",), {}, "no video below"),
        (("a.mp4", "b.mp4"), {"annotate": "out.mp4"}, "one video"),
        (("a.mp4",), {"annotate": "out.txt"}, "writes MP4"),
        (("a.mp4",), {"csv": "THERE"}, "ever overwritten"),
    ],
)
def test_predict_refuses_before_any_work(tested, tmp_path, inputs, options, told):
    (tmp_path / "empty").mkdir()
    (tmp_path / "there.csv").write_text("mine")

    def place(text):
        return {"EMPTY": tmp_path / "empty", "THERE": tmp_path / "there.csv"}.get(text, text)

    with pytest.raises(UsageError, match=told):
        predict(tested.path, *map(place, inputs), **{name: place(value) for name, value in options.items()})
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_unsure_is_said_under_the_models_threshold(tested, asked_clips, tmp_path):
    from dataclasses import replace

    from reelwise.models.file import load_model_file, save_model

    loaded = load_model_file(tested.path / "model.keras")
    files = sorted(asked_clips.rglob("*.mp4"))
    best = max(item.probs.max() for item in predict(tested.path, *files))
    for threshold, unsure in ((0.0, False), (min(1.0, best + 1e-9), True)):
        output = replace(loaded.contract.output, unsure_below=float(threshold))
        contract = replace(loaded.contract, output=output)
        path = tmp_path / f"{unsure}.keras"
        save_model(path, loaded.network, contract, loaded.metrics, loaded.arrays)
        assert {item.unsure for item in predict(path, *files)} == {unsure}


def test_the_number_of_views_is_an_option(tested, asked_clips, cache, monkeypatch):
    from reelwise.inference.predictor import Predictor

    num_views, real_views = [], Predictor.views

    def views(self, *arguments, **keywords):
        batch = real_views(self, *arguments, **keywords)
        num_views.append(len(batch if isinstance(batch, np.ndarray) else next(iter(batch.values()))))
        return batch

    monkeypatch.setattr(Predictor, "views", views)
    predict(tested.path, asked_clips, views=1)
    evaluate(tested.path, asked_clips, views=3, cache_dir=cache)
    assert num_views == [1, 1, 1, 3, 3, 3]


def test_labels_are_not_judged_by_features_of_clips(tested, asked_clips):
    with pytest.raises(UsageError, match="--fvd-features makes no sense for models of labels"):
        evaluate(tested.path, asked_clips, fvd_features="i3d:x.pt")


def test_labels_that_the_model_does_not_know_are_skipped_with_the_reason(tested, asked_clips, cache, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(asked_clips, data)
    with (data / "labels.csv").open("a") as stream:
        stream.write("up/again.mp4,upside down,place_9\n")
    shutil.copy(next((data / "up").iterdir()), data / "up" / "again.mp4")
    metrics = evaluate(tested.path, data, out=tmp_path / "out", cache_dir=cache)
    assert metrics["num_videos"] == 3
    (row,) = csv.DictReader((tmp_path / "out" / "skipped.csv").open(newline=""))
    assert row["file"] == "up/again.mp4"
    assert "'upside down' is not one of the model's" in row["reason"]


def test_only_unknown_labels_are_refused(tested, asked_clips, cache, tmp_path):
    shutil.copytree(asked_clips / "up", tmp_path / "data" / "sideways")
    shutil.copytree(asked_clips / "down", tmp_path / "data" / "inwards")
    with pytest.raises(DataError, match="none of its labels"):
        evaluate(tested.path, tmp_path / "data", cache_dir=cache)


def test_one_class_alone_can_be_judged(tested, asked_clips, cache, tmp_path):
    shutil.copytree(asked_clips / "up", tmp_path / "data" / "up")
    metrics = evaluate(tested.path, tmp_path / "data", cache_dir=cache)
    assert metrics["num_videos"] == 1
    assert np.array(metrics["confusion"]).sum() == 1


def test_an_output_folder_in_use_is_refused(tested, asked_clips, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        evaluate(tested.path, asked_clips, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_folders_that_may_be_classes_on_two_levels_are_refused_with_flags_that_work(tested, clips, cache, tmp_path):
    for number, room in enumerate(("kitchen", "garden")):
        for label in ("bounce", "up"):
            (tmp_path / room / label).mkdir(parents=True)
            shutil.copy(sorted((clips / label).iterdir())[number], tmp_path / room / label)
    with pytest.raises(DataError, match="may be the folders") as error:
        evaluate(tested.path, tmp_path, cache_dir=cache)
    _, flag = re.findall('--label-from "([^"]+)"', error.value.hint)
    assert evaluate(tested.path, tmp_path, cache_dir=cache, label_from=flag)["num_videos"] == 4


def test_intervals_are_over_groups_and_recordings_as_in_a_split(tested, clips, cache, tmp_path):
    """Eighteen clips in six groups, and copies of three of them that say they are of other groups."""
    data = tmp_path / "data"
    shutil.copytree(clips, data)
    with (data / "labels.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    lines = ["file,label,group", *(f"{row['file']},{row['label']},{row['group']}" for row in rows)]
    for number, row in enumerate(rows[:3]):
        name = row["file"].replace(".mp4", "_copy.mp4")
        shutil.copy(data / row["file"], data / name)
        lines.append(f"{name},{row['label']},elsewhere {number}")
    (data / "labels.csv").write_text("\n".join(lines) + "\n")
    metrics = evaluate(tested.path, data, group="group", cache_dir=cache)
    groups = [row["group"] for row in rows]
    assert metrics["num_videos"] == 21
    assert metrics["num_units"] == len(set(groups))


def test_with_fewer_than_four_units_there_is_no_interval_but_a_reason(judged):
    _, metrics = judged
    assert (metrics["num_videos"], metrics["num_units"]) == (3, 1)
    assert metrics["accuracy_ci95"] is None
    assert all(baseline["difference_ci95"] is None for baseline in metrics["baselines"].values())
    assert "how far off this may be cannot be told from 3 videos of 1 group" in metrics["verdict"]
    assert "clearly" not in metrics["verdict"]
