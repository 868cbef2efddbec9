"""How much it costs to join the features of several modalities; the layers stand in :mod:`reelwise.models.fusion`."""

from collections.abc import Sequence

from reelwise.catalog.cost import Tally

WIDTH = 64
"""Numbers that each modality brings to the fusion, and that come out of it."""


def count_fusion(tally: Tally, fusion: str, features: Sequence[int]) -> int:
    """Adds a fusion to a tally.

    Args:
        tally: What to add to.
        fusion: ``concat``, ``gated`` or ``attention``.
        features: Of each modality.

    Returns:
        Features that come out.
    """
    several = len(features)
    for size in features:
        tally.dense(size, WIDTH, bias=False)
        tally.norm(WIDTH)
    products = several * (several - 1) // 2 * WIDTH
    if fusion == "concat":
        return tally.dense(several * (WIDTH + 1) + products, WIDTH)
    if fusion == "gated":
        for _ in features:
            tally.dense(several * WIDTH, WIDTH)
    else:
        for part in ("query", "key", "value", "mixed"):
            tally.dense(WIDTH, WIDTH, times=several, bias=part != "key")
        tally.fixed(2 * several * several * WIDTH)
        tally.layer_norm(WIDTH)
    return tally.dense(WIDTH + products, WIDTH)
