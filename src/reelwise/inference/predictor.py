"""From a decoded video to its prediction: its views are one batch, and their outputs are averaged."""

from collections.abc import Collection
from dataclasses import replace
from typing import TypedDict, Unpack

import keras
import numpy as np

from reelwise.core.backend import compiles_steps
from reelwise.core.contract import Contract
from reelwise.core.errors import VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.models.catalogue import find_entry
from reelwise.models.image_extractor import ImageExtractor
from reelwise.models.inputs import network_input
from reelwise.sampling.clip_inputs import Inputs, clip_inputs, stack_inputs
from reelwise.sampling.frame_order import FrameOrder, reorder_frames
from reelwise.sampling.views import View, plan_views
from reelwise.transforms.crop import centre_crop, mirror


class Ablation(TypedDict, total=False):
    """Changes of a video's input that measure whether a model uses it; none of them by default.

    Args:
        masked_modalities: Modalities that are masked, as if the video did not have them.
        frame_order: The order in which the frames of each clip are shown.
    """

    masked_modalities: Collection[str]
    frame_order: FrameOrder


class Predictor:
    """Predicts decoded videos, always in float32 and one video at a time.

    The V views of one video are the whole batch, so a prediction depends on that video alone and not on the videos
    before or beside it. That is why ``predict`` and ``evaluate`` agree to the last digit.

    Args:
        network: From :func:`reelwise.models.build.build_network`; float32.
        contract: The contract that the network was built from.
        num_views: Views per video; None follows the contract.
    """

    def __init__(self, network: keras.Model, contract: Contract, num_views: int | None = None) -> None:
        self._network = network
        self._network.jit_compile = compiles_steps()
        self._contract = contract
        self._num_views = num_views or contract.input.num_views
        self._input_kind = find_entry(contract.network.first.architecture).input_kind
        images = contract.input.images
        self._extractor = None if images is None else ImageExtractor(images)

    def predict(self, video: DecodedVideo, name: str = "", **ablation: Unpack[Ablation]) -> np.ndarray:
        """The prediction for one video, in the form of the model's task.

        Args:
            video: A video decoded with the contract's settings.
            name: The video's name, for the error message.
            **ablation: Modalities to mask and the order of frames; see :class:`Ablation`.

        Returns:
            (C,) float64: classification, probabilities that sum to 1; multilabel, one probability per label;
            regression, the number itself.

        Raises:
            VideoError: A fixed stride needs more frames than the video has; use a smaller ``frame_stride``.
        """
        return self.probs_of_heads(self.head_outputs(video, name, **ablation))

    def logits(self, video: DecodedVideo, name: str = "", **ablation: Unpack[Ablation]) -> np.ndarray:
        """The mean over views of the logits, before temperature and softmax.

        The arguments are those of ``predict``.

        Returns:
            (C,) float64; several heads of the network are summed with the contract's weights.
        """
        rows = self.head_outputs(video, name, **ablation)
        return self._contract.label_output.combine_heads(rows)

    def head_outputs(self, video: DecodedVideo, name: str = "", **ablation: Unpack[Ablation]) -> np.ndarray:
        """The mean over views of the logits of every head, in the order of ``head_names``; calibration is fitted on it.

        The arguments are those of ``predict``; the heads of a masked modality give 0, which favours no label.

        Returns:
            (H, C) float64; H = 1 for a network with one head.
        """
        return self.head_outputs_of_views(self.views(video, name, **ablation))

    def head_outputs_of_views(self, batch: Inputs) -> np.ndarray:
        """The mean over views of the logits of every head.

        Args:
            batch: From ``views``, which may have run in another thread.

        Returns:
            (H, C) float64, as ``head_outputs``.
        """
        mean = np.asarray(self._network.predict_on_batch(batch)).astype(np.float64).mean(axis=0)
        return mean.reshape(-1, mean.shape[-1])

    def probs_of_heads(self, head_outputs: np.ndarray) -> np.ndarray:
        """The prediction in the form of the model's task.

        Args:
            head_outputs: (H, C) float64, from ``head_outputs``.

        Returns:
            (C,) float64, as ``predict``.
        """
        output = self._contract.label_output
        return output.activate(output.combine_heads(head_outputs))

    def views(self, video: DecodedVideo, name: str = "", **ablation: Unpack[Ablation]) -> Inputs:
        """The batch of a video: one row for each view.

        The arguments are those of ``predict``.

        Returns:
            (V, T, S, S, 3) uint8, or (V, T, F) float32 of descriptors; for a network that reads more than frames,
            arrays by the names of its inputs, each with V rows.
        """
        contract = self._contract
        mirrors_views = contract.input.mirror_views and "frames" in contract.modalities
        masked_modalities, frame_order = ablation.get("masked_modalities", ()), ablation.get("frame_order", "as_is")
        if self._extractor is not None and video.image_features is None:
            video = replace(video, image_features=self._image_features(self._extractor, video, name))
        rows = []
        for number, view in enumerate(
            plan_views(video.times, contract.input.clip, self._num_views, mirrors_views, name)
        ):
            frames_input = self._frames_input(video, view, reorder_frames(view.indices, frame_order, number))
            # The sound belongs to the interval of the view, in whatever order its frames are shown.
            rows.append(clip_inputs(contract.input, video, view.indices, frames_input, masked_modalities))
        return stack_inputs(rows)

    @staticmethod
    def _image_features(extractor: ImageExtractor, video: DecodedVideo, name: str) -> np.ndarray:
        if video.stills is None:
            raise VideoError(f"{name or 'the video'}: it was decoded without the stills that the model reads.")
        return extractor.features(video.stills)

    def _frames_input(self, video: DecodedVideo, view: View, indices: np.ndarray) -> np.ndarray | None:
        if "frames" not in self._contract.modalities:
            return None
        clip = centre_crop(video.frames[indices], self._contract.input.clip.input_size)
        return network_input(mirror(clip) if view.is_mirrored else clip, self._input_kind)
