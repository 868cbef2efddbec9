"""Who learns and who is asked, as the person said: columns, lists, segments and what the catalogue makes of it."""

import csv
import shutil
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.backend import choose_backend
from reelwise.core.errors import DataError
from reelwise.core.progress import Silent
from reelwise.jobs.classifier.material import chosen, gather
from reelwise.jobs.runs.context import RunContext
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.writers.writer import write_video


@pytest.fixture
def gather_for(cache, tmp_path):
    """``gather`` with options, nothing trained."""

    def run(data, **options):
        given = {"model": "cnn", "size": 32, "num_frames": 8, "cache_dir": cache, **options}
        return gather(RunContext(TrainOptions(str(data), **given), tmp_path, choose_backend(), Silent()), None)

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


def test_a_group_column_is_used_and_named(clips, gather_for):
    ((_, material),) = gather_for(clips)
    sides = {(group, word) for group, word in zip(material.groups, material.plan.split, strict=True)}
    assert len(sides) == 6
    assert "column 'group'" in material.plan.method


def test_every_guess_is_said_and_container_facts_are_warned_of(copied, cache, tmp_path, listener):
    rows = rows_of(copied)
    for number, row in enumerate(rows):
        row["speed"] = f"{number / 4}"
    write_rows(copied / "labels.csv", rows)
    options = TrainOptions(
        str(copied), model="cnn", size=32, num_frames=8, cache_dir=cache, label_from="speed",
        modalities="frames,metadata", columns="container.width,camera",
    )  # fmt: skip
    heard = listener
    context = RunContext(options, tmp_path, choose_backend(), heard)
    ((recipe, material),) = gather(context, None)
    assert (material.task, recipe.contract.task) == ("regression", "regression")
    assert any("--task classification" in text for text in heard.said)
    assert any("container.width" in text and "fail on any other video" in text for text in heard.warned)
    assert set(heard.warned) <= set(context.notes)


def test_another_group_column_may_be_named(copied, gather_for):
    rows = rows_of(copied)
    for number, row in enumerate(rows):
        row["actor"] = f"actor {number % 5}"
    write_rows(copied / "labels.csv", rows)
    ((_, material),) = gather_for(copied, group="actor")
    assert set(material.groups) == {f"actor {number}" for number in range(5)}
    assert "actor" in material.plan.method


def test_a_given_split_column_is_kept(copied, gather_for):
    rows = rows_of(copied)
    words = {f"place_{number}": word for number, word in enumerate(["train"] * 4 + ["val", "test"])}
    for row in rows:
        row["split"] = words[row["group"]]
    write_rows(copied / "labels.csv", rows)
    ((_, material),) = gather_for(copied)
    assert list(material.plan.split) == [words[group] for group in material.groups]


def test_a_split_list_decides(clips, tmp_path, gather_for):
    rows = [{"file": row["file"], "split": "test" if row["group"] == "place_3" else "train"} for row in rows_of(clips)]
    write_rows(tmp_path / "splits.csv", rows)
    ((_, material),) = gather_for(clips, splits=tmp_path / "splits.csv")
    asked = {material.groups[i] for i in chosen(material.plan.split, "test")}
    assert asked == {"place_3"}
    assert len(chosen(material.plan.split, "test")) == 3


def test_folds_ask_each_video_once_and_keep_groups_together(clips, gather_for):
    ((_, material),) = gather_for(clips, folds=3)
    asked = [chosen(material.fold_split(fold, validated=True), "test") for fold in range(3)]
    assert sorted(sum(asked, ())) == list(range(18))
    for rows in asked:
        split = {material.groups[i] for i in range(18) if i not in rows}
        assert not split & {material.groups[i] for i in rows}


def test_segments_of_one_long_video(tmp_path, gather_for):
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
        gather_for(tmp_path / "one.csv", size=48)
    for number, row in enumerate(rows):
        row["split"] = ("train", "train", "val", "test")[number % 4]
    write_rows(tmp_path / "one.csv", rows)
    ((_, material),) = gather_for(tmp_path / "one.csv", size=48)
    assert material.training_set.names[1] == "long.mp4#t=1,2"
    assert len(chosen(material.plan.split, "test")) == 6
    for record, video in zip(material.prepared.dataset.records, material.training_set.videos, strict=True):
        assert len(video.frames) == 8
        difference = np.abs(video.frames.astype(int) - pictures[int(record.start_seconds)])
        assert difference.mean() < 25, record.name


def test_auto_takes_the_model_for_small_sets(clips, gather_for):
    ((recipe, _),) = gather_for(clips, model="auto")
    assert recipe.contract.architecture == "motion"


def test_models_with_the_same_frames_share_them(clips, gather_for):
    first, second = gather_for(clips, model="cnn,lstm,cnn", modalities="frames")
    assert (first[0].name, second[0].name) == ("cnn", "lstm")
    assert first[1] is second[1]


def test_the_fingerprint_follows_labels_and_options(copied, clips, gather_for):
    ((_, before),) = gather_for(clips)
    ((_, same),) = gather_for(clips)
    ((_, other_options),) = gather_for(clips, batch_size=5)
    rows = rows_of(copied)
    rows[0]["label"] = "down"
    write_rows(copied / "labels.csv", rows)
    ((_, other_label),) = gather_for(copied)
    assert before.fingerprint == same.fingerprint
    assert len({before.fingerprint, other_options.fingerprint, other_label.fingerprint}) == 3


def test_one_class_is_refused(copied, gather_for):
    rows = rows_of(copied)
    for row in rows:
        row["label"] = "thing"
    write_rows(copied / "labels.csv", rows)
    with pytest.raises(DataError, match="only the class 'thing'"):
        gather_for(copied)
