"""The benchmark of a GPU, once and very small, on a processor."""

import json

import pytest


@pytest.mark.usefixtures("one_block")
@pytest.mark.parametrize(("case", "model"), [("sprites", "flowdit:nano"), ("two digits", "simvp:nano")])
def test_a_case_is_trained_and_judged(case, model, load_benchmark, tmp_path, monkeypatch, capsys):
    generate_gpu = load_benchmark("generate_gpu")
    tables = {}
    monkeypatch.setattr(generate_gpu, "save", tables.__setitem__)
    monkeypatch.setattr("reelwise.jobs.generator.drawing.NUM_SCORED", 32)  # one of each class of sprites
    monkeypatch.setattr("sys.argv", ["generate_gpu.py", "--tiny", "--cases", case, "--out", str(tmp_path)])
    assert generate_gpu.main() == 0
    (row,) = tables["generate_gpu_tiny"]["rows"]
    assert (row["case"], row["options"]["model"]) == (case, model)
    (path,) = tmp_path.glob("*/metrics.json")
    assert json.loads(path.read_text()) == row["metrics"]
    assert row["metrics"]["verdict"] in capsys.readouterr().out
