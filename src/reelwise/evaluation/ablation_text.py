"""The results of ablations in words: which modalities help a model, decided by paired confidence intervals alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.tasks import Metrics, Score, task_of

_SAME_WITHIN = 0.05
"""A difference whose interval stays within five points (or a twentieth of the floor's error) is called none."""

_CLEAR_LEAD = 0.1
"""Ten points (or a tenth of the floor's error) ahead of a constant prediction are worth a warning."""

Entry = Mapping[str, Any]
Table = Mapping[str, Entry]


@dataclass(frozen=True)
class ScoreScale:
    """How scores of one task are compared.

    Args:
        score: The score that decides.
        floor: The score of a constant prediction or a random order, for which no video is needed.
        unit: What a full step of the score is: 1 for shares, the floor's error for numbers.
    """

    score: Score
    floor: float
    unit: float = 1.0

    def text(self, entry: Entry) -> str:
        """``82 %``, or ``off by 2.3``."""
        return self.score.text(entry)

    def is_above_floor(self, entry: Entry) -> bool:
        """Whether the whole interval of the score is better than the floor."""
        if not self.score.has_interval(entry):
            return False
        low, high = self.score.ends(entry)
        return low > self.floor if self.score.rises else high < self.floor

    def advantage(self, entry: Entry) -> tuple[float, float]:
        """The interval of the whole model's lead over this ablation, in units; anything at all where there is none."""
        if entry["difference_ci95"] is None:
            return -math.inf, math.inf
        low, high = self.score.advantage(entry["difference_ci95"])
        return low / self.unit, high / self.unit

    def is_worse(self, entry: Entry | None) -> bool:
        """Whether this ablation is clearly worse than the whole model."""
        return entry is not None and self.advantage(entry)[0] > 0

    def is_same(self, entry: Entry) -> bool:
        """Whether this ablation is as good as the whole model, within :data:`_SAME_WITHIN`."""
        low, high = self.advantage(entry)
        return low > -_SAME_WITHIN and high < _SAME_WITHIN


def score_scale(metrics: Metrics) -> ScoreScale:
    """How the scores of a metrics.json are compared."""
    task = task_of(metrics)
    return ScoreScale(task.score, *task.floor(metrics))


def ablation_clauses(metrics: Metrics) -> list[str]:
    """Clauses in plain words: which modality helps, and whether the order of the frames matters.

    Args:
        metrics: With ``modalities`` and maybe ``time``, as in metrics.json.

    Returns:
        Nothing without ablations, otherwise one to three clauses, without capital and full stop.

    Example:
        >>> def entry(accuracy, low, high):
        ...     return {"accuracy": accuracy, "accuracy_ci95": [accuracy, accuracy], "difference_ci95": [low, high]}
        >>> table = {"frames+sound": {"accuracy": 0.93, "accuracy_ci95": [0.9, 0.96]},
        ...     "frames": entry(0.71, 0.15, 0.3), "sound": entry(0.8, 0.05, 0.2)}
        >>> ablation_clauses(Metrics({"labels": ["a", "b"], "modalities": table}))
        ['frames and sound both help (93 % together, 80 % without frames, 71 % without sound)']
    """
    table: Table = metrics.get("modalities") or {}
    whole = max(table, key=lambda name: name.count("+"), default="")
    if not table:
        return []
    scale = score_scale(metrics)
    if not scale.is_above_floor(table[whole]):
        return []  # No modality helps a model that is no better than a constant prediction.
    modalities = whole.split("+")
    clauses = _modality_clauses(table, whole, modalities, scale) if len(table) > 1 and len(modalities) > 1 else []
    without_frames = table.get(_without(modalities, "frames"))
    frames_are_idle = {"frames"} < set(modalities) and not scale.is_worse(without_frames)
    if "frames" not in modalities or frames_are_idle:
        return clauses
    return [*clauses, *_frame_order_clauses(metrics.get("time") or {}, table[whole], scale)]


def presence_caution(metrics: Metrics) -> str:
    """A caution where the label follows from which modalities a video has; empty where it does not.

    Args:
        metrics: With ``baselines`` and ``modalities``, as in metrics.json.
    """
    presence = (metrics.get("baselines") or {}).get("presence")
    if presence is None or not _leads_clearly(metrics, presence):
        return ""
    modalities = set(MODALITIES).intersection("+".join(metrics.get("modalities") or {}).split("+"))
    if {"sound", "metadata"} <= modalities:
        subject = "whether a video has sound and which fields are filled in"
    else:
        subject = "whether a video has sound" if "sound" in modalities else "which fields are filled in"
    verb = f"{task_of(metrics).wording.reaches} {score_scale(metrics).text(presence)}"
    return f"beware: {subject} already {verb} here, without any picture, sound or value"


def _leads_clearly(metrics: Metrics, entry: Entry) -> bool:
    """Whether a baseline is clearly, and by :data:`_CLEAR_LEAD` or more, better than a constant prediction."""
    scale = score_scale(metrics)
    lead = scale.score.goodness(entry) - (scale.floor if scale.score.rises else -scale.floor)
    return scale.is_above_floor(entry) and lead >= _CLEAR_LEAD * scale.unit


def _modality_clauses(table: Table, whole: str, modalities: Sequence[str], scale: ScoreScale) -> list[str]:
    without = {name: table[key] for name in modalities if (key := _without(modalities, name)) in table}
    helpful = [name for name in without if scale.is_worse(without[name])]
    harmful = [name for name in without if scale.advantage(without[name])[1] < 0]
    rest = [name for name in without if name not in helpful and name not in harmful]
    if not helpful and not harmful:
        return [_redundancy_clause(table, rest, scale)]
    clauses = [_help_clause(table, whole, without, helpful, scale)] if helpful else []
    if rest:
        clear = "" if all(scale.is_same(without[name]) for name in rest) else "clear "
        verb = "make" if rest != ["sound"] and rest != ["metadata"] else "makes"
        clauses.append(f"{_join_names(rest)} {verb} no {clear}difference")
    for name in harmful:
        scores = f"{scale.text(without[name])}, with {_pronoun(name)} {scale.text(table[whole])}"
        clauses.append(f"it does better without {name} ({scores})")
    return clauses


def _help_clause(table: Table, whole: str, without: Table, helpful: Sequence[str], scale: ScoreScale) -> str:
    full = scale.text(table[whole])
    if len(helpful) == 1:
        name = helpful[0]
        verb = "help" if name == "frames" else "helps"
        return f"{name} {verb} ({full} with {_pronoun(name)}, {scale.text(without[name])} without)"
    both = "both" if len(helpful) == 2 else "all"
    alone = [table[name] for name in helpful if name in table]
    if len(alone) == len(helpful) and not any(scale.is_above_floor(entry) for entry in alone):
        neither = "neither " + " nor ".join(helpful) if len(helpful) == 2 else f"none of {_join_names(helpful)}"
        scores = " and ".join(scale.text(entry) for entry in alone)
        return f"{neither} alone is enough ({scores}), only {both} together ({full})"
    each = ", ".join(f"{scale.text(without[name])} without {name}" for name in helpful)
    return f"{_join_names(helpful)} {both} help ({full} together, {each})"


def _redundancy_clause(table: Table, modalities: Sequence[str], scale: ScoreScale) -> str:
    """Where the model loses nothing without any one modality: which ones do as well alone."""
    sufficient = {name: table[name] for name in modalities if name in table and scale.is_same(table[name])}
    if not sufficient:
        return f"leaving out any one of {_join_names(modalities)} makes no clear difference"
    verb = "do" if list(sufficient) == ["frames"] else "does"
    scores = " and ".join(scale.text(entry) for entry in sufficient.values())
    return f"{' or '.join(sufficient)} alone {verb} as well ({scores})"


def _frame_order_clauses(time: Table, whole: Entry, scale: ScoreScale) -> list[str]:
    still_entry, shuffled_entry = time.get("middle_frame"), time.get("shuffled")
    if still_entry is not None and scale.is_same(still_entry):
        return [f"one frame from the middle does as well ({scale.text(still_entry)}), so motion plays no part"]
    if shuffled_entry is not None and scale.is_worse(shuffled_entry):
        return [
            f"the order of the frames matters ({scale.text(whole)} in order, {scale.text(shuffled_entry)} shuffled)"
        ]
    if shuffled_entry is not None and scale.is_same(shuffled_entry):
        return ["the order of the frames does not matter here"]
    return []


def _without(modalities: Sequence[str], name: str) -> str:
    return "+".join(other for other in modalities if other != name)


def _pronoun(name: str) -> str:
    return "them" if name == "frames" else "it"


def _join_names(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
