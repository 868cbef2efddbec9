"""From frames that are given to those that follow."""

import keras
import numpy as np

from reelwise.core.backend import compiles_steps
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.features.local_motion import keep_still_places, local_motion
from reelwise.inference.finite_frames import require_finite
from reelwise.tasks.prediction import prediction_output

_WHITE = 255.0


class FramePredictor:
    """Predicts the frames that follow, always in float32 and one clip at a time, so that no clip depends on others.

    Args:
        network: From :func:`reelwise.models.build.build_network`; float32.
        contract: The contract that it was built from.
    """

    def __init__(self, network: keras.Model, contract: Contract) -> None:
        self._network = network
        self._network.jit_compile = compiles_steps()
        self._num_context = contract.input.clip.num_frames
        self._size = contract.input.clip.input_size
        self._num_targets = contract.output.frames_given
        self._still_threshold = prediction_output(contract).still_threshold

    def predict(self, context: np.ndarray, num_targets: int | None = None) -> np.ndarray:
        """The frames that follow each clip.

        More frames than the network gives come by rolling on: it is given its own frames, as they are returned.

        Args:
            context: (N, T_in, S, S, 3) uint8 RGB.
            num_targets: Frames to predict; None for as many as the network gives.

        Returns:
            (N, num_targets, S, S, 3) uint8.

        Raises:
            UsageError: The frames have another number, size or type than the network takes.
            ModelFileError: The network gives NaN or infinite numbers.
        """
        expected = (self._num_context, self._size, self._size, 3)
        if context.dtype != np.uint8 or context.ndim != 5 or context.shape[1:] != expected:
            shape = ", ".join(map(str, expected))
            raise UsageError(f"the frames given are {context.dtype} {context.shape}, expected uint8 (N, {shape}).")
        count = self._num_targets if num_targets is None else num_targets
        if count < 1:
            raise UsageError(f"{count} frames were asked for, expected 1 or more.")
        frames = np.empty((len(context), count, *expected[1:]), np.uint8)
        for clip, following in zip(context, frames, strict=True):
            self._roll_on(clip, following)
        return frames

    def _roll_on(self, clip: np.ndarray, following: np.ndarray) -> None:
        """Write the frames that follow one clip, (T_in, S, S, 3) uint8, into (n, S, S, 3) uint8."""
        given = clip
        for start in range(0, len(following), self._num_targets):
            outputs = np.asarray(keras.ops.convert_to_numpy(self._network.predict_on_batch(given[None])))[0]
            piece = to_uint8(self._keep_still(given, require_finite(outputs)))[: len(following) - start]
            following[start : start + len(piece)] = piece
            given = np.concatenate([given, piece])[-self._num_context :]

    def _keep_still(self, given: np.ndarray, outputs: np.ndarray) -> np.ndarray:
        if not self._still_threshold:
            return outputs
        last = given[-1].astype(np.float32) / np.float32(_WHITE)
        return keep_still_places(last, outputs, local_motion(given), self._still_threshold)


def to_uint8(frames: np.ndarray) -> np.ndarray:
    """Frames as pixels: rounded to the nearest of 0 to 255.

    Args:
        frames: Floats; 0 is black and 1 is white, and what lies beyond is cut off.

    Example:
        >>> to_uint8(np.array([-0.1, 0.5, 1.2])).tolist()
        [0, 128, 255]
    """
    return np.rint(np.clip(frames, 0.0, 1.0) * _WHITE).astype(np.uint8)
