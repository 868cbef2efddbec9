"""One model of frames, sound and metadata: what it reads, what it does without, and that all commands say the same."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import DataError, UsageError
from reelwise.core.modalities import MetadataColumn
from reelwise.jobs.api import evaluate, info, load_model, predict
from reelwise.jobs.classifier.inputs import plan_inputs, requested_modalities
from reelwise.jobs.classifier.model_request import ModelRequest, model_request, parse_modalities
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.synthetic import Style
from reelwise.media.synthetic.audio_visual import write_audio_visual_set

STYLE = Style(size=48, num_frames=12, num_groups=6)
ALL = "frames,sound,metadata"


@pytest.fixture(scope="session")
def av_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 clips whose class is in the sound; a third of them have none."""
    root = tmp_path_factory.mktemp("av")
    write_audio_visual_set(root, 24, 0, "sound", style=STYLE, without_sound=0.3)
    return root


@pytest.fixture(scope="module")
def fused(av_clips: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory):
    """A finished run of a model that reads everything."""
    from reelwise.jobs.api import train

    out = tmp_path_factory.mktemp("fused") / "run"
    return train(av_clips, model="cnn", modalities=ALL, size=32, num_frames=6, epochs=2, out=out, cache_dir=cache,
                 no_refit=True, columns="site,hour")  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_metrics_say_what_every_combination_is_worth(fused):
    found = json.loads((fused.path / "metrics.json").read_text())["modalities"]
    assert list(found) == [
        "frames+sound+metadata", "frames+sound", "frames+metadata", "sound+metadata", "frames", "sound", "metadata",
    ]  # fmt: skip
    assert all(entry["how"] == "masked" and 0 <= entry["accuracy"] <= 1 for entry in found.values())
    assert found["frames+sound+metadata"]["accuracy"] == fused.metrics["accuracy"]
    assert set(fused.metrics["time"]) == {"shuffled", "middle_frame"}


def test_contract_names_what_is_read_and_what_may_be_missing(fused):
    contract = load_model(fused.path / "model.keras").contract
    assert contract.modalities == ("frames", "sound", "metadata")
    assert contract.optional_modalities == contract.modalities
    assert contract.network.name == "cnn+audio_cnn+metadata_mlp"
    assert contract.network.head_names == ("frames", "sound", "metadata", "together")
    assert len(contract.label_output.head_weights) == 4
    columns = [(column.name, column.kind) for column in contract.input.metadata]
    assert columns == [("site", "category"), ("hour", "number")]
    summary = info(fused.path / "model.keras")["model"]
    assert summary["contract"]["modalities"] == ["frames", "sound", "metadata"]


def test_columns_are_fitted_on_training_videos_alone(fused, av_clips):
    hours = {row["file"]: float(row["hour"]) for row in rows_of(av_clips / "labels.csv")}
    learned = [hours[row["file"]] for row in rows_of(fused.path / "splits.csv") if row["split"] == "train"]
    column = load_model(fused.path / "model.keras").contract.input.metadata[1]
    assert column.mean == pytest.approx(np.mean(learned))
    assert column.scale == pytest.approx(np.std(learned))


def test_predict_evaluate_and_the_run_give_the_same_numbers(fused, av_clips, cache, tmp_path):
    said = {row["file"]: float(row["odd"]) for row in rows_of(fused.path / "predictions.csv")}
    files = [str(av_clips / name) for name in said]
    found = predict(fused.path, *files, metadata=av_clips / "labels.csv", cache_dir=cache)
    assert [float(one.probs[one.labels.index("odd")]) for one in found] == list(said.values())
    evaluate(fused.path, av_clips, out=tmp_path / "judged", cache_dir=cache)
    again = {row["file"]: float(row["odd"]) for row in rows_of(tmp_path / "judged" / "predictions.csv")}
    assert {name: again[name] for name in said} == said


def test_a_modality_may_be_missing_at_prediction(fused, av_clips):
    model = load_model(fused.path / "model.keras")
    clip = sorted(av_clips.glob("*/*.mp4"))[0]
    whole, bare = model.predict(clip, {"site": "indoors", "hour": "9"}), model.predict(clip)
    assert not bare.error
    assert bare.probs.sum() == pytest.approx(1)
    assert not np.array_equal(whole.probs, bare.probs)


@pytest.mark.usefixtures("quick_fit")  # contract/test_models.py trains each for a step
@pytest.mark.parametrize("name", ["audio_cnn", "audio_lstm", "metadata_mlp"])
def test_models_without_frames_are_ordinary(name, av_clips, tiny_train):
    run = tiny_train(av_clips, out=name, model=name, modalities="auto", epochs=1)
    (modality,) = run.metrics["modalities"]
    assert modality == ("metadata" if name == "metadata_mlp" else "sound")
    assert "time" not in run.metrics
    assert (run.path / "report.html").stat().st_size > 10_000


@pytest.mark.usefixtures("quick_fit")
def test_evaluate_tells_of_videos_that_can_only_be_guessed(av_clips, cache, tiny_train, listener):
    run = tiny_train(av_clips, model="audio_cnn", modalities="sound", epochs=1)
    evaluate(run.path, av_clips, cache_dir=cache, progress=listener)
    refused = sum(bool(one.error) for one in predict(run.path, *sorted(av_clips.glob("*/*.mp4")), cache_dir=cache))
    assert refused > 1
    assert any(text.startswith(f"{refused} videos have no usable sound, and the model") for text in listener.warned)


@pytest.mark.usefixtures("quick_fit")
def test_frames_and_sound_by_default_if_most_clips_have_any(av_clips, tiny_train, tmp_path):
    run = tiny_train(av_clips, modalities="auto", epochs=1)
    assert set(run.metrics["modalities"]) == {"frames+sound", "frames", "sound"}
    notes = json.loads((run.path / "run.json").read_text())["notes"]
    assert any("--modalities frames leaves the sound out" in note for note in notes)
    silent = tmp_path / "mostly_silent"
    write_audio_visual_set(silent, 24, 1, "picture", style=STYLE, without_sound=0.9)
    assert set(tiny_train(silent, out="quiet", modalities="auto", epochs=1).metrics["modalities"]) == {"frames"}


def test_retrained_ablation_trains_each(av_clips, tiny_train):
    run = tiny_train(av_clips, modalities="frames,sound", epochs=1, ablate="retrain")
    assert {name: entry["how"] for name, entry in run.metrics["modalities"].items()} == dict.fromkeys(
        ("frames+sound", "frames", "sound"), "retrained"
    )
    folders = {path.name for path in (run.path / "checkpoints").iterdir()}
    assert folders == {"cnn+audio_cnn", "cnn+audio_cnn-on-frames-alone", "cnn+audio_cnn-on-sound-alone"}


@pytest.mark.usefixtures("quick_fit")
def test_ablation_can_be_left_out(av_clips, tiny_train):
    assert set(tiny_train(av_clips, modalities="frames,sound", epochs=1, ablate="off").metrics["modalities"]) == {
        "frames+sound"
    }


@pytest.mark.parametrize("folds", [None, 2])
def test_sets_of_labels(folds, av_clips, tiny_train, tmp_path, request):
    if folds:
        request.getfixturevalue("quick_fit")  # the training is the same in each fold
    root = relabelled(av_clips, tmp_path / "sets", lambda row, place: f"{row['label']}|{row['site']}")
    run = tiny_train(root, epochs=1, folds=folds, modalities="frames,sound")
    assert run.metrics["task"] == "multilabel"
    assert run.metrics["labels"] == ["even", "indoors", "odd", "outdoors"]
    assert 0 <= run.metrics["map"] <= 1
    assert {"precision", "recall", "f1"} <= set(run.metrics["per_class"]["odd"])
    (said,) = predict(run.path, sorted(root.glob("*.mp4"))[0])
    assert len(said.probs) == 4
    assert set(said.labels_given) <= set(run.metrics["labels"])


@pytest.mark.parametrize("folds", [None, 2])
def test_numbers(folds, av_clips, tiny_train, tmp_path, request):
    if folds:
        request.getfixturevalue("quick_fit")
    root = relabelled(av_clips, tmp_path / "numbers", lambda row, place: f"{100 + 0.5 * place}")
    run = tiny_train(root, epochs=1, folds=folds)
    assert run.metrics["task"] == "regression"
    assert {"mae", "mse", "r2"} <= set(run.metrics)
    (said,) = predict(run.path, sorted(root.glob("*.mp4"))[0])
    assert 90 < said.value < 125  # in the units of the list, not standardised
    assert "NaN" not in (run.path / "metrics.json").read_text()


def relabelled(clips: Path, root: Path, label) -> Path:
    """The same clips in one folder, with labels of another kind."""
    root.mkdir()
    rows = rows_of(clips / "labels.csv")
    with (root / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "label", "group"))
        for place, row in enumerate(rows):
            shutil.copy(clips / row["file"], root / f"clip_{place:02d}.mp4")
            writer.writerow((f"clip_{place:02d}.mp4", label(row, place), row["group"]))
    return root


def test_no_columns_is_said_clearly(tiny_train):
    with pytest.raises((DataError, UsageError), match=r"column|metadata"):
        tiny_train(modalities="frames,metadata", columns="no_such_column", epochs=1)


def test_each_modality_gets_what_reads_it():
    options = TrainOptions("clips", modalities=ALL, sound_encoder="audio_lstm", fusion="gated")
    inputs = plan_inputs(
        model_request(options), "cnn_lstm:base", parse_modalities(ALL), "motion", (MetadataColumn("site", "category"),)
    )
    assert inputs.names == ("cnn_lstm:base", "audio_lstm", "metadata_mlp")
    assert inputs.model_name == "cnn_lstm:base+audio_lstm+metadata_mlp"
    assert inputs.fusion == "gated"
    sound_named = plan_inputs(model_request(TrainOptions("clips")), "audio_lstm", ("frames", "sound"), "motion", ())
    assert sound_named.names == ("motion", "audio_lstm")


def test_the_model_decides_where_nobody_else_does():
    assert requested_modalities(ModelRequest(), "motion") is None
    assert requested_modalities(ModelRequest(), "audio_cnn") == ("sound",)
    both = model_request(TrainOptions("clips", modalities="sound,frames"))
    assert requested_modalities(both, "cnn") == ("frames", "sound")
