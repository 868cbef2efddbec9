"""The benchmark of a GPU, once and very small, on a processor."""

import json

import pytest


@pytest.mark.usefixtures("short_denoiser", "short_predictor")
@pytest.mark.parametrize(("case", "model"), [("sprites", "flowdit:nano"), ("two digits", "simvp:nano")])
def test_a_case_is_trained_and_judged(case, model, load_benchmark, tmp_path, monkeypatch, capsys):
    generate_gpu = load_benchmark("generate_gpu")
    tables = {}
    monkeypatch.setattr(generate_gpu, "save", tables.__setitem__)
    monkeypatch.setattr("reelwise.jobs.generator.drawing.NUM_SCORED", 32)  # one of each class of sprites
    monkeypatch.setattr("reelwise.jobs.generator.train.MOST_TEST", 64)  # too few for a distance, which draws 256
    monkeypatch.setattr("sys.argv", ["generate_gpu.py", "--tiny", "--cases", case, "--out", str(tmp_path)])
    assert generate_gpu.main() == 0
    (row,) = tables["generate_gpu_tiny"]["rows"]
    assert (row["case"], row["options"]["model"]) == (case, model)
    (path,) = tmp_path.glob("*/metrics.json")
    assert json.loads(path.read_text()) == row["metrics"]
    assert row["metrics"]["verdict"] in capsys.readouterr().out
    if case == "sprites":
        generated, real = row["metrics"]["physics"]["generated"], row["metrics"]["physics"]["real"]
        assert real["presence"] > 0.7
        assert generated["unevenness"] > real["unevenness"]  # after one epoch
        assert "where real ones do not" in row["metrics"]["verdict"]
