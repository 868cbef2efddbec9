"""I3D takes the arrays that it needs, and no others."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError
from reelwise.models.i3d.backbone import FEWEST_FRAMES
from reelwise.models.i3d.weights import expected_shapes, i3d_network

Arrays = dict[str, np.ndarray]
PATH = Path("weights/i3d.pt")


@pytest.fixture
def arrays() -> Arrays:
    return {name: np.ones(shape, np.float32) for name, shape in expected_shapes(7)}


@pytest.mark.backend
def test_logits_are_as_many_as_the_classes_of_the_file(arrays: Arrays) -> None:
    half = arrays["Mixed_5c.b0.bn.bias"].astype(np.float16)
    arrays |= {"Mixed_5c.b1b.bn.num_batches_tracked": np.array(5), "Mixed_5c.b0.bn.bias": half}
    network = i3d_network(arrays, FEWEST_FRAMES, 16, PATH)
    assert network.input_shape == (None, 9, 16, 16, 3)
    assert network.output_shape == (None, 7)
    # of each norm one number for a channel is left, the bias
    assert network.count_params() == sum(
        array.size for name, array in arrays.items() if "conv3d" in name or name.endswith("bn.bias")
    )


def drop(name: str) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.__delitem__(name)


def put(name: str, array: np.ndarray) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.__setitem__(name, array)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("Mixed_4c.b2b.conv3d.weight"), "has no array 'Mixed_4c.b2b.conv3d.weight', which I3D needs"),
        (drop("Conv3d_1a_7x7.bn.running_var"), "has no array 'Conv3d_1a_7x7.bn.running_var'"),
        (drop("logits.conv3d.bias"), "has no array 'logits.conv3d.bias'"),
        (put("Mixed_5d.b0.conv3d.weight", np.ones(1, np.float32)), "has the array 'Mixed_5d.b0.conv3d.weight', which"),
        (put("Conv3d_1a_7x7.conv3d.weight", np.ones((64, 2, 7, 7, 7), np.float32)), "expected float32 .64, 3, 7, 7, 7"),
        (put("logits.conv3d.bias", np.ones(8, np.float32)), r"\(8,\), expected float32 \(7,\)"),
        (put("logits.conv3d.weight", np.ones((), np.float32)), r"\(\), expected float32 \(1, 1024, 1, 1, 1\)"),
        (put("logits.conv3d.weight", np.ones((0, 1024, 1, 1, 1), np.float32)), r"float32 \(0, 1024"),
        (put("Mixed_3b.b0.bn.weight", np.ones(64, np.int64)), "is int64"),
        (put("Mixed_3b.b0.bn.bias", np.full(64, np.nan, np.float32)), "has values that are not numbers"),
        (put("Mixed_3b.b0.bn.running_var", np.full(64, -1, np.float32)), "has negative variances"),
    ],
)
def test_arrays_of_another_network_are_refused(arrays: Arrays, change: Callable[[Arrays], None], message: str) -> None:
    change(arrays)
    with pytest.raises(ModelFileError, match=message) as caught:
        i3d_network(arrays, 16, 16, PATH)
    assert str(caught.value).startswith(f"{PATH}: ")
    assert caught.value.hint
