"""How far to trust a model that gives any number of labels, in plain words."""

from collections.abc import Sequence

from reelwise.core.number_text import percent
from reelwise.tasks.interval_words import FEW_VIDEOS, interval_words, too_few_words
from reelwise.tasks.metrics import MultilabelMetrics

_WIDE_INTERVAL = 0.4
_CLEARLY = 0.1


def label_verdict(metrics: MultilabelMetrics) -> str:
    """How many labels it finds, how many of those it gives are right, and how well it sorts.

    Args:
        metrics: Those of metrics.json for ``multilabel``.

    Example:
        >>> fields = {"micro_recall": 0.78, "micro_precision": 0.81, "map": 0.83, "map_ci95": [0.7, 0.9],
        ...     "guessing_map": 0.3}
        >>> print(label_verdict(MultilabelMetrics(fields)))
        Finds 78 % of the labels and is right in 81 % of those it gives; its mean average precision is 83 % (likely \
between 70 and 90 %, a random order gets 30 %)
    """
    between = interval_words(metrics, "map_ci95", lambda low, high: f"{100 * low:.0f} and {percent(high)}")
    ends = f"{between}, a random order gets {percent(metrics.guessing_map)}"
    sorts = f"its mean average precision is {percent(metrics.map)} ({ends})"
    if not metrics.micro_precision and not metrics.micro_recall:
        return f"Gives no label rightly; {sorts}"
    recall, precision = percent(metrics.micro_recall), percent(metrics.micro_precision)
    return f"Finds {recall} of the labels and is right in {precision} of those it gives; {sorts}"


def label_cautions(metrics: MultilabelMetrics) -> list[str]:
    """What else a reader should know: few videos, labels that were not there or never given."""
    cautions: list[str] = []
    interval = metrics.map_ci95
    if metrics.num_videos < FEW_VIDEOS or interval is None or interval[1] - interval[0] > _WIDE_INTERVAL:
        cautions.append(too_few_words(metrics))
    entries = [(label, metrics.per_class[label]) for label in metrics.labels]
    absent = [label for label, entry in entries if not entry["support"]]
    silent = [label for label, entry in entries if entry["support"] and not entry["given"]]
    if absent:
        cautions.append(
            f"no video here has {_either(absent)}, so nothing is known of {'it' if len(absent) == 1 else 'them'}"
        )
    if silent:
        cautions.append(f"it never gives {_either(silent)}")
    rival = (metrics.get("baselines") or {}).get("container")
    clear = rival and rival["map_ci95"] and rival["map_ci95"][0] > metrics.guessing_map
    if rival and clear and rival["map"] > metrics.guessing_map + _CLEARLY:
        tells = f"file size and length alone already reach {percent(rival['map'])} here"
        cautions.append(f"beware: {tells}, so videos with different labels may have been recorded or cut differently")
    return cautions


def _either(labels: Sequence[str]) -> str:
    plain = ["".join(c if c.isprintable() else "?" for c in label)[:30] for label in labels]
    if len(plain) > 2:
        return f"“{plain[0]}” nor {len(plain) - 1} other labels"
    return " nor ".join(f"“{label}”" for label in plain)
