"""The benchmark of held workers compares one that is held with one that is not."""

import json
import sys
from pathlib import Path

import pytest

from reelwise.media.workers.sandbox import RESTRICTIONS

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")


@pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp, which the benchmark measures, are Linux's")
def test_it_runs_at_a_tiny_size(monkeypatch, tmp_path, capsys):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import compare
    import worker_cost

    monkeypatch.setattr(compare, "RESULTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["worker_cost.py", "--files", "1", "--repeats", "1"])
    assert worker_cost.main() in (0, 3)
    printed = capsys.readouterr().out
    assert f"held by {', '.join(RESTRICTIONS)}, and by nothing" in printed
    result = json.loads((tmp_path / "worker_cost.json").read_text())["result"]
    assert result["decoding"]["held"]["median"] > 0
