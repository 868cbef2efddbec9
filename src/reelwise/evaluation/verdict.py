"""One sentence that tells a non-specialist how far to trust a model."""

from collections.abc import Mapping
from typing import Any

from reelwise.evaluation.worth_words import presence_words, worth_words
from reelwise.tasks import task_of

BASELINE_WORDS = {
    "container": "file size and length alone",
    "single_frame": "one still picture",
    "motion_energy": "where the picture moves",
    "presence": "which parts a video has",
}
BASELINE_TITLES = {
    "container": "File facts alone",
    "single_frame": "One still picture",
    "motion_energy": "Where it moves",
    "presence": "Which parts it has",
}


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
    task = task_of(metrics)
    learned = learned_words(metrics.get("learned_from") or 0, metrics["num_videos"])
    cautions = [learned, *task.cautions(metrics), presence_words(metrics)]
    comparison = _comparison(metrics)
    comma = "," if not task.score.rises and comparison.startswith(" and") else ""
    return f"{task.verdict(metrics)}{comma}{comparison}", [caution for caution in cautions if caution]


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
    baselines, score = metrics.get("baselines") or {}, task_of(metrics).score
    return max(baselines, key=lambda name: score.goodness(baselines[name])) if baselines else None


def standing(metrics: Mapping[str, Any]) -> str:
    """How the model stands beside its best baseline: ``above``, ``unclear``, ``learned``, ``not_above`` or ``unknown``.

    ``learned`` is ahead on videos that the model learned from, which is no merit.
    """
    name = best_baseline(metrics)
    if name is None:
        return "unknown"
    score, baselines = task_of(metrics).score, metrics["baselines"]
    if score.goodness(metrics) <= score.goodness(baselines[name]):
        return "not_above"
    if metrics.get("learned_from"):
        return "learned"
    # Clearly above means above every one of them: a weaker baseline may still be the harder one to tell apart.
    low = min(score.advantage(baseline["difference_ci95"])[0] for baseline in baselines.values())
    return "above" if low > 0 else "unclear"


def _comparison(metrics: Mapping[str, Any]) -> str:
    name, task = best_baseline(metrics), task_of(metrics)
    if name is None:
        return f"; there are no simple rules to compare it with{task.chance_text(metrics)}"
    words = {**BASELINE_WORDS, "majority": task.wording.majority}.get(name, name)
    rule = f"the best simple rule ({words}, {task.score.text(metrics['baselines'][name])})"
    return {
        "above": f" and clearly beats {rule}",
        "unclear": f" and is ahead of {rule}, but that may be luck",
        "learned": f" and is ahead of {rule}, which proves nothing here",
        "not_above": f", which is no better than {rule}: do not rely on it yet",
    }[standing(metrics)]
