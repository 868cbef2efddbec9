"""Weights of pretrained image networks, from a file or, where the user allows it, downloaded by Keras."""

import contextlib
import sys
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

from reelwise.core.errors import ModelFileError, UsageError
from reelwise.models.application_lstm.extractor import keras_application
from reelwise.models.transfer import copy_matching_weights

_SHAPE = (224, 224, 3)
"""Height, width and channels that the published weights were trained at; they fit every size."""


def load_application_weights(network: keras.Model, application: str, path: Path | None, download: bool) -> None:
    """Load the weights of a Keras application into its layers in a larger network.

    Args:
        network: With the layers of :func:`reelwise.models.application_lstm.extractor.image_features`.
        application: Its name there.
        path: As in :func:`read_application`.
        download: As in :func:`read_application`.

    Raises:
        UsageError: Neither a file nor a download was allowed.
        ModelFileError: The weights cannot be read or downloaded, or are of another network.
    """
    source = read_application(application, path, download)
    names = copy_matching_weights(source, network)
    if len(names) != len(source.weights):
        raise UsageError(f"the network has {len(names)} of the {len(source.weights)} weights of {application}.")


def read_application(application: str, path: Path | None, download: bool) -> keras.Model:
    """A Keras application with pretrained weights, never with random ones.

    Args:
        application: ``mobilenet_v2`` or ``efficientnet_v2_b0``.
        path: An HDF5 file of weights without classifier, as Keras saves (``.weights.h5``) or publishes (``.h5``) them.
        download: Whether Keras may fetch its ImageNet weights; they stay in ``~/.keras``.

    Raises:
        UsageError: Neither a file nor a download was allowed.
        ModelFileError: The weights cannot be read or downloaded, or are of another network.
    """
    image_network = keras_application(application, input_shape=_SHAPE)
    initial = image_network.get_weights()
    if path is not None:
        _read_file(image_network, application, path)
    elif download:
        image_network = _download(application)
    else:
        raise UsageError(f"{application} has no weights.", hint="Give --extractor-weights or --download-weights.")
    _check_not_random(image_network, initial, str(path or application))
    return image_network


def _read_file(image_network: keras.Model, application: str, path: Path) -> None:
    try:
        with warnings.catch_warnings(action="ignore"):  # about layers that stay random: the caller checks them
            image_network.load_weights(path)
    except (ValueError, OSError, KeyError, TypeError, AttributeError, IndexError, RuntimeError) as problem:
        reason = " ".join(str(problem).split())[:160]
        text = f"{path}: these are not weights of {application} ({reason})."
        hint = f"It must hold {application} without classifier (include_top=False), as Keras saves it."
        raise ModelFileError(text, hint=hint) from None


def _download(application: str) -> keras.Model:
    try:
        with contextlib.redirect_stdout(sys.stderr):  # Keras draws a bar, and stdout may be a JSON document.
            return keras_application(application, "imagenet", input_shape=_SHAPE)
    except Exception as problem:  # noqa: BLE001  (what Keras raises when the network is down)
        reason = " ".join(str(problem).split())[:160]
        hint = "Fetch the file elsewhere and give it with --extractor-weights."
        raise ModelFileError(f"the weights of {application} cannot be downloaded ({reason}).", hint=hint) from None


def _check_not_random(image_network: keras.Model, initial: list[np.ndarray], where: str) -> None:
    for weight, before in zip(image_network.weights, initial, strict=True):
        value: Any = keras.ops.convert_to_numpy(weight)
        if not np.isfinite(value).all():
            raise ModelFileError(f"{where}: {weight.path} has values that are not numbers.", hint="Take another file.")
        if weight.path.endswith("kernel") and np.array_equal(value, before):
            raise ModelFileError(
                f"{where}: it holds no weights for {weight.path}.", hint="Take a file of the whole network."
            )
