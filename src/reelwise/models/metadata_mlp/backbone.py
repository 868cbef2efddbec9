"""Numbers and embedded categories side by side, then dense layers."""

from typing import Any

from keras import layers

from reelwise.layers import KnownNumbers


def build(
    numbers: Any, categories: Any, present: Any, *, num_codes: int, embedding: int, units: int, num_layers: int
) -> tuple[Any]:
    """Features of what is known of a video.

    Args:
        numbers: (B, K, 2) float32: standardised, and whether it is known; None where no column is a number.
        categories: (B, L) int32 codes, those of different columns different; None where no column is a category.
        present: (B, 1) float32: 1 where any column is known.
        num_codes: Codes of all categories together.
        embedding: Numbers that stand for a value of a category.
        units: Size of each dense layer.
        num_layers: Dense layers.

    Returns:
        One stream: (B, units), zeros where nothing is known.
    """
    known = []
    if numbers is not None:
        known.append(KnownNumbers(dtype="float32", name="metadata_numbers")(numbers))
    if categories is not None:
        embedded = layers.Embedding(num_codes, embedding, name="metadata_values")(categories)  # (B, L, E)
        known.append(layers.Flatten(name="metadata_flat")(embedded))
    x = known[0] if len(known) == 1 else layers.Concatenate(name="metadata_columns")(known)
    for step in range(1, num_layers + 1):
        x = layers.Dense(units, activation="relu", name=f"metadata_dense_{step}")(x)
    return (layers.Multiply(name="metadata_known")([x, present]),)
