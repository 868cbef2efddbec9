"""The verdict: one sentence that tells a non-specialist how far to trust a model."""

from typing import Any, Literal

from reelwise.evaluation.ablation_text import ablation_clauses, presence_caution
from reelwise.tasks import Metrics, task_of

Standing = Literal["above", "unclear", "trained_on", "enough", "not_above", "unknown"]
"""How a model compares with its best baseline; ``trained_on``: it leads, but on videos that it was trained on;
``enough``: both are nearly perfect."""

BASELINE_WORDS = {
    "container": "file size and length alone",
    "single_frame": "one still picture",
    "motion_energy": "where the picture moves",
    "presence": "whether sound or metadata is there",
}
"""What each baseline goes by, as the verdict names it; ``majority`` is named by the task."""

BASELINE_TITLES = {
    "container": "File facts alone",
    "single_frame": "One still picture",
    "motion_energy": "Where it moves",
    "presence": "What is present",
}
"""The same as titles in the report."""

_NEARLY_PERFECT = 0.95
"""Score of a model and of a simple rule from which on there is nothing left to be better in."""

_LEADS: tuple[Standing, ...] = ("above", "unclear", "trained_on")
"""Standings with a better score than the best baseline, whether that means anything or not."""


def verdict(metrics: Metrics) -> str:
    """The score, whether a baseline does as well, which modalities help, and the cautions.

    Args:
        metrics: The other fields of metrics.json; ``baselines`` with ``difference_ci95`` each, or empty.

    Returns:
        One sentence in plain words.

    Example:
        >>> metrics = Metrics({"num_videos": 96, "labels": ["a", "b"], "accuracy": 0.823, "accuracy_ci95": [0.74, 0.89],
        ...     "per_class": {"a": {"support": 48}, "b": {"support": 48}}, "confusion": [[40, 8], [9, 39]],
        ...     "baselines": {"motion_energy": {
        ...         "accuracy": 0.72, "accuracy_ci95": [0.62, 0.8], "difference_ci95": [0.03, 0.18]}}})
        >>> for clause in verdict(metrics).split(" and clearly "):
        ...     print(clause)
        Gets about 8 of 10 videos right (82 %, likely between 74 and 89 %)
        beats the best simple rule (where the picture moves, 72 %).
    """
    statement, cautions = verdict_parts(metrics)
    return "; ".join([statement, *ablation_clauses(metrics), *cautions]) + "."


def verdict_parts(metrics: Metrics) -> tuple[str, list[str]]:
    """The statement and the cautions of :func:`verdict`, for a page that shows them apart; without full stops."""
    task = task_of(metrics)
    learned_from = metrics.get("learned_from") or 0
    training_caution = training_videos_caution(learned_from, metrics.num_videos) if task.scores_videos else ""
    cautions = [training_caution, *task.cautions(metrics), presence_caution(metrics)]
    # The statement of a task of numbers has a comma already, so that "and" needs one before it.
    comma = "," if not task.score.rises and standing(metrics) in _LEADS else ""
    return f"{task.verdict(metrics)}{comma}{_comparison(metrics)}", [caution for caution in cautions if caution]


def training_videos_caution(learned_from: int, num_videos: int) -> str:
    """A caution that the model is tested on its own training videos; without full stop, empty if it is not.

    Args:
        learned_from: How many of the test videos it was trained on.
        num_videos: Test videos.

    Example:
        >>> training_videos_caution(5, 18)
        'the model was trained on 5 of these 18 videos: this score is too good'
        >>> training_videos_caution(18, 18)
        'the model was trained on 18 of these 18 videos: this score says nothing about new ones'
    """
    if not learned_from:
        return ""
    videos = "this very video" if num_videos == 1 else f"{learned_from} of these {num_videos} videos"
    consequence = "is too good" if learned_from < num_videos else "says nothing about new ones"
    return f"the model was trained on {videos}: this score {consequence}"


def shown_baselines(metrics: Metrics) -> dict[str, dict[str, Any]]:
    """The baselines by name, none of the constant predictions lower than what guessing gets on these videos.

    On stratified folds the most frequent class of the training videos is often a rare one of the test videos, so that
    always predicting it scores less than chance, which is nothing that a model has to be praised for beating. The share
    that guessing gets is known, so how far the model is ahead of it is the model's own interval, moved.
    """
    baselines, task = dict(metrics.get("baselines") or {}), task_of(metrics)
    if "majority" in baselines and task.score.rises and task.score.is_share:
        name, floor = task.score.name, task.floor(metrics)[0]
        if floor > baselines["majority"][name]:
            interval = metrics.get(f"{name}_ci95")
            ahead = interval and [end - floor for end in interval]
            guess = {name: floor, f"{name}_ci95": None, "difference_ci95": ahead}
            baselines["majority"] = {**baselines["majority"], **guess}
    return baselines


def best_baseline(metrics: Metrics) -> str | None:
    """The name of the strongest baseline; None when there are none. Of equals the first."""
    baselines, score = shown_baselines(metrics), task_of(metrics).score
    return max(baselines, key=lambda name: score.goodness(baselines[name])) if baselines else None


def standing(metrics: Metrics) -> Standing:
    """How the model compares with its baselines; ``unknown`` where there are none."""
    name = best_baseline(metrics)
    if name is None:
        return "unknown"
    score, baselines = task_of(metrics).score, shown_baselines(metrics)
    is_above = score.goodness(metrics) > score.goodness(baselines[name])
    if metrics.get("learned_from") and is_above:
        return "trained_on"
    if is_above and _is_clearly_above(metrics, baselines):
        return "above"
    is_share = score.rises and score.is_share and not metrics.get("learned_from")
    if is_share and min(metrics[score.name], baselines[name][score.name]) >= _NEARLY_PERFECT:
        interval = metrics.get(f"{score.name}_ci95")
        if interval and interval[0] > task_of(metrics).floor(metrics)[0]:  # a few right answers may be guesses
            return "enough"
    return "unclear" if is_above else "not_above"


def _is_clearly_above(metrics: Metrics, baselines: dict[str, dict[str, Any]]) -> bool:
    # A weaker baseline may have the wider interval, so the model must be clearly above every one of them.
    differences = [baseline["difference_ci95"] for baseline in baselines.values()]
    if None in differences:  # too few videos for an interval
        return False
    score = task_of(metrics).score
    low = min(score.advantage(difference)[0] for difference in differences)
    return low > 0


def _comparison(metrics: Metrics) -> str:
    name, task = best_baseline(metrics), task_of(metrics)
    if name is None:
        return f"; there are no simple rules to compare it with{task.chance_text(metrics)}"
    words = {**BASELINE_WORDS, "majority": task.wording.majority, **task.baseline_words}.get(name, name)
    entry = shown_baselines(metrics)[name]
    baseline = f"the best simple rule ({words}, {task.score.text(entry)})"
    return {
        "above": f" and clearly beats {baseline}",
        "unclear": f" and is ahead of {baseline}, but that may be luck",
        "trained_on": f" and is ahead of {baseline}, which proves nothing here",
        "enough": f"; a simple rule is enough here ({words}, {task.score.text(entry)})",
        "not_above": f", which is no better than {baseline}: do not rely on it yet",
    }[standing(metrics)]
