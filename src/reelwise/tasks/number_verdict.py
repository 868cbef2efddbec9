"""How far to trust a model that says a number, in plain words."""

from reelwise.core.number_text import percent, plain_number
from reelwise.tasks.interval_words import FEW_VIDEOS, interval_words, too_few_words
from reelwise.tasks.metrics import RegressionMetrics

_WIDE_SHARE = 0.5
_LARGE_BIAS = 0.5
_TIMID = 0.25


def number_verdict(metrics: RegressionMetrics) -> str:
    """How far off it is on average, beside how far the numbers run, and what share of their variance it explains.

    Args:
        metrics: Those of metrics.json for ``regression``.

    Example:
        >>> fields = {"labels": ["speed"], "mae": 2.31, "mae_ci95": [1.9, 2.72], "range": [1.0, 60.0], "r2": 0.741}
        >>> print(number_verdict(RegressionMetrics(fields)))
        Its “speed” is off by 2.31 on average (likely between 1.9 and 2.72; the numbers run from 1 to 60), explaining \
74 % of how they differ
    """
    first, last = (plain_number(end, 4) for end in metrics.range)
    off = f"Its “{_plain(metrics.labels[0])}” is off by {plain_number(metrics.mae)} on average"
    between = interval_words(metrics, "mae_ci95", lambda low, high: f"{plain_number(low)} and {plain_number(high)}")
    ends = f"{between}; the numbers run from {first} to {last}"
    if metrics.r2 is None:
        return f"{off} ({ends})"
    if metrics.r2 <= 0:
        return f"{off} ({ends}), explaining nothing of how they differ"
    return f"{off} ({ends}), explaining {percent(metrics.r2)} of how they differ"


def number_cautions(metrics: RegressionMetrics) -> list[str]:
    """What else a reader should know: few videos, answers that lean to one side or hardly move."""
    cautions: list[str] = []
    interval, wide = metrics.mae_ci95, _WIDE_SHARE * max(metrics.spread, 1e-300)
    if metrics.num_videos < FEW_VIDEOS or interval is None or interval[1] - interval[0] > wide:
        cautions.append(too_few_words(metrics))
    if metrics.r2 is None:
        cautions.append("all of them have the same number, so this says little")
        return cautions
    if abs(metrics.bias) > _LARGE_BIAS * metrics.mae and metrics.mae > 0:
        side = "much" if metrics.bias > 0 else "little"
        cautions.append(f"it says {plain_number(abs(metrics.bias))} too {side} on average")
    if metrics.predicted_spread < _TIMID * metrics.spread:
        cautions.append("it says nearly the same number of every video")
    baselines = metrics.get("baselines") or {}
    floor, rival = baselines.get("majority"), baselines.get("container")
    clear = floor and rival and rival["mae_ci95"] and rival["mae_ci95"][1] < floor["mae"]
    if floor and rival and clear and rival["mae"] < 0.9 * floor["mae"]:
        tells = f"file size and length alone already come within {plain_number(rival['mae'])} here"
        cautions.append(f"beware: {tells}, so they may tell the number for a reason that will not hold elsewhere")
    return cautions


def _plain(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:40]
