"""Every benchmark runs to its end at a tiny size, so that none rots."""

import itertools
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ENDS = (None, 0, 3)
"""What ``main`` gives: nothing where there is no target, else whether they are met."""

TESTED_ELSEWHERE = {
    "analyze": "test_analyze.py",
    "analyze_parts": "test_analyze.py",
    "bare_worker": "test_worker_cost.py",  # the rival there, in a process of its own
    "denoiser_rivals": "test_denoiser_rivals.py",
    "draw_clip": "test_draw_clip.py",
    "generate": "test_generate.py",
    "generate_gpu": "test_generate_gpu.py",
    "prediction_baselines": "test_prediction_baselines.py",
    "predictor_rivals": "test_predictor_rivals.py",
    "predictor_steps": "test_predictor_rivals.py",
    "worker_cost": "test_worker_cost.py",
}
"""Scripts whose own test file runs them."""


def state_of_the_process() -> dict:
    """The constants, functions and classes of Reelwise's modules, which a script may change for itself alone."""
    return {
        (name, attribute): value
        for name, module in list(sys.modules.items())
        if name.startswith("reelwise.")
        for attribute, value in list(vars(module).items())
        if attribute.strip("_").isupper() or callable(value)
    }


@pytest.fixture
def run(load_benchmark, monkeypatch, tmp_path, capsys):
    """Calls ``main`` of a script with arguments, for one round, with other constants; gives what it printed."""

    def call(name, *arguments, **constants):
        script, compare = load_benchmark(name), load_benchmark("compare")
        monkeypatch.setattr(compare, "RESULTS", tmp_path / "results")
        monkeypatch.setattr(compare.compare, "__defaults__", (1,))
        for constant, value in constants.items():
            monkeypatch.setattr(script, constant, value)
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, arguments)])
        before = state_of_the_process()
        assert script.main() in ENDS
        after = state_of_the_process()
        assert {key: after.get(key) for key, value in before.items() if after.get(key) is not value} == {}
        return capsys.readouterr().out

    return call


@pytest.fixture
def untrained_model(load_benchmark, tmp_path):
    """The file of a model of four classes with random weights, as if trained on clips of about two seconds."""
    from reelwise.models.build import build_network
    from reelwise.models.file import save_model

    clips = load_benchmark("clips")
    clips.prepare(0)
    contract = clips.plan_model("cnn", ("a", "b", "c", "d"), 8).contract
    contract = replace(contract, input=replace(contract.input, typical_seconds=(1.0, 2.0, 3.0)))
    save_model(tmp_path / "model.keras", build_network(contract), contract)
    return tmp_path / "model.keras"


def test_each_script_is_run_here_or_there():
    scripts = {
        path.stem for path in (ROOT / "benchmarks").glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8")
    }
    own = Path(__file__).read_text("utf-8")
    here = {name for name in scripts if re.search(rf'run\(\s*"{name}"', own)}
    assert here | set(TESTED_ELSEWHERE) == scripts
    assert all((Path(__file__).parent / file).is_file() for file in TESTED_ELSEWHERE.values())


def test_simulated_intervals(run):
    printed = run("cluster_intervals", "--draws", 2, "--units", 4, NUM_RESAMPLES=20, SIZES=("2", "one large"))
    assert printed.count("| 4 |") >= 2


def test_weights_of_heads(run):
    assert run("head_weights", NUM_DRAWS=1, NUM_FRESH=20, CASES=("all help",)).count("all help") == 8


def test_feed(run):
    printed = run("feed", "--model", "cnn", "--repeats", 1, NUM_VIDEOS=2, NUM_FRAMES=40)
    assert "feed_cnn: fit_augmented" in printed


def test_steps(run):
    printed = run("step", "--models", "lstm:small", "--repeats", 1, ROUND_SECONDS=0.02)
    assert "step_tensorflow_lstm_small: step / keras" in printed


@pytest.mark.usefixtures("torch_python")
def test_steps_beside_pytorch(run, load_benchmark, monkeypatch):
    load_benchmark("step_rivals")
    monkeypatch.setattr("step_rivals.bfloat16_pays", lambda multiply_adds: False)  # it is not measured here
    printed = run(
        "step_rivals", "--models", "cnn_lstm:small", "--precisions", "float32", "--repeats", 1, ROUND_SECONDS=0.02
    )
    assert "auto (float32) / best of eager PyTorch" in printed


@pytest.mark.usefixtures("torch_python")
def test_folded_time_beside_time_distributed_and_pytorch(run):
    printed = run("cnn_lstm", "--repeats", 1, BATCH_SIZE=2, STEPS=1)
    assert "cnn_lstm_time_distributed: folded" in printed
    assert "cnn_lstm_torch_bfloat16: reelwise_bfloat16" in printed


def test_epochs_from_the_cache(run):
    assert "epoch from the cache" in run("decode_once", "--clips", 2, "--model", "cnn")


def test_speed_of_predict(run):
    assert "predict, default views" in run("predict_speed", "--clips", 2, "--model", "lstm")


def test_log_mel_without_librosa(run, tmp_path):
    printed = run("log_mel", "--minutes", 0.05, "--repeats", 1, RIVALS_PYTHON=tmp_path / "none")
    assert "met    log_mel: MiB" in printed
    assert "MISSED log_mel: our rate over librosa's: nothing" in printed


def test_memory_of_commands(run, untrained_model, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))))
    printed = run("memory", "--minutes", 0.02, "--model", untrained_model, SEGMENT_SECONDS=1)
    assert "memory: predict of 0.02 minutes" in printed


def test_what_modalities_are_worth(run, monkeypatch):
    from reelwise.jobs import api

    train = api.train
    monkeypatch.setattr(api, "train", lambda data, **options: train(data, **options | {"size": 32, "num_frames": 8}))
    printed = run(
        "modalities", "clues", "--only", "sound", "--clips", 12, "--folds", 2, "--epochs", 1, "--ablate", "off",
        "--skip-without", "--model", "cnn",
    )  # fmt: skip
    assert "sound" in printed


def test_ablation_of_a_model(run, tmp_path, monkeypatch):
    from reelwise.jobs import api
    from reelwise.media.synthetic.scene import Style
    from reelwise.media.synthetic.sets import write_motion_set

    data = write_motion_set(tmp_path / "data", 8, 0, style=Style(48, 8), labels=("up", "down")).parent
    small = {"epochs": 1, "size": 32}
    train = api.train
    monkeypatch.setattr(api, "train", lambda source, **options: train(source, **options | small))
    assert "default" in run("ablation", data, "--seeds", 0, "--folds", 2, "--cache-dir", tmp_path / "cache")


def test_commands_of_two_commits(run, monkeypatch):
    def only_help(work, epochs):
        assert epochs == 1
        return {"--help": ["--help"]}

    printed = run("commits", "HEAD", "--repeats", 1, "--clips", 2, "--epochs", 1, commands=only_help)
    assert "commits --help" in printed


@pytest.mark.real
def test_still_windows(run, real_data, tmp_path):
    printed = run("still_windows", "--size", 32, "--cache", tmp_path / "frames", LOSSES=(28,), NOISES=(0,))
    assert "actions" in printed


@pytest.mark.real
def test_actions_in_a_long_video(run, load_benchmark, real_data, untrained_model, tmp_path):
    plan = load_benchmark("actions").plan

    def four_pieces(*arguments):
        return itertools.islice(plan(*arguments), 4)

    printed = run(
        "actions", "--data", real_data, "--model", untrained_model, "--work", tmp_path / "work", plan=four_pieces
    )
    assert "fixed windows" in printed


@pytest.mark.real
def test_false_alarms_and_copies_of_the_doctor(run, real_data):
    printed = run("doctor", real_data, "--sets", "lips", "--each", 2, "--kinds", "mirrored")
    assert "met    lips: false alarms" in printed
    assert "met    lips: recall: 1.000" in printed


@pytest.mark.real
def test_finding_copies(run, load_benchmark, real_data, tmp_path):
    report_files = load_benchmark("find").report_files

    def two_files(folder, films, examples):
        return report_files(folder, films, itertools.islice(examples, 2))  # each is looked for by a command

    printed = run(
        "find", real_data / "actions" / "hug", "--previews", tmp_path / "previews", "--sources", 6, "--each", 1,
        "--negatives", 4, "--shared", 2, "--files", 1, report_files=two_files,
    )  # fmt: skip
    assert "recall@1" in printed
    assert "by command: {'count': 2" in printed


@pytest.mark.real
def test_shots_beside_rivals(run, load_benchmark, real_data, tmp_path, monkeypatch):
    assert real_data
    monkeypatch.setattr(load_benchmark("shot_edits"), "SHOTS_PER_FILE", 8)  # the process that makes it is forked
    printed = run(
        "shots", "--work", tmp_path, "--edits", 1, "--distractors", 1, "--rivals", "--timed", 1, "--transnet-edits", 0,
        "--no-real",
    )  # fmt: skip
    assert "shots: load" in printed
