"""The benchmark of drawn digits: its judge, its simple rules, and all of it once, very small."""

import argparse

import numpy as np
import pytest


@pytest.fixture
def benchmark(load_benchmark, monkeypatch, tmp_path):
    module = load_benchmark("generate")
    monkeypatch.setattr(module, "PICTURES", tmp_path / "grid.png")
    return module


def test_the_judge_knows_real_clips_and_not_noise(benchmark):
    splits = benchmark.moving_digit(400, seed=0)
    judge = benchmark.DigitJudge.train(*splits["train"].clips())
    clips, labels = splits["test"].clips()
    assert judge.accuracy(clips, labels) > 0.8
    noise = np.random.default_rng(0).integers(0, 256, clips.shape, dtype=np.uint8)
    assert judge.accuracy(noise, labels) < 0.4


def test_splits_share_no_video(benchmark):
    splits = benchmark.moving_digit(20, seed=0)
    assert [len(splits[name].videos) for name in ("train", "val", "test")] == [12, 4, 4]
    assert all(len(data.videos) == len(data.labels) for data in splits.values())


def test_simple_rules_copy_the_last_frame_and_blend_between_two(benchmark):
    clips = np.arange(0, 80, 10, dtype=np.uint8).reshape(1, 8, 1, 1, 1)
    rules = {task: benchmark.simple_rule(clips, places).ravel().tolist() for task, places in benchmark.TASKS.items()}
    assert rules["continue"] == [0, 10, 20, 30, 30, 30, 30, 30]
    assert rules["picture"] == [0] * 8
    assert rules["between"] == clips.ravel().tolist()


def test_all_of_it_runs_and_saved_weights_are_judged_alike(benchmark, capsys, tmp_path):
    options = {"minutes": 1.0, "clips": 60, "samples": 10, "samples_per_epoch": 32, "epochs": 1, "seed": 0}
    saved = tmp_path / "denoiser.npz"
    figures, targets = benchmark.measure(argparse.Namespace(**options, save=saved, weights=None))
    assert benchmark.measure(argparse.Namespace(**options, save=None, weights=saved))[0] == figures
    assert 0 <= figures["recognised"] <= 1
    assert [row["task"] for row in figures["tasks"]] == ["continue", "picture", "between"]
    assert len(targets) == 6
    assert "by class" in capsys.readouterr().out
    assert benchmark.PICTURES.stat().st_size > 100
