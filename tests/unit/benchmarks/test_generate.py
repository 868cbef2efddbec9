"""The benchmark of drawn digits: its judge, its simple rules, and all of it once, very small."""

import argparse

import numpy as np
import pytest

from reelwise.generation.control_clips import blur


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


class Copies:
    """A sampler whose clips are real ones, or that repeats the last given frame."""

    def __init__(self, clips: np.ndarray) -> None:
        self.clips = clips

    def sample(self, requests):
        return self.clips[np.arange(len(requests)) % len(self.clips)]

    def extend_all(self, requests, num_frames):
        given = np.stack(
            [np.stack([request.frames[place] for place in sorted(request.frames)]) for request in requests]
        )
        return np.concatenate([given, np.repeat(given[:, -1:], num_frames - given.shape[1], 1)], axis=1)


def test_clips_without_class_are_held_against_spoilt_ones(benchmark):
    splits = benchmark.moving_digit(1400, seed=0)
    train, test = splits["train"].clips()[0], splits["test"].clips()[0]
    features = benchmark.untrained_features(train[:256])
    figures, targets = benchmark.without_class(Copies(train[:256]), features, test, seed=0)
    assert figures["kvd"] < figures["time_shuffled"] < figures["noise"]
    assert all(target.is_met for target in targets)
    _, spoilt = benchmark.without_class(Copies(blur(train[:256])), features, test, seed=0)
    assert not all(target.is_met for target in spoilt)


def test_the_end_of_long_videos_is_nearer_to_what_it_is_like(benchmark):
    train, test = (benchmark.moving_digit(100, seed=0)[name].clips()[0] for name in ("train", "test"))
    features = benchmark.untrained_features(train)
    assert benchmark.end_of_long_videos(features, train[:20], test, seed=0).is_met
    noise = np.random.default_rng(1).integers(0, 256, (20, *test.shape[1:]), dtype=np.uint8)
    assert not benchmark.end_of_long_videos(features, noise, test, seed=0).is_met


def test_the_frames_behind_a_clip_are_held_against_its_last_one(benchmark):
    videos = benchmark.moving_digit(20, seed=0)["test"].videos
    row = benchmark.behind_clips(Copies(np.zeros(0)), videos, 3)
    assert row["task"] == "extend"
    assert row["flowdit"] == row["rule"] > 5


def test_the_flow_that_a_network_predicts_leaves_what_is_given_and_takes_off_noise(benchmark):
    rng = np.random.default_rng(0)
    frames = rng.normal(size=(1, 8, 32, 32, 3)).astype(np.float32)
    inputs = {"frames": frames, "levels": np.linspace(0, 1, 8, dtype=np.float32)[None], "label": np.zeros(1, np.int32)}
    network = benchmark.denoiser("velocity")
    assert np.array_equal(np.asarray(network(inputs)), frames)  # untrained, it sees no flow
    for weight in network.weights:
        weight.assign(weight + 0.01)
    clean = np.asarray(network(inputs))
    assert np.array_equal(clean[:, 0], frames[:, 0])
    distance = np.abs(clean - frames).mean(axis=(0, 2, 3, 4))
    assert (distance[1:] > 0).all()
    assert distance[-1] > distance[1]


@pytest.mark.usefixtures("short_denoiser")
def test_all_of_it_runs_and_saved_weights_are_judged_alike(benchmark, capsys, tmp_path):
    options = {
        "minutes": 1.0, "clips": 60, "samples": 10, "samples_per_epoch": 32, "epochs": 1, "seed": 0,
        "predicts": "clean",
    }  # fmt: skip
    saved = tmp_path / "denoiser.npz"
    figures, targets = benchmark.measure(argparse.Namespace(**options, save=saved, weights=None))
    assert benchmark.measure(argparse.Namespace(**options, save=None, weights=saved))[0] == figures
    assert 0 <= figures["recognised"] <= 1
    assert [row["task"] for row in figures["tasks"]] == ["continue", "picture", "between", "extend"]
    assert len(targets) == 8
    assert figures["sets"] == {}  # too few test clips for a distance
    assert "by class" in capsys.readouterr().out
    assert benchmark.PICTURES.stat().st_size > 100
