"""One video, its views, one fixed-size batch, one answer: the only way from a decoded video to probabilities."""

from collections.abc import Collection
from typing import Literal

import keras
import numpy as np

from reelwise.core.backend import compiles_steps
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.frames import DecodedVideo
from reelwise.models.catalogue import find_entry
from reelwise.models.inputs import network_input
from reelwise.sampling.clip_inputs import Inputs, clip_inputs, stack_inputs
from reelwise.sampling.views import View, plan_views
from reelwise.transforms.crop import centre_crop, mirror

FrameOrder = Literal["as_is", "shuffled", "middle"]
"""How the frames of a clip are shown: in order, mixed up, or the middle one again and again."""

NOTHING: frozenset[str] = frozenset()
_SHUFFLE = 3


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
        self._num_views = num_views or contract.input.num_views
        self._input_kind = find_entry(contract.network.first.architecture).input_kind

    def predict(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> np.ndarray:
        """What the model says of one video, by its task.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.
            hidden: Modalities that are taken away, as if the video did not have them.
            frame_order: How the frames of each clip are shown.

        Returns:
            (C,) float64: probabilities that sum to 1 of classes, one probability per label of a multi-label model, and
            for regression the number itself.

        Raises:
            VideoError: A fixed stride asks for more frames than there are.
        """
        logits = self.logits(video, name, hidden=hidden, frame_order=frame_order)
        return self._contract.label_output.activate(logits)

    def logits(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> np.ndarray:
        """The mean over views of the logits, before temperature and softmax.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.
            hidden: Modalities that are taken away.
            frame_order: How the frames of each clip are shown.

        Returns:
            (C,) float64; several heads of the network are summed with the contract's weights.
        """
        rows = self.head_outputs(video, name, hidden=hidden, frame_order=frame_order)
        return self._contract.label_output.combine_heads(rows)

    def head_outputs(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> np.ndarray:
        """The mean over views of the logits of every head, in the order of ``head_names``: calibration is fitted on it.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.
            hidden: Modalities that are masked; their heads give 0, which favours no label.
            frame_order: How the frames of each clip are shown.

        Returns:
            (H, C) float64; H = 1 for a network with one head.
        """
        batch = self.views(video, name, hidden=hidden, frame_order=frame_order)
        mean = np.asarray(self._network.predict_on_batch(batch)).astype(np.float64).mean(axis=0)
        return mean.reshape(-1, mean.shape[-1])

    def views(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> Inputs:
        """The batch that the network sees of a video.

        Returns:
            (V, T, S, S, 3) uint8, or (V, T, F) float32 of descriptors; for a network that reads more than frames,
            arrays by the names of its inputs, each with V rows.
        """
        contract = self._contract
        mirrored = contract.input.mirror_views and "frames" in contract.modalities
        planned = plan_views(video.times, contract.input.clip, self._num_views, mirrored, name)
        rows = []
        for number, view in enumerate(planned):
            seen = self._frames(video, view, _ordered(view.indices, frame_order, number))
            rows.append(clip_inputs(contract.input, video, view.indices, seen, hidden))
        return stack_inputs(rows)

    def _frames(self, video: DecodedVideo, view: View, shown: np.ndarray) -> np.ndarray | None:
        if "frames" not in self._contract.modalities:
            return None
        clip = centre_crop(video.frames[shown], self._contract.input.clip.input_size)
        return network_input(mirror(clip) if view.is_mirrored else clip, self._input_kind)


def _ordered(indices: np.ndarray, order: FrameOrder, number: int) -> np.ndarray:
    """The frames of a view as they are shown; mixed up in a way that depends on nothing but the view's number."""
    if order == "as_is":
        return indices
    if order == "middle":
        return np.full_like(indices, indices[len(indices) // 2])
    if order != "shuffled":
        raise UsageError(f"frame_order is {order!r}, expected as_is, shuffled or middle.")
    mixed = np.random.default_rng((_SHUFFLE, number)).permutation(len(indices))
    return indices[mixed if not np.array_equal(mixed, np.arange(len(mixed))) else mixed[::-1]]
