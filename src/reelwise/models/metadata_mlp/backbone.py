"""Numbers and embedded categories concatenated, then dense layers."""

from typing import Any

from keras import layers

from reelwise.layers import MaskedNumbers


def build(
    numbers: Any, categories: Any, present: Any, *, num_codes: int, embedding: int, units: int, num_layers: int
) -> tuple[Any]:
    """Features of a video's metadata.

    Args:
        numbers: (B, K, 2) float32: standardised, and 1 where it is present; None where no column is a number.
        categories: (B, L) int32 codes, distinct between columns; None where no column is a category.
        present: (B, 1) float32: 1 where any column is present.
        num_codes: Codes of all categories together.
        embedding: E, size of the embedding of a value.
        units: Size of each dense layer.
        num_layers: Dense layers.

    Returns:
        One stream: (B, units), zeros where every column is missing.
    """
    columns = []
    if numbers is not None:
        columns.append(MaskedNumbers(dtype="float32", name="metadata_numbers")(numbers))
    if categories is not None:
        embeddings = layers.Embedding(num_codes, embedding, name="metadata_values")(categories)  # (B, L, E)
        columns.append(layers.Flatten(name="metadata_flat")(embeddings))
    x = columns[0] if len(columns) == 1 else layers.Concatenate(name="metadata_columns")(columns)
    for step in range(1, num_layers + 1):
        x = layers.Dense(units, activation="relu", name=f"metadata_dense_{step}")(x)
    return (layers.Multiply(name="metadata_known")([x, present]),)
