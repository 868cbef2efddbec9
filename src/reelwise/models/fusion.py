"""Features of several modalities joined into one vector, whichever of them are present.

The names of layers are part of every model file (weights and config.json), so they stay as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from keras import layers

from reelwise.layers import AttendPresent, Clamp, GatedSum, MeanPresent
from reelwise.models.base import NORM_MOMENTUM

_BOUND = 3.0
"""Standard deviations at which a feature is clipped: over few clips a rare modality has too small a variance, and other
clips would get huge features."""

WIDTH = 64
"""Features of each modality in the fusion, and of its output; chosen by reasoning for small data sets."""


@dataclass(frozen=True)
class ModalityFeatures:
    """Features of one modality.

    Args:
        modality: Its name.
        features: (B, D).
        present: (B, 1) float32: 1 where the modality is there.
    """

    modality: str
    features: Any
    present: Any


def fuse(fusion: str, modalities: Sequence[ModalityFeatures]) -> Any:
    """One vector of all modalities that are present; of a missing one only its absence counts, not its features.

    Each modality is first projected to the same few features, which are normalised over the clips that have it: what
    differs from clip to clip counts, not what is always there. Beside the fused features stand the products of every
    two modalities, feature by feature. A class that depends on two modalities together, such as that sound and picture
    agree, shows in a product at once; a dense layer alone would have to learn the product first, and until then it
    gives the encoders no useful gradient (`LOG.md`).

    Args:
        fusion: ``concat``, ``gated`` or ``attention``.
        modalities: Features of two or more modalities.

    Returns:
        (B, 64).
    """
    tokens = [_token(item) for item in modalities]
    pairs = enumerate(combinations(tokens, 2), 1)
    products = [layers.Multiply(name=f"fusion_met_{number}")(list(pair)) for number, pair in pairs]
    present = layers.Concatenate(dtype="float32", name="fusion_present")([item.present for item in modalities])
    join = {"concat": _concat, "gated": _gated_sum, "attention": _attention}[fusion]
    x = layers.Concatenate(name="fusion_joined")([join(tokens, present), *products])
    return layers.Dense(WIDTH, activation="relu", name="fusion_hidden")(x)


def _token(item: ModalityFeatures) -> Any:
    """(B, 64); zeros where the modality is missing."""
    name = f"fusion_{item.modality}"
    mask = layers.Reshape((), name=f"{name}_who")(item.present)  # (B,)
    x = layers.Dense(WIDTH, use_bias=False, name=name)(item.features)  # the normalisation has a bias
    x = layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{name}_norm")(x, mask=mask)
    x = Clamp(_BOUND, name=f"{name}_bounded")(x)
    return layers.Multiply(name=f"{name}_masked")([x, item.present])


def _concat(tokens: list[Any], present: Any) -> Any:
    """(B, K*64 + K): with the presence of each, since a zero may also be a feature."""
    return layers.Concatenate(name="fusion_side_by_side")([*tokens, present])


def _gated_sum(tokens: list[Any], present: Any) -> Any:
    """(B, 64)."""
    all_tokens = layers.Concatenate(name="fusion_everything")(tokens)
    gates = [layers.Dense(WIDTH, name=f"fusion_gate_{number}")(all_tokens) for number in range(1, len(tokens) + 1)]
    return GatedSum(name="fusion_gated")([_stack(tokens, "said"), _stack(gates, "gates"), present])


def _attention(tokens: list[Any], present: Any) -> Any:
    """(B, 64)."""
    rows = _stack(tokens, "said")
    query, value, mixer = (layers.Dense(WIDTH, name=f"fusion_{role}") for role in ("query", "value", "mixed"))
    # A bias of the keys would add the same to all scores, which softmax ignores.
    key = layers.Dense(WIDTH, use_bias=False, name="fusion_key")
    mixture = AttendPresent(name="fusion_attention")([query(rows), key(rows), value(rows), present])
    x = layers.Add(name="fusion_residual")([rows, mixer(mixture)])
    x = layers.LayerNormalization(name="fusion_norm")(x)
    return MeanPresent(name="fusion_mean")([x, present])


def _stack(tensors: list[Any], name: str) -> Any:
    """(B, K, 64)."""
    rows = [layers.Reshape((1, WIDTH), name=f"fusion_{name}_{number}")(x) for number, x in enumerate(tensors, 1)]
    return layers.Concatenate(axis=1, name=f"fusion_{name}")(rows)
