"""Features of clips that see both what frames show and how they change, from a network that encodes frames."""

from dataclasses import dataclass

import keras
import numpy as np

from reelwise.models.base import FRAME_FEATURES
from reelwise.training.arrays import to_array
from reelwise.training.forward import forward_pass

_BATCH = 32


@dataclass(frozen=True, eq=False)
class ClipFeatures:
    """Features of clips by which sets of clips are compared.

    A classifier that does not see the order of frames cannot tell a clip from the same frames in another order. So the
    features are those of each frame, taken together in two ways: their mean over time, and the mean size of their
    change from one frame to the next, which grows where frames come out of order.

    Args:
        name: Whose features they are, for the brackets of a metric: ``self``.
        encoder: From (B, T, S, S, 3) uint8 to (B, T, F) features of frames.
        centre: (2 F,) means over real training clips.
        scale: (2 F,) what is divided by: their deviations; infinite where a feature never changes.
    """

    name: str
    encoder: keras.Model
    centre: np.ndarray
    scale: np.ndarray

    def __call__(self, clips: np.ndarray) -> np.ndarray:
        """(N, 2 F) float64 for (N, T, S, S, 3) uint8, in deviations of real training clips."""
        return (_over_time(self.encoder, clips) - self.centre) / self.scale


def clip_features(name: str, network: keras.Model, training_clips: np.ndarray) -> ClipFeatures:
    """The features of a network that encodes frames.

    Args:
        name: Whose they are.
        network: With the layer of :func:`reelwise.models.base.encode_frames`.
        training_clips: (N, T, S, S, 3) uint8, N > 1: real ones, whose means and deviations become 0 and 1.
    """
    encoder = keras.Model(network.input, network.get_layer(FRAME_FEATURES).output)
    features = _over_time(encoder, training_clips)
    deviations = features.std(axis=0)
    # A feature that no training clip changes would blow up whatever changes it.
    scale = np.where(deviations > 1e-6 * max(1e-9, float(deviations.max())), deviations, np.inf)
    return ClipFeatures(name, encoder, features.mean(axis=0), scale)


def outputs_of(network: keras.Model, clips: np.ndarray) -> np.ndarray:
    """The outputs of a network for clips, in batches of one size.

    Args:
        network: From (B, T, S, S, 3) uint8.
        clips: (N, T, S, S, 3) uint8, N > 0.

    Returns:
        (N, …) float32.
    """
    outputs = []
    with forward_pass(network) as forward:
        for start in range(0, len(clips), _BATCH):
            part = clips[start : start + _BATCH]
            # filled up, since another shape would be compiled anew
            rows = np.concatenate([part, np.zeros((_BATCH - len(part), *part.shape[1:]), np.uint8)])
            outputs.append(to_array(forward(rows))[: len(part)])
    return np.concatenate(outputs)


def _over_time(encoder: keras.Model, clips: np.ndarray) -> np.ndarray:
    """(N, 2 F): the mean over time, and the mean change from frame to frame."""
    frames = outputs_of(encoder, clips).astype(np.float64)  # (N, T, F)
    return np.concatenate([frames.mean(axis=1), np.abs(np.diff(frames, axis=1)).mean(axis=1)], axis=1)
