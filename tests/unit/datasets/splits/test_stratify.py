"""What is held out is whole units, and none that alone holds a class."""

import numpy as np
import pytest

from reelwise.datasets.splits.stratify import hold_out, make_samples


@pytest.mark.parametrize("seed", range(5))
def test_a_unit_that_alone_holds_a_class_is_never_held_out(seed):
    """Sixty videos of two classes, and twenty classes with one video each."""
    labels = ["common", "other"] * 30 + [f"rare {i}" for i in range(20)]
    samples = make_samples(labels, [f"unit {i}" for i in range(80)])
    held_out = hold_out(samples, 0.2, seed)
    assert not held_out[60:].any()
    assert 0.12 <= held_out.mean() <= 0.28
    assert 0.35 <= np.mean(np.array(labels[:60])[held_out[:60]] == "common") <= 0.65


@pytest.mark.parametrize("seed", range(5))
def test_units_are_held_out_whole(seed):
    units = [f"unit {i // 5}" for i in range(100)]
    held_out = hold_out(make_samples(["a", "b"] * 50, units), 0.2, seed)
    assert held_out.any()
    assert all(len(set(held_out[5 * i : 5 * i + 5])) == 1 for i in range(20))
