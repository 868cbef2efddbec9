"""Quantiles of Student's t, without SciPy."""

from statistics import NormalDist

NORMAL_QUANTILE = NormalDist().inv_cdf(0.975)
"""The 97.5 % quantile of the normal distribution: what t comes to with many degrees of freedom."""


def t_quantile(degrees: float) -> float:
    """The 97.5 % quantile of Student's t, within 0.2 % from 3 degrees of freedom on.

    Example:
        >>> round(t_quantile(10), 3)  # 2.228 in printed tables
        2.228

    Source: Abramowitz and Stegun 1964, equation 26.7.5.
    """
    z = NORMAL_QUANTILE
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, 1))
