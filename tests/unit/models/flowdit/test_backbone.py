"""The denoiser: its shapes, what it gives untrained, what reaches its frames, and the same on every back end."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import prepare
from reelwise.core.errors import UsageError
from reelwise.models.cost import network_cost
from reelwise.models.flowdit.backbone import build_denoiser
from reelwise.models.flowdit.entry import ENTRY
from reelwise.models.plain_graph import canonical_config, expand

pytestmark = pytest.mark.backend

SIZES = {"patch_frames": 2, "patch_size": 8, "width": 24, "num_blocks": 2, "num_heads": 2}


def denoiser(weight_scale: float | None = None, **changed: int) -> keras.Model:
    """Clips of 4x16x16 and 3 classes; with a scale, weights that a formula gives, the same on every back end."""
    prepare(0)
    network = build_denoiser(4, 16, 3, **{**SIZES, **changed})
    for number, weight in enumerate(network.weights if weight_scale else []):
        values = np.random.default_rng((7, number)).normal(0, weight_scale or 0, weight.shape)
        weight.assign(values.astype(np.float32))
    return network


def inputs(num_clips: int = 2) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    frames = rng.normal(size=(num_clips, 4, 16, 16, 3)).astype(np.float32)
    levels = rng.random((num_clips, 4)).astype(np.float32)
    return {"frames": frames, "levels": levels, "label": np.arange(num_clips, dtype=np.int32) % 4}


def predict(network: keras.Model, **changed: Any) -> np.ndarray:
    return np.asarray(network.predict_on_batch({**inputs(), **changed}))


def test_an_untrained_network_gives_mid_grey_whatever_it_gets() -> None:
    frames = predict(denoiser())
    assert frames.shape == (2, 4, 16, 16, 3)
    assert frames.dtype == np.float32
    assert np.array_equal(frames, np.zeros_like(frames))


def test_pixels_are_drawn_by_the_same_weights_at_every_place() -> None:
    """Where all patches know the same, a noisy frame that is shifted by a square gives a frame that is."""
    network = denoiser(0.2, detail=4)
    network.get_layer("map_of_patches").kernel.assign(np.zeros((24, 2 * 4 * 4 * 4), np.float32))
    network.get_layer("map_of_patches").bias.assign(np.ones(2 * 4 * 4 * 4, np.float32))
    frames = inputs()["frames"]
    usual, others = predict(network), predict(network, frames=np.roll(frames, 2, axis=3))
    assert usual.shape == (2, 4, 16, 16, 3)
    np.testing.assert_allclose(others[:, :, 4:-4, 6:-4], usual[:, :, 4:-4, 4:-6], atol=1e-5)
    assert np.abs(others[:, :, 4:-4, 6:-4] - usual[:, :, 4:-4, 6:-4]).max() > 0.1


def test_drawn_pixels_of_an_untrained_network_are_mid_grey_too() -> None:
    frames = predict(denoiser(detail=4))
    assert np.array_equal(frames, np.zeros((2, 4, 16, 16, 3), np.float32))


def test_what_a_patch_knows_reaches_its_own_pixels() -> None:
    """Both networks are the same but for the map of the first patch."""
    network = denoiser(0.2, detail=4)
    usual = predict(network)
    frames = inputs()["frames"].copy()
    frames[:, :2, :8, :8] += 1
    changed = np.abs(predict(network, frames=frames) - usual).max(axis=(0, 1, 4))
    assert changed[:8, :8].mean() > 2 * changed[8:, 8:].mean()


def test_untrained_blocks_hand_on_their_input() -> None:
    """The gates are zero, so only the first and the last dense layer stand between patches and pixels."""
    prepare(0)
    network = denoiser()
    pixels = network.get_layer("pixels")
    pixels.kernel.assign(np.random.default_rng(2).normal(size=pixels.kernel.shape).astype(np.float32))
    blocks = [weight for weight in network.weights if weight.path.startswith("block_")]
    others = predict(network)
    for weight in blocks:
        if "condition" not in weight.path:
            weight.assign(np.zeros(weight.shape, np.float32))
    np.testing.assert_array_equal(predict(network), others)
    assert np.abs(others).max() > 0.1


def test_every_frames_own_level_matters_also_within_a_patch() -> None:
    network = denoiser(0.2)
    usual = predict(network)
    for frame in range(4):
        levels = inputs()["levels"].copy()
        levels[:, frame] = 1 - levels[:, frame]
        assert np.abs(predict(network, levels=levels) - usual).max() > 1e-3, frame


def test_two_frames_of_a_patch_are_not_mixed_up() -> None:
    """The sum of the levels is the same: a network that only saw their mean would give the same frames."""
    network, levels = denoiser(0.2), inputs()["levels"]
    assert np.abs(predict(network, levels=levels[:, [1, 0, 2, 3]]) - predict(network)).max() > 1e-3


def test_the_class_matters_and_so_does_having_none() -> None:
    network = denoiser(0.2)
    by_label = [predict(network, label=np.full(2, label, np.int32)) for label in range(4)]
    for first in range(4):
        for second in range(first):
            assert np.abs(by_label[first] - by_label[second]).max() > 1e-3, (first, second)


def test_every_patch_sees_every_other() -> None:
    network = denoiser(0.2)
    usual = predict(network)
    frames = inputs()["frames"].copy()
    frames[:, :2, :8, :8] += 1
    changes = np.abs(predict(network, frames=frames) - usual)
    assert changes[:, 2:, 8:, 8:].max() > 1e-4


def test_a_batch_gives_what_its_clips_give_alone() -> None:
    network = denoiser(0.2)
    together = np.asarray(network.predict_on_batch(inputs(3)))
    for row in range(3):
        alone = network.predict_on_batch({name: value[row : row + 1] for name, value in inputs(3).items()})
        np.testing.assert_allclose(together[row : row + 1], alone, atol=1e-5)


EXPECTED = [0.04759, -2.94005, -0.67633, 0.48717]
"""Some pixels of the network with weights of a formula, from TensorFlow."""


def test_the_first_denoising_step_is_the_same_on_every_back_end() -> None:
    frames = predict(denoiser(0.2), levels=np.ones((2, 4), np.float32))
    places = frames[[0, 0, 1, 1], [0, 3, 1, 2], [0, 15, 7, 8], [0, 15, 9, 3], [0, 2, 1, 0]]
    np.testing.assert_allclose(places, EXPECTED, atol=1e-4)


def test_its_file_opens_in_keras_alone() -> None:
    network = denoiser(0.2)
    copy = expand(network)
    assert "reelwise" not in canonical_config(copy)
    np.testing.assert_allclose(copy.predict_on_batch(inputs()), predict(network), atol=1e-5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"patch_frames": 3}, "4 frames do not divide into patches of 3"),
        ({"patch_size": 5}, "16 pixels do not divide into patches of 5"),
        ({"patch_size": 1, "detail": 4}, "patches of 1 pixels cannot be drawn in squares of 2"),
        ({"num_heads": 5}, "does not divide into 5 heads"),
        ({"num_heads": 8}, "does not divide into 8 heads"),
    ],
)
def test_sizes_that_do_not_divide_are_refused_with_what_does(changed: dict[str, int], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        denoiser(**changed)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("preset", "million", "most_patches"), [("nano", 1.49, 64), ("tiny", 4.49, 256), ("small", 22, 512)]
)
def test_presets_are_as_large_as_they_should_be(preset: str, million: float, most_patches: int) -> None:
    clip = ENTRY.preset(preset).clip
    arguments: Any = ENTRY.resolve(preset)
    network = build_denoiser(clip.num_frames, clip.input_size, 10, **arguments)
    assert network.count_params() == pytest.approx(million * 1e6, rel=0.02)
    times, places = network.get_layer("patches").output.shape[1:3]
    assert times * places <= most_patches


def test_operations_are_counted() -> None:
    """By hand: 8 patches of 384 values in 2 times, of the conditions 2 rows, of the class one."""
    width = 24
    dense = 8 * (386 * width + 384 * width) + 2 * 8 * (4 + 8) * width**2
    conditions = 2 * (64 * width + width**2) + 4 * width + 2 * 2 * 2 * 3 * width**2 + 2 * 2 * width**2
    attention = 2 * 2 * 8 * 8 * width
    assert network_cost(denoiser()).multiply_adds == dense + conditions + attention
