"""The benchmark of a GPU, once and very small, on a processor."""

import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.parametrize(("case", "model"), [("sprites", "flowdit:nano"), ("two digits", "simvp:nano")])
def test_a_case_is_trained_and_judged(case, model, tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import generate_gpu

    tables = {}
    monkeypatch.setattr(generate_gpu, "save", tables.__setitem__)
    monkeypatch.setattr("sys.argv", ["generate_gpu.py", "--tiny", "--cases", case, "--out", str(tmp_path)])
    assert generate_gpu.main() == 0
    (row,) = tables["generate_gpu_tiny"]["rows"]
    assert (row["case"], row["options"]["model"]) == (case, model)
    (path,) = tmp_path.glob("*/metrics.json")
    assert json.loads(path.read_text()) == row["metrics"]
    assert row["metrics"]["verdict"] in capsys.readouterr().out
