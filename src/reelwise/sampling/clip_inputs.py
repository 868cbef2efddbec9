"""The inputs of a network for one clip: frames, sound and metadata, each with its presence mask."""

from collections.abc import Collection, Sequence

import numpy as np

from reelwise.core.contract import InputSpec
from reelwise.core.frames import DecodedVideo
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.sampling.image_statistics import mean_and_deviation
from reelwise.sampling.metadata_codes import metadata_arrays
from reelwise.sampling.sound_window import clip_span, sound_arrays, sound_window

Inputs = np.ndarray | dict[str, np.ndarray]
"""One array for a model of frames alone, else arrays by the names of the network's inputs."""

KEYS = {
    "frames": ("clips", "descriptors", "images", "frames_present"),
    "sound": ("sound", "sound_present"),
    "metadata": ("numbers", "categories", "metadata_present"),
}
"""Names of the network's inputs of each modality, in their order; the last one is the presence mask."""


def takes_one_array(spec: InputSpec) -> bool:
    """Whether the network takes one array of clips instead of a dict of inputs: models of clips alone do."""
    return spec.modalities == ("frames",) and spec.images is None


def clip_inputs(
    spec: InputSpec,
    video: DecodedVideo,
    indices: np.ndarray,
    frames_input: np.ndarray | None,
    masked_modalities: Collection[str] = (),
) -> Inputs:
    """The inputs of a network for one clip; training, evaluation and prediction all go through here.

    Args:
        spec: The input part of the model's contract.
        video: With the sound and the metadata that the model reads.
        indices: (T,) int64, which frames make the clip: they decide which interval of the sound belongs to it.
        frames_input: (T, S, S, 3) uint8 or descriptors (T, F) float32; None for a model without frames.
        masked_modalities: Modalities that are masked, as if the video did not have them.

    Returns:
        ``frames_input`` itself for a model of clips alone, otherwise new arrays by name: see ``KEYS``.
    """
    if takes_one_array(spec):
        if frames_input is None:
            raise ValueError("a model of frames needs frames")
        return frames_input
    inputs: dict[str, np.ndarray] = {}
    if frames_input is not None and "frames" in spec.modalities:
        inputs["clips" if frames_input.dtype == np.uint8 else "descriptors"] = frames_input
        if spec.images is not None:
            inputs["images"] = _images(video)
        if len(spec.modalities) > 1:
            inputs["frames_present"] = np.ones(1, np.float32)
    if spec.sound is not None:
        inputs["sound"], inputs["sound_present"] = _sound(spec.sound, video, indices)
    if "metadata" in spec.modalities:
        inputs |= metadata_arrays(spec.metadata, video.metadata)
    for modality in masked_modalities:
        inputs = mask_modality(inputs, modality)
    return inputs


def present_modalities(inputs: dict[str, np.ndarray]) -> tuple[str, ...]:
    """The modalities that are present in a clip."""
    return tuple(name for name, keys in KEYS.items() if keys[-1] in inputs and inputs[keys[-1]].any())


def mask_modality(inputs: dict[str, np.ndarray], modality: str) -> dict[str, np.ndarray]:
    """The same inputs with one modality masked: zeros, marked as not present."""
    return {name: np.zeros_like(array) if name in KEYS[modality] else array for name, array in inputs.items()}


def stack_inputs(inputs: Sequence[Inputs]) -> Inputs:
    """The inputs of several clips as one batch."""
    first = inputs[0]
    if isinstance(first, np.ndarray):
        return np.stack([one for one in inputs if isinstance(one, np.ndarray)])
    rows = [one for one in inputs if isinstance(one, dict)]
    return {name: np.stack([row[name] for row in rows]) for name in first}


def _images(video: DecodedVideo) -> np.ndarray:
    if video.image_features is None:
        raise ValueError("a model of image features needs them")
    return mean_and_deviation(video.image_features)


def _sound(sound: SoundInput, video: DecodedVideo, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    log_mel: LogMel | None = video.log_mel
    if log_mel is None or len(log_mel.values) == 0:
        return np.zeros((sound.num_steps, sound.num_mels), np.float32), np.zeros(sound.num_steps, np.float32)
    window = sound_window(log_mel, clip_span(video.times, indices), sound.num_steps)
    return sound_arrays(log_mel, window, sound)
