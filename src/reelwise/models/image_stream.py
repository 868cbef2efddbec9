"""A trained network with one more head: a linear model on image features, which was fitted and not trained."""

from dataclasses import dataclass, replace

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.modalities import ImageInput
from reelwise.models.heads import IMAGE_HEAD, IMAGE_STATISTICS
from reelwise.models.network_plan import plan_head_names
from reelwise.models.transfer import copy_matching_weights
from reelwise.models.unallocated import build_checked


@dataclass(frozen=True, eq=False)
class ImageHead:
    """A linear model on image features: ``kernel · clip((x - mean) / deviation) + bias``.

    Args:
        mean: (F,) over the training videos.
        deviation: (F,) over them, over 0.
        kernel: (C, F).
        bias: (C,).
    """

    mean: np.ndarray
    deviation: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


def with_image_input(contract: Contract, images: ImageInput | None) -> Contract:
    """The contract of the same network with a head on image features, or without one for None.

    Args:
        contract: Not calibrated.
        images: What is read.
    """
    contract = replace(contract, input=replace(contract.input, images=images))
    return replace(contract, network=replace(contract.network, head_names=plan_head_names(contract)))


def add_image_head(network: keras.Model, contract: Contract, head: ImageHead) -> keras.Model:
    """The float32 network of a contract with image features: the weights of a network without them, and a head.

    Args:
        network: Of the contract without image features.
        contract: With them.
        head: Fitted on the features of the same training videos.
    """
    larger = build_checked(contract)
    names = copy_matching_weights(network, larger)
    if len(names) != len(network.weights):
        raise ValueError(f"{len(names)} of {len(network.weights)} weights fit the network with image features")
    larger.get_layer(IMAGE_STATISTICS).set_weights([head.mean, np.square(head.deviation)])
    larger.get_layer(IMAGE_HEAD).set_weights([head.kernel.T, head.bias])
    return larger
