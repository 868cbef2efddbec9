"""The recurrent predictor sees no frame before its time, and rolls on with what it predicted."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.models.catalogue import find_entry, parse_model_name
from reelwise.models.convlstm.predictor import build, predict_each_step

pytestmark = pytest.mark.backend

ARGUMENTS: Any = {"patch": 2, "units": 4, "num_layers": 2, "kernel_size": 3, "adds_to_last_frame": True}
CONTEXT = np.random.default_rng(0).integers(0, 256, (2, 4, 8, 8, 3), dtype=np.uint8)


def each_step(num_frames: int, num_targets: int, **arguments: Any) -> keras.Model:
    """A network that gives the prediction of every step, with weights that no initialiser gives."""
    context = keras.Input((num_frames, 8, 8, 3), dtype="uint8")
    network = keras.Model(context, predict_each_step(context, num_targets, **{**ARGUMENTS, **arguments}))
    rng = np.random.default_rng(1)
    for weight in network.weights:
        weight.assign(rng.normal(size=weight.shape) / np.sqrt(np.prod(weight.shape[:-1])))
    return network


def predict(network: keras.Model, context: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(network(context, training=False))


@pytest.mark.parametrize("adds_to_last_frame", [True, False])
@pytest.mark.parametrize("changed", [1, 2, 3])
def test_a_later_frame_moves_nothing_that_was_predicted_before(changed: int, adds_to_last_frame: bool) -> None:
    network = each_step(4, 3, adds_to_last_frame=adds_to_last_frame)
    other = CONTEXT.copy()
    other[:, changed] = 255 - other[:, changed]
    before, after = predict(network, CONTEXT), predict(network, other)
    assert before.shape == (2, 6, 8, 8, 3)
    np.testing.assert_array_equal(before[:, :changed], after[:, :changed])
    assert all(np.abs(before[:, step] - after[:, step]).max() > 1e-4 for step in range(changed, 6))


def test_the_last_predictions_are_what_the_network_gives() -> None:
    network = each_step(4, 3)
    context = keras.Input((4, 8, 8, 3), dtype="uint8")
    only_targets = keras.Model(context, build(context, num_targets=3, **ARGUMENTS))
    only_targets.set_weights(network.get_weights())
    np.testing.assert_array_equal(predict(only_targets, CONTEXT), predict(network, CONTEXT)[:, -3:])


def test_behind_the_context_it_reads_its_own_predictions() -> None:
    """An untrained network predicts its last frame again: to be given that frame is the same as to roll on."""
    rolling, given = each_step(4, 2), each_step(5, 1)
    for network in (rolling, given):
        colours = network.get_layer("colours")
        colours.set_weights([0 * weight for weight in colours.get_weights()])
    same = np.concatenate([CONTEXT, CONTEXT[:, -1:]], axis=1)
    np.testing.assert_allclose(predict(rolling, CONTEXT), predict(given, same), atol=1e-6)


def test_too_many_steps_are_refused() -> None:
    context = keras.Input((60, 8, 8, 3), dtype="uint8")
    with pytest.raises(UsageError, match="66 frames"):
        build(context, num_targets=6, **ARGUMENTS)


def test_the_short_name_means_what_the_task_needs() -> None:
    assert find_entry("convlstm").gives == "labels"
    assert find_entry("convlstm", "labels").name == "convlstm"
    assert parse_model_name("convlstm:nano", "frames")[0].name == "convlstm_prediction"
    assert find_entry("convlstm_prediction").gives == "frames"
    assert find_entry("simvp", "labels").name == "simvp"
    with pytest.raises(UsageError, match="no preset 'nano'"):
        parse_model_name("convlstm:nano")


def test_sides_that_are_no_multiple_of_the_patch_are_refused() -> None:
    entry = find_entry("convlstm_prediction")
    assert entry.check_shape is not None
    with pytest.raises(UsageError, match="34 pixels") as caught:
        entry.check_shape((8, 34), entry.resolve())
    assert "--size 32 or 36" in caught.value.hint
