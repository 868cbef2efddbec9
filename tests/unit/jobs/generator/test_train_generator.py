"""Training a model that makes clips: what the run folder holds, what is judged, what is refused."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tiny_classes import TINY

from reelwise.core.errors import UsageError
from reelwise.jobs.api import generate, info, load_model, predict, train
from reelwise.jobs.runs.folder import Run
from reelwise.models.file import load_model_file
from reelwise.models.flowdit.entry import ENTRY


@pytest.mark.backend
def test_the_run_folder_is_whole(trained: Run) -> None:
    names = {path.name for path in trained.path.iterdir()}
    assert {"model.keras", "metrics.json", "report.html", "history.csv", "predictions.csv", "splits.csv"} <= names
    assert json.loads((trained.path / "run.json").read_text())["status"] == "finished"
    sheet = cv2.imread(str(trained.path / "samples" / "sheet.png"))
    assert sheet.shape == (2 * (16 + 4), 4 * (4 * 16 + 4), 3)
    model = load_model_file(trained.path / "model.keras")
    assert model.contract.output.labels == ("large", "small")
    assert model.contract.output.frame_rate == pytest.approx(25)
    assert info(trained.path / "model.keras")["model"]["class_accuracy"] == trained.metrics.class_accuracy


@pytest.mark.backend
def test_the_score_is_the_share_of_the_list_of_samples(trained: Run) -> None:
    with (trained.path / "predictions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == trained.metrics.num_videos == 100
    assert trained.metrics.class_accuracy == np.mean([row["label"] == row["prediction"] for row in rows])
    assert trained.metrics.baselines["noise"]["class_accuracy_ci95"]
    assert trained.metrics.num_training_videos == 12
    assert "your data is too small for this (12 videos)" in trained.metrics.verdict


def test_too_few_clips_for_a_distance_or_for_repetition_are_called_so(trained: Run) -> None:
    metrics = trained.metrics
    assert sorted(metrics.distances) == ["fvd[random]", "fvd[self]", "kvd[random]", "kvd[self]"]
    assert {entry["value"] for entry in metrics.distances.values()} == {"too few"}
    assert {entry["num_real"] for entry in metrics.distances.values()} == {metrics.judge_num_clips}
    assert metrics.memorisation["nearer_share"] == "too few"
    assert "whether clips repeat training clips is not known: 36 real test clips are too few" in metrics.verdict
    assert metrics.motion["real"] > 1
    assert set(metrics.baselines) == {"noise", "class_mean"}


def test_the_report_shows_the_clips_and_the_judge(trained: Run) -> None:
    page = (trained.path / "report.html").read_text()
    assert "of 100 generated clips show the class that was wanted" in page
    assert "Generated clips by class" in page
    assert page.count("data:image/webp") >= 20


@pytest.mark.backend
def test_the_same_seed_gives_the_same_model(class_folders: Path, cache: Path, trained: Run, tmp_path: Path) -> None:
    again = train(class_folders, out=tmp_path / "again", cache_dir=cache, **TINY)
    assert again.metrics == trained.metrics
    assert (again.path / "model.keras").read_bytes() == (trained.path / "model.keras").read_bytes()
    sheets = [run.path / "samples" / "sheet.png" for run in (again, trained)]
    assert sheets[0].read_bytes() == sheets[1].read_bytes()


@pytest.mark.backend
def test_clips_are_drawn_by_class_and_again_the_same(trained: Run, cache: Path, tmp_path: Path) -> None:
    options = {"label": "small", "num": 3, "steps": 2, "npz": True, "cache_dir": cache}
    for name in ("first", "again"):
        generate(trained.path, out=tmp_path / name, **options)
    arrays = [np.load(tmp_path / name / "samples.npz") for name in ("first", "again")]
    assert arrays[0]["sample_000"].shape == (4, 16, 16, 3)
    assert all(np.array_equal(arrays[0][name], arrays[1][name]) for name in arrays[0].files)
    assert len({arrays[0][name].tobytes() for name in arrays[0].files}) == 3
    manifest = json.loads((tmp_path / "first" / "manifest.json").read_text())
    assert [sample["label"] for sample in manifest["samples"]] == ["small"] * 3
    generate(trained.path, out=tmp_path / "fewer", **{**options, "num": 1})
    assert np.array_equal(np.load(tmp_path / "fewer" / "samples.npz")["sample_000"], arrays[0]["sample_000"])
    generate(trained.path, out=tmp_path / "other", **{**options, "seed": 1})
    assert not np.array_equal(np.load(tmp_path / "other" / "samples.npz")["sample_000"], arrays[0]["sample_000"])


@pytest.mark.backend
def test_more_frames_than_a_clip_go_on_from_it(trained: Run, cache: Path, tmp_path: Path) -> None:
    for name, frames in (("clip", None), ("long", 7), ("short", 2)):
        options = {"num": 1, "steps": 2, "npz": True, "cache_dir": cache}
        generate(trained.path, out=tmp_path / name, frames=frames, **options)
    clip, long, short = (np.load(tmp_path / name / "samples.npz")["sample_000"] for name in ("clip", "long", "short"))
    assert len(long) == 7
    assert np.array_equal(long[:4], clip)
    assert np.array_equal(short, clip[:2])


def test_options_of_generate_that_make_no_sense_are_refused(trained: Run, tmp_path: Path) -> None:
    out = tmp_path / "refused"
    with pytest.raises(UsageError, match="no class of this model") as caught:
        generate(trained.path, out=out, label="medium")
    assert "large, small" in caught.value.hint
    with pytest.raises(UsageError, match="without --label"):
        generate(trained.path, out=out, guidance=2.0)
    with pytest.raises(UsageError, match="sampler is 'magic'"):
        generate(trained.path, out=out, sampler="magic")
    with pytest.raises(UsageError, match="--at makes no sense without --from"):
        generate(trained.path, out=out, at=1.0)


def test_predict_says_what_the_model_is_for(trained: Run, class_folders: Path) -> None:
    with pytest.raises(UsageError, match="it gives no labels"):
        predict(trained.path / "model.keras", class_folders)


def test_a_model_goes_on_from_another_ones_weights(
    trained: Run, class_folders: Path, cache: Path, tmp_path: Path
) -> None:
    start = trained.path / "model.keras"
    options = {**TINY, "epochs": 1, "num_frames": 8}  # the clip of the start is kept, or its weights would not fit
    run = train(class_folders, out=tmp_path / "run", cache_dir=cache, from_model=start, **options)
    assert load_model(run.path).contract.input == load_model(start).contract.input
    first, fresh = (
        float(next(csv.DictReader((path / "history.csv").read_text().splitlines()))["loss"])
        for path in (run.path, trained.path)
    )
    assert first < fresh


def test_a_start_names_the_preset_and_another_one_is_refused(
    trained: Run, class_folders: Path, cache: Path, tmp_path: Path
) -> None:
    options = {**TINY, "epochs": 1, "from_model": trained.path, "cache_dir": cache}
    with pytest.raises(UsageError, match="--model is flowdit:tiny, but --from is a model flowdit:nano"):
        train(class_folders, out=tmp_path / "other", **{**options, "model": "flowdit:tiny"})


def test_few_epochs_are_no_reason_for_a_poor_judge(
    trained: Run, class_folders: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reelwise.jobs.generator import class_judge

    epochs = []
    real_fit = class_judge.fit

    def fit(*given: Any, **options: Any) -> Any:
        epochs.append(given[3].epochs)
        return real_fit(*given, **options)

    monkeypatch.setattr(class_judge, "fit", fit)
    train(class_folders, out=tmp_path / "run", cache_dir=cache, **{**TINY, "epochs": 1})
    assert epochs == [2]  # as many as without --epochs, which the fixtures of this folder make few


def test_several_models_make_a_leaderboard(
    class_folders: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENTRY.presets["tiny"].arguments, "num_blocks", 1)
    options = {**TINY, "epochs": 1, "model": "flowdit:nano,flowdit:tiny"}
    run = train(class_folders, out=tmp_path / "run", cache_dir=cache, **options)
    assert {row["model"] for row in run.leaderboard} == {"flowdit:nano", "flowdit:tiny"}
    best, other = run.leaderboard
    assert best["class_accuracy"] == run.metrics.class_accuracy >= other["class_accuracy"]
    assert (best["file"], other["file"]) == ("model.keras", f"models/{other['model'].replace(':', '-')}/model.keras")
    assert load_model_file(run.path / other["file"]).metrics["class_accuracy"] == other["class_accuracy"]
    assert (run.path / other["file"]).parent.joinpath("samples", "sheet.png").is_file()
    assert "Which model did best?" in (run.path / "report.html").read_text()
    judges = [load_model_file(run.path / row["file"]).arrays["judge.weights/logits/kernel"] for row in run.leaderboard]
    assert np.array_equal(*judges)


def test_options_without_sense_are_refused_before_the_data_is_read(class_folders: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with pytest.raises(UsageError, match="--folds makes no sense for models that make clips"):
        train(class_folders, out=out, folds=3, **TINY)
    with pytest.raises(UsageError, match="6 frames do not divide"):
        train(class_folders, out=out, **{**TINY, "num_frames": 6})
    assert not (out / "model.keras").exists()
