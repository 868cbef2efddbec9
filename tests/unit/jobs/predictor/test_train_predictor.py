"""A folder of videos without labels becomes a judged model of frames: the same one again, and after a stop."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from square_videos import SMALL, moving_square, write_flat

from reelwise.core.errors import DataError, Interruption, TrainingError, UsageError
from reelwise.core.interrupt import StopToken
from reelwise.core.progress import Silent
from reelwise.inference.frame_predictor import FramePredictor
from reelwise.jobs.api import evaluate, generate, info, load_model, predict, train
from reelwise.jobs.predictor import train as train_module

RESULTS = ("metrics.json", "predictions.csv", "model.keras", "splits.csv")
RULES = ["copy_last", "mean", "half_last_half_mean", "linear", "flow", "nearest"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def results_of(path: Path) -> dict[str, bytes]:
    return {name: (path / name).read_bytes() for name in RESULTS}


def test_every_file_of_a_run_is_there(trained):
    path = trained.path
    names = {"run.json", "skipped.csv", "history.csv", "report.html", "checkpoints", *RESULTS}
    assert {item.name for item in path.iterdir()} == names
    assert [row["val_psnr"] != "" for row in rows_of(path / "history.csv")] == [True, True]
    splits = rows_of(path / "splits.csv")
    assert {row["split"] for row in splits} == {"train", "val", "test"}
    assert {row["label"] for row in splits} == {""}
    assert [row["file"] for row in rows_of(path / "skipped.csv")] == ["broken.mp4"]
    document = json.loads((path / "run.json").read_text(encoding="utf-8"))
    assert document["status"] == "finished"
    assert "--model simvp:nano" in document["command"]
    assert any(note.startswith("by video (no groups") and "stratified" not in note for note in document["notes"])
    report = (path / "report.html").read_text(encoding="utf-8")
    assert "Predicts the next 3 frames" in report
    assert "Along the flow" in report


def test_the_model_and_the_rules_are_judged_on_the_same_windows(trained):
    metrics = trained.metrics
    assert list(metrics.baselines) == RULES
    test = [row["file"] for row in rows_of(trained.path / "splits.csv") if row["split"] == "test"]
    windows = rows_of(trained.path / "predictions.csv")
    assert {row["file"] for row in windows} == set(test)
    assert metrics.num_videos == len(test)
    assert metrics.num_clips == len(windows)
    # PSNR of all windows together is that of the mean of their squared errors.
    for name, entry in (("psnr", metrics), *((f"psnr_{rule}", metrics.baselines[rule]) for rule in RULES)):
        errors = [10 ** (-float(row[name]) / 10) for row in windows]
        assert entry["psnr"] == pytest.approx(-10 * np.log10(np.mean(errors)))
    assert "modalities" in metrics
    assert "learned_from" not in metrics


def test_the_model_file_says_what_it_takes_and_gives(trained, tmp_path):
    model = load_model(trained.path / "model.keras")
    contract = model.contract
    assert contract.input.decode.fit == "crop"
    assert (contract.input.clip.num_frames, contract.input.clip.frame_stride) == (3, 1)
    assert contract.output.num_targets == 3
    assert contract.output.frame_rate == pytest.approx(25.0)
    frames = FramePredictor(model.keras, contract).predict(moving_square(0)[None, :3, 8:40, 16:48], 5)
    assert frames.shape == (1, 5, 32, 32, 3)
    facts = info(trained.path / "model.keras")["model"]
    assert facts["psnr"] == pytest.approx(trained.metrics.psnr)
    assert facts["labels"] == []
    with pytest.raises(UsageError, match="it gives no labels") as caught:
        predict(trained.path / "model.keras", tmp_path / "any.mp4")
    assert "reelwise generate" in caught.value.hint


def test_the_same_command_gives_the_same_bytes(trained, flat, cache, tmp_path, monkeypatch):
    thresholds, choose = {}, train_module.choose_still_threshold

    def record(predictor, windows, progress):
        threshold = choose(predictor, windows, progress)
        thresholds[threshold] = set(windows.names)
        return threshold

    monkeypatch.setattr(train_module, "choose_still_threshold", record)
    again = train(flat, out=tmp_path / "again", cache_dir=cache, **SMALL)
    assert results_of(again.path) == results_of(trained.path)
    # Validation videos choose how much still places are kept, and the file says it.
    validation = {row["file"] for row in rows_of(trained.path / "splits.csv") if row["split"] == "val"}
    assert thresholds == {load_model(again.path / "model.keras").contract.output.still_threshold: validation}


class _StopAfterAnEpoch(Silent):
    """Stops the work once the first epoch is behind it."""

    def __init__(self, token: StopToken) -> None:
        self._token = token

    def update(self, done, total, unit, note="") -> None:
        if "epoch 2" in note:
            self._token.set()


def test_a_run_that_was_stopped_ends_the_same(trained, flat, cache, tmp_path):
    token = StopToken()
    with pytest.raises(Interruption) as stopped:
        train(flat, out=tmp_path / "run", cache_dir=cache, stop=token, progress=_StopAfterAnEpoch(token), **SMALL)
    assert f"reelwise generate {tmp_path / 'run'}" in stopped.value.hint
    video = next(path for path in sorted(flat.rglob("*.mp4")) if path.stem != "broken")
    (sample,) = generate(tmp_path / "run", video, out=tmp_path / "new", cache_dir=cache).manifest["samples"]
    assert sample["num_frames"] == SMALL.get("num_targets", 3)
    resumed = train(flat, out=tmp_path / "run", cache_dir=cache, resume=True, **SMALL)
    assert results_of(resumed.path) == results_of(trained.path)


def test_a_loss_that_is_no_number_leaves_the_last_good_model(flat, cache, tmp_path, loss_turns_nan):
    with pytest.raises(TrainingError, match="epoch 2") as caught:
        train(flat, out=tmp_path / "run", cache_dir=cache, **{**SMALL, "epochs": 4, "batch_size": 64})
    assert "last good weights are kept" in caught.value.hint
    assert load_model(tmp_path / "run").contract.output.num_targets == 3


def test_it_is_judged_on_other_videos_and_warned_of_its_own(trained, flat, cache, tmp_path, listener):
    other = write_flat(tmp_path / "other", 6, first_seed=50)
    metrics = evaluate(trained.path, other, cache_dir=cache, out=tmp_path / "out", progress=listener)
    assert metrics["learned_from"] == 0
    assert not listener.warned
    assert list(metrics["baselines"]) == RULES[:-1]
    assert metrics["num_videos"] == 6
    assert json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8")) == metrics
    assert (tmp_path / "out" / "report.html").is_file()
    own = evaluate(trained.path, flat, cache_dir=cache, progress=listener)
    assert own["learned_from"] == 8
    assert any("trained on 8 of these 10 videos" in text for text in listener.warned)


def test_a_model_goes_on_from_another_ones_weights(trained, flat, cache, tmp_path):
    start = trained.path / "model.keras"
    options = {**SMALL, "epochs": 1, "num_frames": 5}  # the clip of the start is kept, or its weights would not fit
    run = train(flat, out=tmp_path / "run", cache_dir=cache, from_model=start, **options)
    assert load_model(run.path).contract.input == load_model(start).contract.input
    (first,), (fresh, *_) = (rows_of(path / "history.csv") for path in (run.path, trained.path))
    assert float(first["loss"]) < float(fresh["loss"])


def test_a_start_names_the_preset_and_another_one_is_refused(trained, flat, cache, tmp_path):
    options = {**SMALL, "epochs": 1, "from_model": trained.path / "model.keras", "cache_dir": cache}
    with pytest.raises(UsageError, match="--model is simvp:small, but --from is a model simvp:nano"):
        train(flat, out=tmp_path / "other", **{**options, "model": "simvp:small"})
    run = train(flat, out=tmp_path / "same", **{**options, "model": "auto", "task": "prediction"})  # auto means small
    assert list(json.loads((run.path / "run.json").read_text())["precision"]) == ["simvp:nano"]


def test_several_models_make_a_leaderboard(flat, cache, tmp_path):
    options = {**SMALL, "epochs": 1, "model": "simvp:nano,convlstm:nano"}
    run = train(flat, out=tmp_path / "run", cache_dir=cache, **options)
    best, other = run.leaderboard
    assert best["psnr"] == run.metrics["psnr"] >= other["psnr"]
    assert other["file"] == f"models/{other['model'].replace(':', '-')}/model.keras"
    assert (run.path / other["file"]).is_file()
    assert "Which model did best?" in (run.path / "report.html").read_text(encoding="utf-8")


def test_weights_of_another_kind_of_model_are_refused(trained, tested, clips, flat, cache, tmp_path):
    labels, frames = tested.path / "model.keras", trained.path / "model.keras"
    with pytest.raises(
        UsageError, match="is a model for classification and gives labels; this training needs"
    ) as caught:
        train(flat, out=tmp_path / "frames", cache_dir=cache, from_model=labels, **SMALL)
    assert "Leave --from out" in caught.value.hint
    with pytest.raises(UsageError, match="for prediction and gives frames; this training needs one that gives labels"):
        train(clips, out=tmp_path / "labels", cache_dir=cache, from_model=frames, model="cnn")


def test_a_list_of_splits_decides_and_labels_do_not(cache, tmp_path):
    folder = tmp_path / "classes"
    write_flat(folder / "left", 3)
    write_flat(folder / "right", 3, first_seed=10)
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.mp4"))]
    expected = dict(zip(names, ["train", "train", "train", "test", "val", "test"], strict=True))
    rows = "".join(f"{name},{word}\n" for name, word in expected.items())
    (tmp_path / "splits.csv").write_text(f"file,split\n{rows}", encoding="utf-8")
    run = train(folder, out=tmp_path / "run", cache_dir=cache, splits=tmp_path / "splits.csv", **SMALL)
    assert {row["file"]: row["split"] for row in rows_of(run.path / "splits.csv")} == expected


def test_one_video_and_short_videos_are_refused_with_a_way_out(cache, tmp_path):
    with pytest.raises(DataError, match="there is 1 video, and a model is judged on videos that it") as caught:
        train(write_flat(tmp_path / "one", 1), out=tmp_path / "run", cache_dir=cache, **SMALL)
    assert "--split" in caught.value.hint
    short = write_flat(tmp_path / "short", 4, num_frames=5)
    with pytest.raises(DataError, match=r"No video has 6 frames .* has 5 in all") as caught:
        train(short, out=tmp_path / "short run", cache_dir=cache, **SMALL)
    assert caught.value.hint == "Use --num-frames 2 --frame-stride 1, or give longer videos."
    run = train(short, out=tmp_path / "mended", cache_dir=cache, **{**SMALL, "num_frames": 2})
    assert run.metrics.num_clips >= 1


def test_videos_in_which_nothing_moves_are_no_success(cache, tmp_path):
    run = train(write_flat(tmp_path / "still", 6, speed=0), out=tmp_path / "run", cache_dir=cache, **SMALL)
    assert run.metrics.still_share == pytest.approx(1.0)
    assert "no better than the best simple rule" in run.metrics.verdict
    assert "100 % of the frames equal the one before" in run.metrics.verdict
