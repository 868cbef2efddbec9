"""Features of several modalities joined into one, whichever of them are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers

from reelwise.catalog.fusion import WIDTH
from reelwise.layers import AttendPresent, Clamp, GatedSum, MeanPresent


@dataclass(frozen=True)
class Modality:
    """What the encoder of one modality says.

    Args:
        modality: Its name.
        features: (B, D).
        present: (B, 1) float32: 1 where the modality is there.
    """

    modality: str
    features: Any
    present: Any


def join(fusion: str, said: Sequence[Modality]) -> Any:
    """One vector of all modalities that are there; a missing one changes nothing in it but that it is missing.

    Each modality first comes down to the same few numbers, each of which is standardised over the clips that have it:
    what differs from clip to clip counts, not what is always there. Beside what the fusion makes of them stand the
    products of every two modalities, number by number. A class that lies in both together, such as that sound and
    picture agree, shows in a product at once; a dense layer alone would have to learn the sum of it first, and until
    then gives the encoders nothing to learn from (`LOG.md`).

    Args:
        fusion: ``concat``, ``gated`` or ``attention``.
        said: What each modality says, two or more.

    Returns:
        (B, 64).
    """
    tokens = [_token(one) for one in said]
    pairs = [(one, other) for place, one in enumerate(tokens) for other in tokens[place + 1 :]]
    met = [layers.Multiply(name=f"fusion_met_{number}")(list(pair)) for number, pair in enumerate(pairs, 1)]
    present = layers.Concatenate(dtype="float32", name="fusion_present")([one.present for one in said])  # (B, K)
    joined = {"concat": _side_by_side, "gated": _gated, "attention": _attention}[fusion](tokens, present)
    x = layers.Concatenate(name="fusion_joined")([joined, *met])
    return layers.Dense(WIDTH, activation="relu", name="fusion_hidden")(x)


def _token(one: Modality) -> Any:
    """(B, 64); zeros where the modality is missing."""
    name = f"fusion_{one.modality}"
    who = layers.Reshape((), name=f"{name}_who")(one.present)  # (B,)
    x = layers.Dense(WIDTH, use_bias=False, name=name)(one.features)  # the normalisation has one
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x, mask=who)
    x = Clamp(3.0, name=f"{name}_bounded")(x)  # where it is rare, moments over the few that have it are too small
    return layers.Multiply(name=f"{name}_masked")([x, one.present])


def _side_by_side(tokens: list[Any], present: Any) -> Any:
    """(B, K*64 + K): with who is there, since zeros do not tell."""
    return layers.Concatenate(name="fusion_side_by_side")([*tokens, present])


def _gated(tokens: list[Any], present: Any) -> Any:
    """(B, 64)."""
    everything = layers.Concatenate(name="fusion_everything")(tokens)
    gates = [layers.Dense(WIDTH, name=f"fusion_gate_{number}")(everything) for number in range(1, len(tokens) + 1)]
    return GatedSum(name="fusion_gated")([_stacked(tokens, "said"), _stacked(gates, "gates"), present])


def _attention(tokens: list[Any], present: Any) -> Any:
    """(B, 64)."""
    said = _stacked(tokens, "said")
    query, value, mixer = (layers.Dense(WIDTH, name=f"fusion_{part}") for part in ("query", "value", "mixed"))
    key = layers.Dense(WIDTH, use_bias=False, name="fusion_key")  # a bias would shift all alike, which changes no share
    attended = AttendPresent(name="fusion_attention")([query(said), key(said), value(said), present])
    x = layers.Add(name="fusion_residual")([said, mixer(attended)])
    x = layers.LayerNormalization(name="fusion_norm")(x)
    return MeanPresent(name="fusion_mean")([x, present])


def _stacked(parts: list[Any], name: str) -> Any:
    """(B, K, 64)."""
    rows = [layers.Reshape((1, WIDTH), name=f"fusion_{name}_{number}")(part) for number, part in enumerate(parts, 1)]
    return layers.Concatenate(axis=1, name=f"fusion_{name}")(rows)
