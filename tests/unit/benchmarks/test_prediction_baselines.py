"""The benchmark of the baselines of prediction, on a few moving digits."""

import pytest


@pytest.fixture
def benchmark(load_benchmark):
    return load_benchmark("prediction_baselines")


def test_every_baseline_has_a_row(benchmark, capsys):
    import prediction_sets

    rows = benchmark.table(prediction_sets.moving_digits(num_clips=10, size=32, seed=0))
    names = [(row["task"], row["baseline"]) for row in rows]
    assert len(set(names)) == len(names) == 8
    assert ("next", "nearest") in names
    assert ("between", "flow") in names
    assert all(5 < row["psnr"] < 40 for row in rows)
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(rows)


def test_test_videos_are_not_searched(benchmark):
    import prediction_sets

    data = prediction_sets.moving_digits(num_clips=20, size=32, seed=0)
    num_training = sum(len(contexts) for contexts, _ in benchmark.training_clips(data))
    assert num_training == 9 * len(data.rows("train"))  # 24 frames have 9 windows of 16
    assert not set(data.rows("train")) & set(data.rows("test"))
