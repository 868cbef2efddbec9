"""A convolution of size 1 with a stride predicts and trains as its formula says, also with few channels."""

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.layers import PointConv2D

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("strides", [(2, 2), (2, 1)])
@pytest.mark.parametrize(("channels", "filters"), [(4, 4), (3, 5), (16, 8)])
def test_outputs_and_gradients_are_those_of_every_other_pixel(channels, filters, strides) -> None:
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(48, 18, 18, channels)).astype(np.float32)
    layer = PointConv2D(filters, 1, strides=strides, padding="same", use_bias=False)
    shift = keras.layers.Dense(channels, kernel_initializer="identity", name="shift")  # so that inputs get a gradient
    inputs = keras.Input(maps.shape[1:])
    network = keras.Model(inputs, layer(shift(inputs)))
    points = maps[:, :: strides[0], :: strides[1]]
    kernel = keras.ops.convert_to_numpy(layer.kernel)[0, 0]
    expected = points @ kernel
    np.testing.assert_allclose(network.predict_on_batch(maps), expected, atol=1e-4)

    network.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=compiles_steps())
    network.train_on_batch(maps, np.zeros_like(expected))
    errors = 2 * expected / expected.size
    gradient = np.einsum("nhwc,nhwf->cf", points, errors)
    after = keras.ops.convert_to_numpy(layer.kernel)[0, 0]
    np.testing.assert_allclose(kernel - after, gradient, atol=1e-5)
    of_inputs = errors @ kernel.T
    np.testing.assert_allclose(-keras.ops.convert_to_numpy(shift.bias), of_inputs.sum((0, 1, 2)), atol=1e-4)
