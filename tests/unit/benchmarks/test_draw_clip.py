"""The benchmark of the time that one clip takes, once and very small."""

import pytest


@pytest.fixture
def benchmark(load_benchmark):
    return load_benchmark("draw_clip")


def test_a_clip_and_its_forward_passes_are_timed(benchmark, capsys):
    rows = benchmark.measure("nano", num_steps=2, repeats=2)
    assert set(rows) == {"clip", "forward_passes"}
    assert all(len(row["all"]) == 2 and row["median"] > 0 for row in rows.values())
    assert len(capsys.readouterr().out.splitlines()) == 2
