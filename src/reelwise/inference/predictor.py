"""One video, its views, one fixed-size batch, one answer: the only way from a decoded video to probabilities."""

from collections.abc import Collection
from typing import Any, Literal

import keras
import numpy as np

from reelwise.core.backend import compiles_steps
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.frames import DecodedVideo
from reelwise.core.probabilities import sigmoid, softmax
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
        self._num_views = num_views or contract.num_views
        self._input_kind = find_entry(contract.architecture).input_kind

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
        return outcome(self._contract, self.logits(video, name, hidden=hidden, frame_order=frame_order))

    def logits(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> np.ndarray:
        """The mean over views of what the network says, before temperature and softmax; what calibration is fitted on.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.
            hidden: Modalities that are taken away.
            frame_order: How the frames of each clip are shown.

        Returns:
            (C,) float64; several answers of the network are summed with the contract's weights.
        """
        answers = self.answers(video, name, hidden=hidden, frame_order=frame_order)
        return weighted_logits(self._contract, answers)

    def answers(
        self,
        video: DecodedVideo,
        name: str = "",
        *,
        hidden: Collection[str] = NOTHING,
        frame_order: FrameOrder = "as_is",
    ) -> np.ndarray:
        """The mean over views of every answer that the network gives, in the order of ``contract.answers``.

        Args:
            video: As decoded by the contract's settings.
            name: The video's name, for the error.
            hidden: Modalities that are taken away; their answers are 0, which says nothing.
            frame_order: How the frames of each clip are shown.

        Returns:
            (H, C) float64; H = 1 for a network of a single answer.
        """
        found = self._answer(self.views(video, name, hidden=hidden, frame_order=frame_order))
        mean = found.astype(np.float64).mean(axis=0)
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
        mirrored = contract.mirror_views and "frames" in contract.modalities
        planned = plan_views(video.times, contract.clip, self._num_views, mirrored, name)
        rows = []
        for number, view in enumerate(planned):
            seen = self._frames(video, view, _ordered(view.indices, frame_order, number))
            rows.append(clip_inputs(contract, video, view.indices, seen, hidden))
        return stack_inputs(rows)

    def _frames(self, video: DecodedVideo, view: View, shown: np.ndarray) -> np.ndarray | None:
        if "frames" not in self._contract.modalities:
            return None
        clip = centre_crop(video.frames[shown], self._contract.clip.input_size)
        return network_input(mirror(clip) if view.is_mirrored else clip, self._input_kind)

    def _answer(self, batch: Inputs) -> Any:
        return np.asarray(self._network.predict_on_batch(batch))


def weighted_logits(contract: Contract, answers: np.ndarray) -> np.ndarray:
    """The logits that a network's answers come to.

    Args:
        contract: Its ``answer_weights`` count; all answers alike where there are none yet.
        answers: (..., H, C).

    Returns:
        (..., C).
    """
    count = answers.shape[-2]
    weights = np.array(contract.answer_weights or (1 / count,) * count, np.float64)
    return np.einsum("h,...hc->...c", weights, answers) if count > 1 else answers[..., 0, :]


def outcome(contract: Contract, logits: np.ndarray) -> np.ndarray:
    """What logits say by the task of a model: probabilities, or the number itself.

    Args:
        contract: Task, temperature, mean and scale.
        logits: (..., C) float64.

    Returns:
        (..., C) float64.
    """
    if contract.task == "classification":
        return softmax(logits / contract.temperature)
    if contract.task == "multilabel":
        return sigmoid(logits / contract.temperature)
    return logits * contract.target_scale + contract.target_mean


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
