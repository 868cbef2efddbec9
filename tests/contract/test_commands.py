"""Every command's --json: exactly one document on stdout, as the JSON Schema in the package says."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from samples import moving_bar, write_frames_model

from reelwise.cli.main import run
from reelwise.media.writers.writer import write_video


@pytest.fixture
def document_of(capsys, schema_breaches):
    """Run a command with --json; its exit status and the only document on stdout, which its schema accepts."""

    def call(*arguments: str | Path) -> tuple[int, Any]:
        capsys.readouterr()
        status = run([*map(str, arguments), "--json"])
        document = json.loads(capsys.readouterr().out)
        assert schema_breaches(document) == []
        return status, document

    return call


@pytest.fixture
def clip(tiny_run):
    return sorted((tiny_run.clips / "up").iterdir())[0]


def test_train(tiny_run, schema_breaches):
    assert schema_breaches(tiny_run.document) == []
    assert schema_breaches(json.loads((tiny_run.path / "run.json").read_text())) == []
    assert set(tiny_run.document["time"]) == {"shuffled", "middle_frame"}
    assert tiny_run.document["schema"] == "reelwise/metrics/1"
    assert tiny_run.document == json.loads((tiny_run.path / "metrics.json").read_text())


def test_evaluate(tiny_run, document_of):
    status, document = document_of("evaluate", tiny_run.path, tiny_run.clips, "--cache-dir", tiny_run.cache)
    assert status == 0
    assert document["num_videos"] == 18
    assert document["learned_from"] == 15  # train and val: the run was not refitted


def test_predict(tiny_run, clip, document_of):
    status, document = document_of("predict", tiny_run.path, clip)
    assert (status, document["schema"]) == (0, "reelwise/predictions/1")
    (video,) = document["videos"]
    assert (video["file"], video["status"], video["error"], len(video["top"])) == (str(clip), "ok", None, 3)


def test_predict_with_a_file_that_cannot_be_used_exits_with_one(tiny_run, clip, tmp_path, document_of):
    (tmp_path / "bad.mp4").write_bytes(b"nothing of the kind")
    status, document = document_of("predict", tiny_run.path, tmp_path / "bad.mp4", clip, "--top", "1")
    assert status == 1
    bad, good = document["videos"]
    assert (bad["status"], bad["top"]) == ("failed", [])
    assert bad["error"]
    assert (good["status"], len(good["top"])) == ("ok", 1)


def test_info_of_a_video(clip, document_of):
    status, document = document_of("info", clip)
    assert status == 0
    assert (document["kind"], document["status"], document["video"]["num_frames"]) == ("video", "ok", 10)
    assert (document["video"]["width"], document["video"]["height"]) == (48, 48)


def test_info_of_a_refused_file_exits_with_one(tmp_path, document_of):
    (tmp_path / "a.mp4").write_bytes(b"")
    status, document = document_of("info", tmp_path / "a.mp4")
    assert status == 1
    assert document["status"] == "refused"
    assert document["reason"]
    assert document["video"] is None


def test_info_of_a_model_and_a_run(tiny_run, document_of):
    status, model = document_of("info", tiny_run.path / "model.keras")
    assert (status, model["kind"], model["model"]["architecture"]) == (0, "model", "cnn_lstm")
    assert model["model"]["labels"] == ["bounce", "down", "up"]
    assert model["model"]["accuracy"] == tiny_run.document["accuracy"]
    status, finished = document_of("info", tiny_run.path)
    assert (status, finished["kind"], finished["run"]["status"]) == (0, "run", "finished")
    assert finished["run"]["verdict"] == tiny_run.document["verdict"]


def test_info_of_a_damaged_model_is_refused(tiny_run, tmp_path, document_of):
    blob = bytearray((tiny_run.path / "model.keras").read_bytes())
    blob[len(blob) // 2] ^= 255
    (tmp_path / "model.keras").write_bytes(blob)
    status, document = document_of("info", tmp_path / "model.keras")
    assert (status, document["kind"], document["status"]) == (1, "model", "refused")


def test_check(tiny_run, document_of):
    status, document = document_of("check", tiny_run.clips, "--cache-dir", tiny_run.cache)
    assert (status, document["schema"], document["num_usable"]) == (0, "reelwise/check/1", 18)


@pytest.mark.parametrize("name", ["", "cnn_lstm"])
def test_models(name, document_of):
    status, document = document_of("models", *([name] if name else []))
    assert (status, document["schema"]) == (0, "reelwise/models/1")
    assert len(document["models"]) == (1 if name else len({entry["name"] for entry in document["models"]}))


def test_cache(tiny_run, tmp_path, document_of):
    status, document = document_of("cache", "--cache-dir", tiny_run.cache)
    assert (status, document["schema"], document["folder"]) == (0, "reelwise/cache/1", str(tiny_run.cache))
    assert document["entries"] >= 18
    assert document["bytes"] > 18 * 10 * 32 * 32 * 3
    _, empty = document_of("cache", "--clear", "--cache-dir", tmp_path)
    assert (empty["entries"], empty["removed"]) == (0, 0)


def test_demo(tiny_run, tmp_path, document_of, monkeypatch):
    """Its parts are tested elsewhere; here training is taken from the tiny run."""
    from reelwise.jobs import demo, train
    from reelwise.jobs.runs.folder import Run

    monkeypatch.setattr(demo, "NUM_CLIPS", 2)
    monkeypatch.setattr(demo, "NUM_NEW_CLIPS", 1)
    monkeypatch.setattr(train, "train_job", lambda *_: Run(tiny_run.path, tiny_run.document))
    status, document = document_of("demo", tmp_path / "demo")
    assert (status, document) == (0, tiny_run.document)


def test_demo_of_new_video(tiny_run, tmp_path, document_of, monkeypatch):
    """Its parts are tested elsewhere; here it is which models are trained on what, and what they are asked to make."""
    from reelwise.jobs import generation_demo
    from reelwise.jobs.generate import GeneratedSamples
    from reelwise.jobs.runs.folder import Run

    train_options, generate_options = [], []

    def train_job(options, _):
        train_options.append(options)
        return Run(tiny_run.path, tiny_run.document)

    def generate_job(options, _):
        generate_options.append(options)
        return GeneratedSamples(tmp_path, {})

    monkeypatch.setattr(generation_demo, "train_job", train_job)
    monkeypatch.setattr(generation_demo, "generate_job", generate_job)
    monkeypatch.setattr(generation_demo, "data_folder", lambda *_: "clips")
    monkeypatch.setattr(generation_demo, "_test_clips", lambda _: ["a.mp4", "b.mp4"])
    status, document = document_of("demo", "--generate", "--seed", "3", tmp_path / "demo")
    both = {"predictor": tiny_run.document, "generator": tiny_run.document}
    assert (status, document) == (0, {"schema": "reelwise/demo/1", **both})
    assert [options.data for options in train_options] == ["synthetic:moving_digits", "synthetic:moving_digit"]
    assert [options.model for options in train_options] == ["simvp:nano", "flowdit:nano"]
    assert {options.seed for options in train_options} == {3}
    assert [options.budget for options in train_options] == ["70s", "250s"]  # no time has passed
    assert generate_options[0].from_inputs == ("clips/a.mp4", "clips/b.mp4")
    assert (generate_options[1].label, generate_options[1].num) == ("3", 8)
    assert len({options.out for options in (*train_options, *generate_options)}) == 4


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["train", "nowhere"], 1), (["predict", "nowhere.keras", "a.mp4"], 2), (["models", "resnet9000"], 2)],
)
def test_a_failure_leaves_stdout_empty(arguments, status, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run([*arguments, "--json"]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[-2].startswith("error: ")
    assert captured.err.splitlines()[-1].startswith("hint: ")


def test_nothing_else_reaches_stdout_in_a_process_of_its_own(tiny_run, clip, schema_breaches):
    """Libraries write to file descriptor 1 past Python; only a process shows that."""
    command = [sys.executable, "-m", "reelwise", "predict", str(tiny_run.path), str(clip), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert schema_breaches(json.loads(done.stdout)) == []


def test_analyze(clip, tmp_path, document_of, schema_breaches):
    status, document = document_of("analyze", clip, "--out", tmp_path / "out")
    assert (status, document["schema"]) == (0, "reelwise/analyses/1")
    (video,) = document["videos"]
    assert (video["file"], video["status"], video["folder"]) == (str(clip), "ok", clip.stem)
    assert schema_breaches(json.loads((tmp_path / "out" / clip.stem / "analysis.json").read_text())) == []
    assert document == json.loads((tmp_path / "out/index.json").read_text())


def test_find(clip, tiny_run, tmp_path, document_of):
    status, document = document_of("find", clip, clip.parent, "--cache-dir", tmp_path)
    assert (status, document["schema"]) == (0, "reelwise/matches/1")
    assert document["clip"]["file"] == str(clip)
    assert document["num_videos"] == len(list(clip.parent.iterdir())) - 1


def test_generate(tmp_path, document_of):
    model = write_frames_model(tmp_path / "model.keras")
    write_video(tmp_path / "a.mp4", moving_bar(60), Fraction(25))
    (tmp_path / "bad.mp4").write_text("no video")
    options = ("--from", tmp_path / "a.mp4", "--from", tmp_path / "bad.mp4", "--at", "1.2", "--npz")
    status, document = document_of("generate", model, *options, "--out", tmp_path / "out")
    assert status == 1  # a named input failed
    assert document == json.loads((tmp_path / "out/manifest.json").read_text())
    assert (document["schema"], document["status"]) == ("reelwise/samples/1", "finished")
    assert [sample["file"] for sample in document["samples"]] == ["sample_000.mp4"]
    assert document["samples"][0]["truth"]["file"] == "compare_000.mp4"
