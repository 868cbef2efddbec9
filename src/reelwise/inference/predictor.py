"""One video, its views, one fixed-size batch, one answer: the only way from frames to probabilities."""

from typing import Any

import keras
import numpy as np

from reelwise.catalog import find_entry
from reelwise.core.backend import compiles_steps
from reelwise.core.contract import Contract
from reelwise.core.frames import DecodedVideo
from reelwise.models.inputs import network_input
from reelwise.sampling.views import plan_views
from reelwise.transforms.crop import centre_crop, mirror


class Predictor:
    """Answers for decoded videos, always in float32 and one video at a time.

    The V views of one video are the whole batch, so an answer depends on nothing but the video: not on the order, not
    on neighbours, not on how many videos there are. That is why ``predict`` and ``evaluate`` agree to the last digit.

    Args:
        network: From :func:`reelwise.models.build.build_network`; float32.
        contract: What the network expects.
        num_views: Views per video; None follows the contract.
    """

    def __init__(self, network: keras.Model, contract: Contract, num_views: int | None = None) -> None:
        self._network = network
        self._network.jit_compile = compiles_steps()
        self._contract = contract
        self._num_views = num_views or contract.num_views
        self._input_kind = find_entry(contract.architecture).input_kind

    def predict(self, video: DecodedVideo, name: str = "") -> np.ndarray:
        """Probabilities of one video: the softmax of its calibrated mean logits.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.

        Returns:
            (C,) float64, summing to 1.

        Raises:
            VideoError: A fixed stride asks for more frames than there are.
        """
        return softmax(self.logits(video, name) / self._contract.temperature)

    def logits(self, video: DecodedVideo, name: str = "") -> np.ndarray:
        """The mean over views of what the network says, before temperature and softmax; what calibration is fitted on.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.

        Returns:
            (C,) float64.
        """
        return self._answer(self.views(video, name)).astype(np.float64).mean(axis=0)

    def views(self, video: DecodedVideo, name: str = "") -> np.ndarray:
        """The batch that the network sees of a video.

        Returns:
            (V, T, S, S, 3) uint8, or (V, T, F) float32 of descriptors.
        """
        spec = self._contract.clip
        planned = plan_views(video.times, spec, self._num_views, self._contract.mirror_views, name)
        clips = []
        for view in planned:
            clip = centre_crop(video.frames[view.indices], spec.input_size)
            clips.append(network_input(mirror(clip) if view.mirrored else clip, self._input_kind))
        return np.stack(clips)

    def _answer(self, batch: np.ndarray) -> Any:
        return np.asarray(self._network.predict_on_batch(batch))


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities from logits, in float64, for the last axis.

    Example:
        >>> softmax(np.array([0.0, 0.0]))
        array([0.5, 0.5])
    """
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)
