"""The training step of the back end that Keras runs on."""

import importlib

import keras

from reelwise.training.steps.step import TrainingStep

_CLASSES = {"tensorflow": "TensorFlowStep", "jax": "JaxStep", "torch": "TorchStep"}


def make_step(model: keras.Model) -> TrainingStep:
    """The step of a compiled model.

    Args:
        model: Of any back end; its module is imported here, since the others may not be installed.
    """
    backend = keras.backend.backend()
    module = importlib.import_module(f"reelwise.training.steps.{backend}_step")
    return getattr(module, _CLASSES[backend])(model)
