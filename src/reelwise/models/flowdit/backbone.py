"""A transformer over patches of space and time that predicts the clean frames of a noisy clip."""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from reelwise.core.errors import UsageError
from reelwise.layers import (
    DepthToSpace,
    GatedResidual,
    LevelFeatures,
    ModulatedNorm,
    PatchesToVideo,
    RotaryAttention,
    SpaceToDepth,
    TimeFold,
    TimeUnfold,
    VideoPatches,
)
from reelwise.layers.plain_layer import ops
from reelwise.models.heads import CLASS_CONDITION

_LEVEL_FEATURES = 32
"""Sines and cosines of each frame's noise level."""

_SQUARE = 2
"""Pixels along each side of a square that convolutions see as one place with four times the channels."""

_MLP_RATIO = 4
"""Inner features of the two dense layers of a block, in widths: as in Vaswani et al. 2017."""


def build(
    frames: Any,
    levels: Any,
    label: Any,
    *,
    num_labels: int,
    patch_frames: int,
    patch_size: int,
    width: int,
    num_blocks: int,
    num_heads: int,
    detail: int = 0,
) -> Any:
    """The clean frames that the network believes to lie under a noisy clip.

    The noise level of every frame is an input, so that one set of weights serves many tasks: a frame of level 0 is
    given, one of level 1 is nothing but noise. A patch may span several frames, so each frame's level goes into the
    patch's vector, and steers the blocks at the patch's time. An untrained network gives zeros: mid grey.

    Args:
        frames: (B, T, S, S, 3) float32, about -1 to 1 where there is no noise; symbolic.
        levels: (B, T) float32 in [0, 1].
        label: (B,) int32, the number of the class; ``num_labels`` stands for none.
        num_labels: K, classes; 0 for a network without any.
        patch_frames: Frames of a patch, of which T is a multiple.
        patch_size: Pixels along each side of a patch, of which S is a multiple.
        width: D, features of a patch.
        num_blocks: Transformer blocks.
        num_heads: Heads of each attention, of which D is a multiple.
        detail: C, features of a square of 2×2 pixels, from which two convolutions draw it; 0 for pixels straight from
            the patches, where each dense layer has to learn every stroke at every place of a patch anew. Patches then
            have an even size.

    Returns:
        (B, T, S, S, 3) float32.

    Raises:
        UsageError: T, S or D cannot be divided.

    Source: Peebles and Xie 2022, "Scalable Diffusion Models with Transformers", arXiv:2212.09748, section 3.2. Clean
    frames from large patches: Li and He 2025, "Back to Basics: Let Denoising Generative Models Denoise",
    arXiv:2511.13720, section 4. A level for each frame: Chen et al. 2024, "Diffusion Forcing", arXiv:2407.01392,
    section 3. Normalised queries and keys: Dehghani et al. 2023, arXiv:2302.05442, section 2.1; otherwise: by their
    root mean square, with one gain for both.
    """
    num_frames, side = int(frames.shape[1]), int(frames.shape[2])
    _check_sizes(num_frames, side, patch_frames, patch_size)
    if detail and patch_size % _SQUARE:
        raise UsageError(
            f"flowdit: patches of {patch_size} pixels cannot be drawn in squares of {_SQUARE}.",
            hint=f"Use {patch_size + 1} for their size, or 0 for the detail.",
        )
    if width % num_heads or (width // num_heads) % 2 or width // num_heads < 6:
        raise UsageError(
            f"flowdit: a width of {width} does not divide into {num_heads} heads of an even size, 6 or more.",
            hint=f"Use {8 * num_heads} for the width.",
        )
    grid = (num_frames // patch_frames, side // patch_size, side // patch_size)
    block = _Block(grid, width, num_heads)
    patches = VideoPatches(patch_frames, patch_size, name="patches")(frames)
    x = layers.Dense(width, name="embed")(_with_levels(patches, levels, patch_frames))  # (B, T', P, D)
    condition = _condition(levels, label, num_labels, patch_frames, width)
    for number in range(1, num_blocks + 1):
        x = block(x, condition, f"block_{number}")
    x = ModulatedNorm(name="last_norm")([x, _zero_dense(2 * width, "last_condition")(condition)])
    if detail:
        return _drawn_pixels(x, frames, (patch_frames, patch_size), detail)
    x = layers.Dense(patches.shape[-1], kernel_initializer="zeros", dtype="float32", name="pixels")(x)
    return PatchesToVideo(patch_frames, patch_size, dtype="float32", name="clean_frames")(x)


def build_denoiser(num_frames: int, size: int, num_labels: int, **arguments: int) -> keras.Model:
    """A network with random weights that takes clips of one shape.

    Args:
        num_frames: T.
        size: S, pixels along each side.
        num_labels: K.
        **arguments: The others of :func:`build`, such as a preset has them.

    Returns:
        A functional model of the inputs ``frames``, ``levels`` and ``label`` by name.

    Example:
        >>> sizes = {"patch_frames": 2, "patch_size": 8, "width": 16, "num_blocks": 1, "num_heads": 2}
        >>> build_denoiser(4, 16, num_labels=3, **sizes).output_shape
        (None, 4, 16, 16, 3)
    """
    inputs = {
        "frames": keras.Input((num_frames, size, size, 3), dtype="float32", name="frames"),
        "levels": keras.Input((num_frames,), dtype="float32", name="levels"),
        "label": keras.Input((), dtype="int32", name="label"),
    }
    return keras.Model(inputs, build(**inputs, num_labels=num_labels, **arguments), name="flowdit")


def _check_sizes(num_frames: int, side: int, patch_frames: int, patch_size: int) -> None:
    if num_frames % patch_frames:
        raise UsageError(
            f"flowdit: clips of {num_frames} frames do not divide into patches of {patch_frames}.",
            hint=f"Use clips of {max(1, num_frames // patch_frames) * patch_frames} frames.",
        )
    if side % patch_size:
        raise UsageError(
            f"flowdit: frames of {side} pixels do not divide into patches of {patch_size}.",
            hint=f"Use frames of {max(1, side // patch_size) * patch_size} pixels.",
        )


def _with_levels(patches: Any, levels: Any, patch_frames: int) -> Any:
    """Each patch's vector with the noise levels of its frames behind it.

    For the dense layer that follows it is the same as a fourth channel of each frame that holds its level, but shorter.

    Args:
        patches: (B, T', P, V).
        levels: (B, T).
        patch_frames: t.

    Returns:
        (B, T', P, V + t).
    """
    times, places = patches.shape[1:3]
    of_patches = layers.Reshape((times, 1, patch_frames), name="patch_levels")(levels)
    of_patches = ops.repeat(of_patches, places, axis=2)
    return layers.Concatenate(name="patches_with_levels")([patches, of_patches])


def _condition(levels: Any, label: Any, num_labels: int, patch_frames: int, width: int) -> Any:
    """What steers the blocks at each patch's time: its frames' noise levels, and the class.

    Returns:
        (B, T', D).
    """
    x = LevelFeatures(patch_frames, _LEVEL_FEATURES, dtype="float32", name="level_features")(levels)
    x = layers.Dense(width, activation="silu", name="level_inner")(x)
    x = layers.Dense(width, name="level_outer")(x)
    one_hot = ops.one_hot(label, num_labels + 1, dtype="float32")
    of_class = layers.Dense(width, use_bias=False, name=CLASS_CONDITION)(one_hot)
    of_class = layers.Reshape((1, width), name="class_of_times")(of_class)
    return layers.Activation("silu", name="condition")(layers.Add(name="levels_and_class")([x, of_class]))


def _drawn_pixels(x: Any, frames: Any, patch: tuple[int, int], detail: int) -> Any:
    """Each frame from a map that the patches give and from the noisy frame, by convolutions that patches share.

    Args:
        x: (B, T', P, D) what the blocks know.
        frames: (B, T, S, S, 3) noisy.
        patch: Frames and pixels of a patch.
        detail: C.

    Returns:
        (B, T, S, S, 3) float32.

    Source: a light decoder of pixels behind a transformer of large patches: Yu et al. 2025, "PixelDiT",
    arXiv:2511.20645, section 3, there with blocks of attention.
    """
    num_frames, size = patch[0], patch[1] // _SQUARE
    x = layers.Dense(num_frames * size**2 * detail, name="map_of_patches")(x)
    x = TimeFold(name="map")(PatchesToVideo(num_frames, size, detail, name="map_of_clip")(x))
    noisy = SpaceToDepth(_SQUARE, name="noisy_squares")(TimeFold(name="noisy_frame")(frames))
    x = layers.Concatenate(name="map_and_noisy_squares")([x, noisy])  # (B*T, S/2, S/2, C + 12)
    x = layers.Conv2D(detail, 3, padding="same", activation="silu", name="detail")(x)
    x = layers.Conv2D(3 * _SQUARE**2, 3, padding="same", kernel_initializer="zeros", dtype="float32", name="squares")(x)
    x = DepthToSpace(_SQUARE, dtype="float32", name="pixels")(x)
    return TimeUnfold(frames.shape[1], dtype="float32", name="clean_frames")(x)


def _zero_dense(units: int, name: str) -> layers.Dense:
    """A dense layer that gives zeros until it is trained."""
    return layers.Dense(units, kernel_initializer="zeros", name=name)


@dataclass(frozen=True)
class _Block:
    """Makes blocks of attention and two dense layers.

    Args:
        grid: Patches in time, down and across.
        width: D.
        num_heads: H.
    """

    grid: tuple[int, int, int]
    width: int
    num_heads: int

    def __call__(self, x: Any, condition: Any, name: str) -> Any:
        """(B, T', P, D) and (B, T', D) to (B, T', P, D)."""
        steer = _zero_dense(3 * self.width, f"{name}_attention_condition")(condition)
        branch = self._attend(ModulatedNorm(name=f"{name}_attention_norm")([x, steer]), name)
        x = GatedResidual(name=f"{name}_attention_add")([x, branch, steer])
        steer = _zero_dense(3 * self.width, f"{name}_mlp_condition")(condition)
        branch = ModulatedNorm(name=f"{name}_mlp_norm")([x, steer])
        branch = layers.Dense(_MLP_RATIO * self.width, activation="silu", name=f"{name}_mlp_inner")(branch)
        branch = layers.Dense(self.width, name=f"{name}_mlp_outer")(branch)
        return GatedResidual(name=f"{name}_mlp_add")([x, branch, steer])

    def _attend(self, x: Any, name: str) -> Any:
        num_patches = self.grid[0] * self.grid[1] * self.grid[2]
        heads = (num_patches, 2 * self.num_heads, self.width // self.num_heads)
        both = layers.Dense(2 * self.width, use_bias=False, name=f"{name}_queries_keys")(x)
        both = layers.Reshape(heads, name=f"{name}_heads")(both)
        both = layers.RMSNormalization(name=f"{name}_queries_keys_norm")(both)
        values = layers.Dense(self.width, use_bias=False, name=f"{name}_values")(x)
        head_outputs = RotaryAttention(self.grid, self.num_heads, name=f"{name}_attention")([both, values])
        return layers.Dense(self.width, name=f"{name}_attention_outer")(head_outputs)
