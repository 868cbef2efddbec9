"""A Keras application without its classifier, frozen, as layers of a larger graph."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers

# Mean and standard deviation of red, green and blue in ImageNet, on a scale of 0 to 1.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_COLOURS: Mapping[str, tuple[Any, Any]] = {
    "mobilenet_v2": ([1 / 127.5] * 3, [-1.0] * 3),
    "efficientnet_v2_b0": (
        [1 / (255 * deviation) for deviation in _DEVIATION],
        [-mean / deviation for mean, deviation in zip(_MEAN, _DEVIATION, strict=True)],
    ),
}
"""Scale and offset of each application for red, green and blue from 0 to 255, as in keras.applications: to [-1, 1], and
by mean and deviation of ImageNet."""


def image_features(frames: Any, application: str) -> Any:
    """Features of images by an application whose weights are never trained.

    Its layers become part of the graph of ``frames`` under the names that Keras gives them, so that a model
    file holds its weights like all others. They are random until :mod:`reelwise.models.weights` loads them.

    Args:
        frames: (N, H, W, 3), 0 to 255, at least 32 x 32.
        application: ``mobilenet_v2`` or ``efficientnet_v2_b0``.

    Returns:
        (N, 1280).

    Source: Sandler et al. 2018, arXiv:1801.04381; Tan and Le 2021, arXiv:2104.00298. The layers that drop whole blocks
    in training do nothing here: the features of a frame are always the same.
    """
    scale, offset = _COLOURS[application]
    x = layers.Rescaling(scale, offset, dtype="float32", name="colours")(frames)
    image_network = keras_application(application, input_tensor=x)
    for layer in image_network.layers:
        layer.trainable = False
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    return layers.GlobalAveragePooling2D(name="mean_over_place")(image_network.output)


def keras_application(application: str, weights: Any = None, **where: Any) -> keras.Model:
    """An application of Keras without classifier and without preprocessing.

    Args:
        application: As in :func:`image_features`.
        weights: ``imagenet`` lets Keras download them; None draws random ones.
        **where: ``input_tensor`` or ``input_shape``.
    """
    if application == "mobilenet_v2":
        return keras.applications.MobileNetV2(include_top=False, weights=weights, **where)
    return keras.applications.EfficientNetV2B0(include_top=False, weights=weights, include_preprocessing=False, **where)
