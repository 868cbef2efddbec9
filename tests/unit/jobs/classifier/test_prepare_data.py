"""Splits as columns and lists say, segments, and what the catalogue makes of the data."""

import csv
import shutil
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.backend import choose_backend
from reelwise.core.errors import DataError
from reelwise.core.progress import Silent
from reelwise.jobs.classifier.fit import fit_contract, train_batches
from reelwise.jobs.classifier.plan import plan_job
from reelwise.jobs.classifier.prepare_data import prepare_data
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.writers.writer import write_video


def prepare(options, folder, progress):
    """``prepare_data`` for a command, and the run's notes; nothing is trained."""
    backend = choose_backend()
    plan = plan_job(options, backend, start=None, command="")
    context = RunContext(folder, backend, options.seed, progress)
    return prepare_data(context, plan.data, plan.request), context.notes


@pytest.fixture
def prepare_for(cache, tmp_path):
    """``prepare_data`` with options."""

    def run(data, **options):
        given = {"model": "cnn", "size": 32, "num_frames": 8, "cache_dir": cache, **options}
        return prepare(TrainOptions(str(data), **given), tmp_path, Silent())[0]

    return run


@pytest.fixture
def copied(clips, tmp_path):
    """The clips with a labels.csv that a test may write anew."""
    data = tmp_path / "data"
    shutil.copytree(clips, data)
    return data


def rows_of(data):
    with (data / "labels.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path, rows):
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_group_column_is_used_and_named(clips, prepare_for):
    ((_, data),) = prepare_for(clips)
    sides = {(group, word) for group, word in zip(data.groups, data.split_plan.split, strict=True)}
    assert len(sides) == 6
    assert "column 'group'" in data.split_plan.method


def test_every_guess_is_said_and_container_facts_are_warned_of(copied, cache, tmp_path, listener):
    rows = rows_of(copied)
    for number, row in enumerate(rows):
        row["speed"] = f"{number / 4}"
    write_rows(copied / "labels.csv", rows)
    options = TrainOptions(
        str(copied), model="cnn", size=32, num_frames=8, cache_dir=cache, label_from="speed",
        modalities="frames,metadata", columns="container.width,camera",
    )  # fmt: skip
    ((plan, data),), notes = prepare(options, tmp_path, listener)
    assert (data.task, plan.contract.task) == ("regression", "regression")
    assert any("--task classification" in text for text in listener.said)
    assert any("container.width" in text and "fail on any other video" in text for text in listener.warned)
    assert set(listener.warned) <= set(notes)


def test_another_group_column_may_be_named(copied, prepare_for):
    rows = rows_of(copied)
    for number, row in enumerate(rows):
        row["actor"] = f"actor {number % 5}"
    write_rows(copied / "labels.csv", rows)
    ((_, data),) = prepare_for(copied, group="actor")
    assert set(data.groups) == {f"actor {number}" for number in range(5)}
    assert "actor" in data.split_plan.method


def test_a_given_split_column_is_kept(copied, prepare_for):
    rows = rows_of(copied)
    words = {f"place_{number}": word for number, word in enumerate(["train"] * 4 + ["val", "test"])}
    for row in rows:
        row["split"] = words[row["group"]]
    write_rows(copied / "labels.csv", rows)
    ((_, data),) = prepare_for(copied)
    assert list(data.split_plan.split) == [words[group] for group in data.groups]


def test_a_split_list_decides(clips, tmp_path, prepare_for):
    rows = [{"file": row["file"], "split": "test" if row["group"] == "place_3" else "train"} for row in rows_of(clips)]
    write_rows(tmp_path / "splits.csv", rows)
    ((_, data),) = prepare_for(clips, splits=tmp_path / "splits.csv")
    assert {data.groups[i] for i in data.split.test} == {"place_3"}
    assert len(data.split.test) == 3


def test_each_video_is_tested_in_one_fold_and_keep_groups_together(clips, prepare_for):
    ((_, data),) = prepare_for(clips, folds=3)
    tests = [data.fold_split(fold, has_validation=True).test for fold in range(3)]
    assert sorted(sum(tests, ())) == list(range(18))
    for rows in tests:
        split = {data.groups[i] for i in range(18) if i not in rows}
        assert not split & {data.groups[i] for i in rows}


def test_segments_of_one_long_video(tmp_path, prepare_for):
    """Each second has a picture of its own, so that the frames of a segment are known."""
    rng = np.random.default_rng(0)
    pictures = [np.kron(rng.integers(0, 256, (6, 6, 3), np.uint8), np.ones((8, 8, 1), np.uint8)) for _ in range(24)]
    write_video(tmp_path / "long.mp4", (pictures[i // 8] for i in range(192)), Fraction(8))
    rows = []
    for second in range(24):
        label = "early" if second < 12 else "late"
        rows.append({"file": "long.mp4", "label": label, "start_seconds": second, "end_seconds": second + 1})
    write_rows(tmp_path / "one.csv", rows)
    with pytest.raises(DataError, match="--splits"):  # One recording: an honest split has to be said.
        prepare_for(tmp_path / "one.csv", size=48)
    for number, row in enumerate(rows):
        row["split"] = ("train", "train", "val", "test")[number % 4]
    write_rows(tmp_path / "one.csv", rows)
    ((_, data),) = prepare_for(tmp_path / "one.csv", size=48)
    assert data.names[1] == "long.mp4#t=1,2"
    assert len(data.split.test) == 6
    for record, video in zip(data.video_set.dataset.records, data.videos, strict=True):
        assert len(video.frames) == 8
        difference = np.abs(video.frames.astype(int) - pictures[int(record.start_seconds)])
        assert difference.mean() < 25, record.name


def test_auto_takes_the_model_for_small_sets(clips, prepare_for):
    ((plan, _),) = prepare_for(clips, model="auto")
    assert plan.contract.network.first.architecture == "motion"


def test_models_with_the_same_frames_share_them(clips, prepare_for):
    first, second = prepare_for(clips, model="cnn,lstm,cnn", modalities="frames")
    assert (first[0].name, second[0].name) == ("cnn", "lstm")
    assert first[1] is second[1]


def test_the_fingerprint_follows_labels_and_options(copied, clips, prepare_for):
    ((_, before),) = prepare_for(clips)
    ((_, same),) = prepare_for(clips)
    ((_, other_options),) = prepare_for(clips, batch_size=5)
    rows = rows_of(copied)
    rows[0]["label"] = "down"
    write_rows(copied / "labels.csv", rows)
    ((_, other_label),) = prepare_for(copied)
    assert before.fingerprint == same.fingerprint
    assert len({before.fingerprint, other_options.fingerprint, other_label.fingerprint}) == 3


def test_one_class_is_refused(copied, prepare_for):
    rows = rows_of(copied)
    for row in rows:
        row["label"] = "thing"
    write_rows(copied / "labels.csv", rows)
    with pytest.raises(DataError, match="only the class 'thing'"):
        prepare_for(copied)


@pytest.mark.parametrize("folds", [None, 3])
def test_copies_of_one_recording_stay_together(folds, copied, prepare_for):
    """Each video has a copy under another name and in another group, so that only their bytes tie them together."""
    rows = rows_of(copied)
    for row in list(rows):
        copy = row["file"].replace(".mp4", "_copy.mp4")
        shutil.copyfile(copied / row["file"], copied / copy)
        rows.append({**row, "file": copy})
    for row in rows:
        row["group"] = row["file"]
    write_rows(copied / "labels.csv", rows)
    ((_, data),) = prepare_for(copied, folds=folds)
    sides = data.split_plan.fold or data.split_plan.split
    of_file = dict(zip(data.names, zip(sides, data.split_plan.units, strict=True), strict=True))
    assert len(of_file) == 36
    assert len(set(sides)) == 3
    for name in of_file:
        assert of_file[name] == of_file[name.replace("_copy.mp4", ".mp4")]


def test_every_class_weighs_alike_in_training(clips, prepare_for):
    ((plan, data),) = prepare_for(clips)
    places = {label: [i for i, y in enumerate(data.y) if y == label] for label in range(3)}
    indices = [*places[0], *places[1][:2], *places[2][:1]]  # 6, 2 and 1 videos
    batches = train_batches(data, plan, indices, batch_size=len(indices), seed=0)
    batch = batches.batch(0, 0)
    weights = [
        batch.sample_weights[np.isin(batch.indices, np.flatnonzero(data.y[indices] == y))].sum() for y in range(3)
    ]
    np.testing.assert_allclose(weights, 3.0, rtol=1e-5)


def test_means_and_scales_come_from_the_training_videos_alone(copied, prepare_for):
    rows = rows_of(copied)
    for number, row in enumerate(rows):
        row["speed"], row["light"] = f"{number}", f"{10 * number + 0.5}"
    write_rows(copied / "labels.csv", rows)
    options = {"label_from": "speed", "task": "regression", "modalities": "frames,metadata", "columns": "light"}
    ((plan, data),) = prepare_for(copied, **options)
    train = [0, 3, 4, 11]
    contract = fit_contract(plan.contract, data, train)
    values = np.array([float(data.video_set.dataset.records[i].metadata["light"]) for i in train])
    assert contract.output.mean == pytest.approx(data.y[train].mean())
    assert contract.output.scale == pytest.approx(data.y[train].std())
    assert contract.input.metadata[0].mean == pytest.approx(values.mean(), rel=1e-5)
