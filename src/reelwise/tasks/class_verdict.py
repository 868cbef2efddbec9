"""How far to trust a model that predicts one class, in plain words."""

from reelwise.core.number_text import count_text, percent
from reelwise.tasks.interval_words import FEW_VIDEOS, interval_words, too_few_words
from reelwise.tasks.metrics import ClassificationMetrics

_WIDE_INTERVAL = 0.4
"""A 95 % interval of an accuracy that is wider than this decides nothing."""
_MAX_LABEL = 30
"""Characters of a label that are quoted in a sentence."""


def class_verdict(metrics: ClassificationMetrics) -> str:
    """How many videos it gets right, with the interval.

    Args:
        metrics: Those of metrics.json for ``classification``.
    """
    accuracy, num_videos = metrics.accuracy, metrics.num_videos
    if num_videos > FEW_VIDEOS and 0.05 < accuracy < 0.95:
        share = f"about {max(1, min(9, round(10 * accuracy)))} of 10 videos"
    else:
        share = f"{round(accuracy * num_videos):,} of {count_text(num_videos, 'video')}"
    interval = interval_words(
        metrics, "accuracy_ci95", lambda low, high: f"{percent(low).removesuffix(' %')} and {percent(high)}"
    )
    return f"Gets {share} right ({percent(accuracy)}, {interval})"


def guessing_share(metrics: ClassificationMetrics) -> float:
    """What needs no look at any video: always the most frequent class of the test videos, or any class by chance.

    Example:
        >>> per_class = {"a": {"support": 30}, "b": {"support": 10}}
        >>> guessing_share(ClassificationMetrics({"labels": ["a", "b"], "per_class": per_class}))
        0.75
    """
    supports = [row["support"] for row in metrics.get("per_class", {}).values()]
    share = max(supports) / max(1, sum(supports)) if supports else 0.0
    return max(share, 1 / len(metrics.labels)) if "labels" in metrics else share


def class_cautions(metrics: ClassificationMetrics) -> list[str]:
    """What else to know: a score like guessing, few videos, one class, classes never predicted, file facts that tell.

    Args:
        metrics: As in :func:`class_verdict`, with ``baselines``.
    """
    return [
        _like_guessing(metrics),
        _few_videos(metrics),
        _one_class(metrics),
        _never_predicted(metrics),
        _container_tells(metrics),
    ]


def _like_guessing(metrics: ClassificationMetrics) -> str:
    """That the interval holds what guessing gets; not of one class, of which guessing gets all."""
    interval, share = metrics.accuracy_ci95, guessing_share(metrics)
    if interval is None or interval[0] > share or share == 1:
        return ""
    is_word = "is" if metrics.accuracy <= share else "may be"
    return f"this {is_word} no better than guessing: the most frequent class alone gets {percent(share)}"


def _few_videos(metrics: ClassificationMetrics) -> str:
    interval = metrics.accuracy_ci95
    if metrics.num_videos < FEW_VIDEOS or interval is None or interval[1] - interval[0] > _WIDE_INTERVAL:
        return too_few_words(metrics)
    return ""


def _one_class(metrics: ClassificationMetrics) -> str:
    present = [label for label in metrics.labels if metrics.per_class[label]["support"]]
    return f"all of them are {_in_quotes(present[0])}, so this says little" if len(present) == 1 else ""


def _never_predicted(metrics: ClassificationMetrics) -> str:
    columns = [sum(row[i] for row in metrics.confusion) for i in range(len(metrics.labels))]
    missing = [
        label
        for label, num_predictions in zip(metrics.labels, columns, strict=True)
        if not num_predictions and metrics.per_class[label]["support"]
    ]
    if not missing:
        return ""
    more = f" nor {len(missing) - 1} other classes" if len(missing) > 2 else ""
    more = f" nor {_in_quotes(missing[1])}" if len(missing) == 2 else more
    return f"it never answers {_in_quotes(missing[0])}{more}"


def _container_tells(metrics: ClassificationMetrics) -> str:
    baselines = metrics.get("baselines") or {}
    if "container" not in baselines or "majority" not in baselines:
        return ""
    container, floor = baselines["container"], max(baselines["majority"]["accuracy"], guessing_share(metrics))
    interval = container["accuracy_ci95"]
    if interval is None or interval[0] <= floor or container["accuracy"] < floor + 0.1:
        return ""
    tells = f"file size and length alone already tell {percent(container['accuracy'])} here"
    return f"beware: {tells}, so the classes may have been recorded or cut differently"


def _in_quotes(label: str) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in label)
    return f"“{plain if len(plain) <= _MAX_LABEL else plain[: _MAX_LABEL - 1] + '…'}”"
