"""Shares as people read them."""


def percent(share: float) -> str:
    """``0.823`` as ``82 %``; near the ends with a decimal, and never rounded up to 100 or down to 0.

    Example:
        >>> percent(0.823), percent(0.004), percent(0.9999)
        ('82 %', '0.4 %', '99.9 %')
    """
    if 0 < share < 0.01:
        return f"{max(0.1, 100 * share):.1f} %"
    if 0.99 < share < 1:
        return f"{min(99.9, 100 * share):.1f} %"
    return f"{100 * share:.0f} %"
