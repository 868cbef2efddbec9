"""The benchmark of denoisers against PyTorch, once and very small: both have the same network."""

import argparse

import pytest


@pytest.mark.usefixtures("short_denoiser")
@pytest.mark.parametrize("detail", [16, 0])
def test_steps_of_the_same_network_are_measured(load_benchmark, torch_python, monkeypatch, tmp_path, capsys, detail):
    rivals = load_benchmark("denoiser_rivals")
    from reelwise.models.flowdit.entry import ENTRY

    monkeypatch.setattr("compare.RESULTS", tmp_path)
    monkeypatch.setattr(rivals, "ROUND_SECONDS", 0.01)
    plan = argparse.Namespace(backend="tensorflow", repeats=1)
    with pytest.MonkeyPatch.context() as patch:  # undone before short_denoiser undoes what it changed there
        patch.setitem(ENTRY.presets["nano"].arguments, "detail", detail)
        target = rivals.measure("nano", torch_python, plan, threads=1)  # ends if the numbers of weights differ
    assert target.bound == 1.0
    assert target.value > 0
    assert "torch_bfloat16" in capsys.readouterr().out
