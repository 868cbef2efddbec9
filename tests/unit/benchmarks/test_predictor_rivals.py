"""The benchmarks of predictors, once and very small: their training steps, and how well they predict."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "parity" / "openstl_reference.npz"


@pytest.fixture
def rivals(load_benchmark):
    return load_benchmark("predictor_rivals")


@pytest.fixture
def steps(load_benchmark):
    return load_benchmark("predictor_steps")


@pytest.mark.usefixtures("torch_python")
def test_every_predictor_is_trained_and_judged(rivals, capsys):
    plan = argparse.Namespace(
        minutes=0.01,
        clock="processor",
        seeds=1,
        threads=1,
        models=list(rivals.MODELS),
        preset="nano",
        rival_width=4,
        clips=10,
        size=16,
        samples_per_epoch=16,
    )
    figures, targets = rivals.measure(plan)
    assert set(figures["models"]) == {"simvp", "convlstm_prediction", "openstl_simvp"}
    assert all(len(of_model) == 1 and of_model[0]["steps"] > 0 for of_model in figures["models"].values())
    assert [target.name for target in targets] == [
        "simvp above convlstm_prediction (dB)",
        "simvp above openstl_simvp (dB)",
    ]
    assert "copy_last" in capsys.readouterr().out


def test_the_squared_error_is_that_of_one_channel_summed_over_a_frame(rivals):
    truth = np.full((5, 2, 16, 16, 3), 51, np.uint8)
    metrics = rivals.judge(np.zeros_like(truth), truth, truth)
    assert rivals.figures_of(metrics)["mse_summed"] == pytest.approx(16 * 16 * 0.2**2)


@pytest.mark.parametrize("name", ["gsta", "gsta_deep"])
def test_the_rival_has_the_weights_of_openstl(rivals, torch_python, name):
    facts = json.loads(str(np.load(REFERENCE)["facts"]))
    settings = facts["settings"][name]
    count = sum(int(np.prod(shape)) for name, shape in facts["weights"][name] if name.endswith(("weight", "bias")))
    count += sum(int(np.prod(shape)) for name, shape in facts["weights"][name] if "layer_scale" in name)
    shape = {
        **rivals.RIVAL_SHAPE,
        "num_context": facts["num_frames"],
        "num_targets": facts["num_frames"],
        "channels": 3,
        "width": settings["hid_S"],
        "mixer_width": settings["hid_T"],
        "num_halvings": settings["N_S"] // 2,
        "num_blocks": settings["N_T"],
        "expansion": int(settings["mlp_ratio"]),
        "size": facts["side"],
        "batch_size": 1,
        "threads": 1,
        "bfloat16": False,
        "channels_last": False,
    }
    from torch_rival import TorchProcess

    rival = TorchProcess(torch_python, "torch_simvp.py", shape, steps=1)
    rate = rival()
    rival.close()
    assert rival.weights == count
    assert rate > 0


def test_steps_of_both_and_the_loop_are_measured(steps, torch_python, capsys, monkeypatch, tmp_path):
    import compare

    monkeypatch.setattr(compare, "RESULTS", tmp_path)
    plan = argparse.Namespace(backend="tensorflow", samples_per_epoch=16, round_seconds=0.01, repeats=1)
    targets = steps.measure("nano", torch_python, plan, threads=1)
    assert [target.bound for target in targets] == [1.0, 0.9]
    assert all(target.value > 0 for target in targets)
    assert "torch_bfloat16_channels_last" in capsys.readouterr().out
