"""Features of clips from an I3D network, whose weights lie in a file of the user."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from reelwise.core.errors import ModelFileError, UsageError
from reelwise.jobs.generator.clip_features import are_features, outputs_of
from reelwise.jobs.runs.options import I3D_PREFIX
from reelwise.models.i3d.backbone import FEWEST_FRAMES
from reelwise.models.i3d.weights import i3d_network
from reelwise.models.torch_file import read_torch_arrays

_FRAMES_AT_ONCE = 16
"""Frames of a batch: at 224 x 224 pixels the widest layer takes about 7 MB for each, and Ctrl-C waits for a batch."""


@dataclass(frozen=True, eq=False)
class I3DFeatures:
    """The logits of I3D, averaged over time, by which sets of clips are compared.

    Args:
        name: ``i3d:`` and the name of the file of weights, for the brackets of a metric.
        network: From (B, T, S, S, 3) uint8 to (B, K) logits.

    Source: Unterthiner et al. 2018, "Towards Accurate Generative Models of Video: A New Metric & Challenges",
    arXiv:1812.01717, section 3.1. Otherwise: frames are resized with half-pixel centres, which moves them by half a
    pixel, and weights that were carried over to PyTorch give other last digits.
    """

    name: str
    network: keras.Model

    @property
    def batch_size(self) -> int:
        """Clips that are worked on at once."""
        return max(1, _FRAMES_AT_ONCE // int(self.network.input_shape[1]))

    def __call__(self, clips: np.ndarray) -> np.ndarray:
        """(N, K) float64 for (N, T, S, S, 3) uint8.

        Raises:
            ModelFileError: Some are NaN, infinite or beyond all sense: they are no weights of a trained network.
        """
        features = outputs_of(self.network, clips, self.batch_size).astype(np.float64)
        if not are_features(features):
            raise ModelFileError(f"the features [{self.name}] are no numbers.", hint="Take another file of weights.")
        return features


def i3d_features(text: str, num_frames: int, size: int) -> I3DFeatures:
    """The features that ``--fvd-features`` names.

    Args:
        text: Of the option: ``i3d:PATH``.
        num_frames: T of the model's clips.
        size: S, rows and columns of them.

    Raises:
        UsageError: It is not that, or the clips are shorter than 9 frames.
        ModelFileError: The file is not there, or holds no weights of I3D.
    """
    place = text.removeprefix(I3D_PREFIX)
    if place == text or not place:
        hint = "Give i3d: and the path of a file of weights, such as --fvd-features i3d:rgb_imagenet.pt."
        raise UsageError(f"--fvd-features is {text!r}, expected i3d:PATH.", hint=hint)
    if num_frames < FEWEST_FRAMES:
        raise UsageError(
            f"--fvd-features: I3D takes clips of {FEWEST_FRAMES} frames or more, and the model makes clips of"
            f" {num_frames}.",
            hint="Leave it out, or train a model of longer clips with --num-frames 16.",
        )
    path = Path(place).expanduser()  # no shell does it behind the colon
    network = i3d_network(read_torch_arrays(path), num_frames, size, path)
    file_name = path.name.encode("utf-8", "backslashreplace").decode()
    return I3DFeatures(f"{I3D_PREFIX}{file_name}", network)
