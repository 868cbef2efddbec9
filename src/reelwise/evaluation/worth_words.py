"""Which parts of a video help a model, in words, from paired intervals alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.tasks import Score, task_of

_NARROW = 0.05
_CLEARLY = 0.1

Entry = Mapping[str, Any]
Table = Mapping[str, Entry]


@dataclass(frozen=True)
class Yardstick:
    """How scores of one task are read.

    Args:
        score: The score that decides.
        floor: The score that needs no look at the video: of the commonest class, of a random order, of one same number.
        unit: What a full step of the score is: 1 for shares, the floor's error for numbers.
    """

    score: Score
    floor: float
    unit: float = 1.0

    def text(self, entry: Entry) -> str:
        """``82 %``, or ``off by 2.3``."""
        return self.score.text(entry)

    def knows(self, entry: Entry) -> bool:
        """Whether it is clearly better than the floor."""
        low, high = entry[f"{self.score.name}_ci95"]
        return low > self.floor if self.score.rises else high < self.floor

    def gap(self, entry: Entry) -> tuple[float, float]:
        """By how much the whole is better than this, at least and at most, in units."""
        low, high = self.score.advantage(entry["difference_ci95"])
        return low / self.unit, high / self.unit

    def lowers(self, entry: Entry | None) -> bool:
        """Whether this is clearly worse than the whole."""
        return entry is not None and self.gap(entry)[0] > 0

    def same(self, entry: Entry) -> bool:
        """Whether this is as good as the whole, give or take a twentieth."""
        low, high = self.gap(entry)
        return low > -_NARROW and high < _NARROW


def yardstick(metrics: Mapping[str, Any]) -> Yardstick:
    """How the scores of a metrics.json are read."""
    task = task_of(metrics)
    return Yardstick(task.score, *task.floor(metrics))


def worth_words(metrics: Mapping[str, Any]) -> list[str]:
    """Clauses of plain words: which part helps, what the order of frames is worth.

    Args:
        metrics: With ``modalities`` and maybe ``time``, as in metrics.json.

    Returns:
        Nothing where nothing was hidden, otherwise one to three clauses, without capital and full stop.

    Example:
        >>> def entry(accuracy, low, high):
        ...     return {"accuracy": accuracy, "accuracy_ci95": [accuracy, accuracy], "difference_ci95": [low, high]}
        >>> table = {"frames+sound": {"accuracy": 0.93, "accuracy_ci95": [0.9, 0.96]},
        ...     "frames": entry(0.71, 0.15, 0.3), "sound": entry(0.8, 0.05, 0.2)}
        >>> worth_words({"labels": ["a", "b"], "modalities": table})
        ['frames and sound both help (93 % together, 80 % without frames, 71 % without sound)']
    """
    table: Table = metrics.get("modalities") or {}
    whole = max(table, key=lambda name: name.count("+"), default="")
    if not table:
        return []
    by = yardstick(metrics)
    if not by.knows(table[whole]):
        return []  # of a model that knows nothing, no part is worth anything
    parts = whole.split("+")
    said = _parts(table, whole, parts, by) if len(table) > 1 and len(parts) > 1 else []
    idle = {"frames"} < set(parts) and not by.lowers(table.get(_without(parts, "frames")))
    order = [] if "frames" not in parts or idle else _order(metrics.get("time") or {}, table[whole], by)
    return [*said, *order]


def presence_words(metrics: Mapping[str, Any]) -> str:
    """A caution where knowing which parts a video has already tells the answer; empty where it does not.

    Args:
        metrics: With ``baselines`` and ``modalities``, as in metrics.json.
    """
    rival = (metrics.get("baselines") or {}).get("presence")
    if rival is None or not tells(metrics, rival):
        return ""
    parts = set(MODALITIES).intersection("+".join(metrics.get("modalities") or {}).split("+"))
    told = {False: "which fields are filled in", True: "whether a video has sound"}["sound" in parts]
    told = "which parts a video has" if {"sound", "metadata"} <= parts else told
    by = yardstick(metrics)
    verb = f"{task_of(metrics).wording.reaches} {by.text(rival)}"
    return f"beware: {told} already {verb} here, before anything is seen or heard"


def tells(metrics: Mapping[str, Any], entry: Entry) -> bool:
    """Whether a rule is clearly, and by a tenth or more, better than not looking at all."""
    by = yardstick(metrics)
    lead = by.score.goodness(entry) - (by.floor if by.score.rises else -by.floor)
    return by.knows(entry) and lead >= _CLEARLY * by.unit


def _parts(table: Table, whole: str, parts: Sequence[str], by: Yardstick) -> list[str]:
    without = {part: table[name] for part in parts if (name := _without(parts, part)) in table}
    helps = [part for part in without if by.lowers(without[part])]
    harms = [part for part in without if by.gap(without[part])[1] < 0]
    rest = [part for part in without if part not in helps and part not in harms]
    if not helps and not harms:
        return [_any_will_do(table, rest, by)]
    said = _helping(table, whole, without, helps, by) if helps else []
    if rest:
        narrow = all(by.same(without[part]) for part in rest)
        verb = "make" if rest != ["sound"] and rest != ["metadata"] else "makes"
        said.append(f"{_listed(rest)} {verb} no {'' if narrow else 'clear '}difference")
    for part in harms:
        scores = f"{by.text(without[part])}, with {_it(part)} {by.text(table[whole])}"
        said.append(f"it does better without {part} ({scores})")
    return said


def _helping(table: Table, whole: str, without: Table, helps: Sequence[str], by: Yardstick) -> list[str]:
    full = by.text(table[whole])
    if len(helps) == 1:
        part = helps[0]
        verb = "help" if part == "frames" else "helps"
        return [f"{part} {verb} ({full} with {_it(part)}, {by.text(without[part])} without)"]
    alone = [table[part] for part in helps if part in table]
    if len(alone) == len(helps) and not any(by.knows(entry) for entry in alone):
        neither = "neither " + " nor ".join(helps) if len(helps) == 2 else f"none of {_listed(helps)}"
        scores = " and ".join(by.text(entry) for entry in alone)
        both = "both" if len(helps) == 2 else "all"
        return [f"{neither} alone is enough ({scores}), only {both} together ({full})"]
    each = ", ".join(f"{by.text(without[part])} without {part}" for part in helps)
    return [f"{_listed(helps)} {'both' if len(helps) == 2 else 'all'} help ({full} together, {each})"]


def _any_will_do(table: Table, parts: Sequence[str], by: Yardstick) -> str:
    enough = {part: table[part] for part in parts if part in table and by.same(table[part])}
    if len(enough) > 1:
        scores = " and ".join(by.text(entry) for entry in enough.values())
        return f"{' or '.join(enough)} alone does as well ({scores})"
    if enough:
        part, found = enough.popitem()
        return f"{part} alone {'do' if part == 'frames' else 'does'} as well ({by.text(found)})"
    return f"no single part of {_listed(parts)} makes a clear difference"


def _order(time: Table, whole: Entry, by: Yardstick) -> list[str]:
    still, shuffled = time.get("middle_frame"), time.get("shuffled")
    if still is not None and by.same(still):
        return [f"one frame from the middle does as well ({by.text(still)}), so motion plays no part"]
    if shuffled is not None and by.lowers(shuffled):
        return [f"the order of the frames matters ({by.text(whole)} in order, {by.text(shuffled)} shuffled)"]
    if shuffled is not None and by.same(shuffled):
        return ["the order of the frames does not matter here"]
    return []


def _without(parts: Sequence[str], part: str) -> str:
    return "+".join(name for name in parts if name != part)


def _it(part: str) -> str:
    return "them" if part == "frames" else "it"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
