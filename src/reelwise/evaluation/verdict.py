"""One sentence that tells a non-specialist how far to trust a model."""

from collections.abc import Mapping
from typing import Any

from reelwise.evaluation.percent import percent, plain_number
from reelwise.evaluation.scores import advantage, goodness
from reelwise.evaluation.verdict_labels import labels_cautions, labels_score
from reelwise.evaluation.verdict_number import number_cautions, number_score
from reelwise.evaluation.worth_words import presence_words, worth_words

BASELINE_WORDS = {
    "majority": "always the most frequent answer",
    "container": "file size and length alone",
    "single_frame": "one still picture",
    "motion_energy": "where the picture moves",
    "presence": "which parts a video has",
}
BASELINE_TITLES = {
    "majority": "Most frequent answer",
    "container": "File facts alone",
    "single_frame": "One still picture",
    "motion_energy": "Where it moves",
    "presence": "Which parts it has",
}
_TASK_WORDS = {
    "multilabel": {"majority": "how frequent each label is"},
    "regression": {"majority": "always the middle number"},
}
_FEW_VIDEOS = 20
_WIDE_INTERVAL = 0.4
_MAX_LABEL = 30


def verdict(metrics: Mapping[str, Any]) -> str:
    """How often it is right, whether a trivial rule does as well, what each part is worth, and what else is wrong.

    Args:
        metrics: The other fields of metrics.json; ``baselines`` with ``difference_ci95`` each, or empty.

    Returns:
        One sentence of plain words.

    Example:
        >>> metrics = {"num_videos": 96, "labels": ["a", "b"], "accuracy": 0.823, "accuracy_ci95": [0.74, 0.89],
        ...     "per_class": {"a": {"support": 48}, "b": {"support": 48}}, "confusion": [[40, 8], [9, 39]],
        ...     "baselines": {"motion_energy": {
        ...         "accuracy": 0.72, "accuracy_ci95": [0.62, 0.8], "difference_ci95": [0.03, 0.18]}}}
        >>> for part in verdict(metrics).split(" and clearly "):
        ...     print(part)
        Gets about 8 of 10 videos right (82 %, likely between 74 and 89 %)
        beats the best simple rule (where the picture moves, 72 %).
    """
    statement, cautions = verdict_parts(metrics)
    return "; ".join([statement, *worth_words(metrics), *cautions]) + "."


def verdict_parts(metrics: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The statement and the cautions of :func:`verdict`, for a page that sets them apart; without full stops."""
    if _task(metrics) == "multilabel":
        statement, found = labels_score(metrics), labels_cautions(metrics)
    elif _task(metrics) == "regression":
        statement, found = number_score(metrics), number_cautions(metrics)
    else:
        statement = _score(metrics)
        found = [_few_videos(metrics), _one_class(metrics), _never_answered(metrics), _container_tells(metrics)]
    learned = learned_words(metrics.get("learned_from") or 0, metrics["num_videos"])
    found = [learned, *found, presence_words(metrics)]
    comparison = _comparison(metrics)
    comma = "," if _task(metrics) == "regression" and comparison.startswith(" and") else ""
    return f"{statement}{comma}{comparison}", [caution for caution in found if caution]


def learned_words(learned_from: int, num_videos: int) -> str:
    """That the model learned from what it is judged on; without full stop, empty if it did not.

    Args:
        learned_from: How many of the judged videos it learned from.
        num_videos: How many were judged.

    Example:
        >>> learned_words(5, 18)
        'the model learned from 5 of these 18 videos: this score flatters it'
        >>> learned_words(18, 18)
        'the model learned from 18 of these 18 videos: this score says nothing of new ones'
    """
    if not learned_from:
        return ""
    videos = "this very video" if num_videos == 1 else f"{learned_from} of these {num_videos} videos"
    means = "flatters it" if learned_from < num_videos else "says nothing of new ones"
    return f"the model learned from {videos}: this score {means}"


def best_baseline(metrics: Mapping[str, Any]) -> str | None:
    """The name of the strongest baseline; None when there are none. Of equals the first."""
    baselines = metrics.get("baselines") or {}
    return max(baselines, key=lambda name: goodness(_task(metrics), baselines[name])) if baselines else None


def standing(metrics: Mapping[str, Any]) -> str:
    """How the model stands beside its best baseline: ``above``, ``unclear``, ``learned``, ``not_above`` or ``unknown``.

    ``learned`` is ahead on videos that the model learned from, which is no merit.
    """
    name = best_baseline(metrics)
    if name is None:
        return "unknown"
    task, baselines = _task(metrics), metrics["baselines"]
    if goodness(task, metrics) <= goodness(task, baselines[name]):
        return "not_above"
    if metrics.get("learned_from"):
        return "learned"
    # Clearly above means above every one of them: a weaker baseline may still be the harder one to tell apart.
    low = min(advantage(task, baseline["difference_ci95"])[0] for baseline in baselines.values())
    return "above" if low > 0 else "unclear"


def _score(metrics: Mapping[str, Any]) -> str:
    low, high = metrics["accuracy_ci95"]
    accuracy, num_videos = metrics["accuracy"], metrics["num_videos"]
    right = round(accuracy * num_videos)
    if num_videos <= _FEW_VIDEOS:
        share = f"{right} of {num_videos} video{'s' if num_videos > 1 else ''}"
    elif 0.05 < accuracy < 0.95:
        share = f"about {max(1, min(9, round(10 * accuracy)))} of 10 videos"
    else:
        share = f"{_whole(accuracy)} of 100 videos"
    return f"Gets {share} right ({percent(accuracy)}, likely between {_whole(low)} and {_whole(high)} %)"


def score_text(task: str, entry: Mapping[str, Any]) -> str:
    """The score that decides, as people read it: ``82 %``, or ``off by 2.3`` for a number.

    Args:
        task: One of ``core.modalities.TASKS``.
        entry: metrics.json, or one of its baselines or modalities.
    """
    if task == "regression":
        return f"off by {plain_number(entry['mae'])}"
    return percent(entry["map" if task == "multilabel" else "accuracy"])


def _comparison(metrics: Mapping[str, Any]) -> str:
    name, task = best_baseline(metrics), _task(metrics)
    if name is None:
        chance = f" (guessing would get {percent(1 / len(metrics['labels']))})" if task == "classification" else ""
        return f"; there are no simple rules to compare it with{chance}"
    words = {**BASELINE_WORDS, **_TASK_WORDS.get(task, {})}.get(name, name)
    rule = f"the best simple rule ({words}, {score_text(task, metrics['baselines'][name])})"
    return {
        "above": f" and clearly beats {rule}",
        "unclear": f" and is ahead of {rule}, but that may be luck",
        "learned": f" and is ahead of {rule}, which proves nothing here",
        "not_above": f", which is no better than {rule}: do not rely on it yet",
    }[standing(metrics)]


def _task(metrics: Mapping[str, Any]) -> str:
    return metrics.get("task", "classification")


def _few_videos(metrics: Mapping[str, Any]) -> str:
    low, high = metrics["accuracy_ci95"]
    if metrics["num_videos"] < _FEW_VIDEOS or high - low > _WIDE_INTERVAL:
        videos = "1 video is" if metrics["num_videos"] == 1 else f"{metrics['num_videos']} videos are"
        return f"{videos} too few for a firm verdict"
    return ""


def _one_class(metrics: Mapping[str, Any]) -> str:
    present = [label for label in metrics["labels"] if metrics["per_class"][label]["support"]]
    return f"all of them are {_quoted(present[0])}, so this says little" if len(present) == 1 else ""


def _never_answered(metrics: Mapping[str, Any]) -> str:
    columns = [sum(row[i] for row in metrics["confusion"]) for i in range(len(metrics["labels"]))]
    missed = [
        label
        for label, answers in zip(metrics["labels"], columns, strict=True)
        if not answers and metrics["per_class"][label]["support"]
    ]
    if not missed:
        return ""
    more = f" nor {len(missed) - 1} other classes" if len(missed) > 2 else ""
    more = f" nor {_quoted(missed[1])}" if len(missed) == 2 else more
    return f"it never answers {_quoted(missed[0])}{more}"


def _container_tells(metrics: Mapping[str, Any]) -> str:
    baselines = metrics.get("baselines") or {}
    if "container" not in baselines or "majority" not in baselines:
        return ""
    container, floor = baselines["container"], max(baselines["majority"]["accuracy"], 1 / len(metrics["labels"]))
    if container["accuracy_ci95"][0] <= floor or container["accuracy"] < floor + 0.1:
        return ""
    tells = f"file size and length alone already tell {percent(container['accuracy'])} here"
    return f"beware: {tells}, so the classes may have been recorded or cut differently"


def _whole(share: float) -> int:
    rounded = round(100 * share)
    if rounded >= 100 and share < 1:
        return 99
    return 1 if rounded <= 0 < share else rounded


def _quoted(label: str) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in label)
    return f"“{plain if len(plain) <= _MAX_LABEL else plain[: _MAX_LABEL - 1] + '…'}”"
