"""Which parts of a video help a model, in words, from paired intervals alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.evaluation.percent import percent

_NARROW = 0.05
_CLEARLY = 0.1

Table = Mapping[str, Mapping[str, Any]]


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
    if not table or "accuracy" not in table[whole] or table[whole]["accuracy_ci95"][0] <= _floor(metrics):
        return []  # of a model that knows nothing, no part is worth anything
    parts = whole.split("+")
    said = _parts(table, whole, parts, _floor(metrics)) if len(table) > 1 and len(parts) > 1 else []
    idle = len(parts) > 1 and not _lowers(table.get(_without(parts, "frames")))
    order = [] if "frames" not in parts or idle else _order(metrics.get("time") or {}, table[whole])
    return [*said, *order]


def presence_words(metrics: Mapping[str, Any]) -> str:
    """A caution where knowing which parts a video has already tells the class; empty where it does not.

    Args:
        metrics: With ``baselines`` and ``modalities``, as in metrics.json.
    """
    rival = (metrics.get("baselines") or {}).get("presence")
    floor = _floor(metrics)
    if rival is None or rival["accuracy_ci95"][0] <= floor or rival["accuracy"] < floor + _CLEARLY:
        return ""
    parts = set(MODALITIES).intersection("+".join(metrics.get("modalities") or {}).split("+"))
    told = {False: "which fields are filled in", True: "whether a video has sound"}["sound" in parts]
    told = "which parts a video has" if {"sound", "metadata"} <= parts else told
    return f"beware: {told} already tells {percent(rival['accuracy'])} here, before anything is seen or heard"


def _floor(metrics: Mapping[str, Any]) -> float:
    """What can be had without looking: the share of the commonest class, or that of guessing."""
    majority = (metrics.get("baselines") or {}).get("majority")
    return max(majority["accuracy"] if majority else 0.0, 1 / len(metrics["labels"]))


def _parts(table: Table, whole: str, parts: Sequence[str], floor: float) -> list[str]:
    without = {part: table[name] for part in parts if (name := _without(parts, part)) in table}
    helps = [part for part in without if _lowers(without[part])]
    harms = [part for part in without if without[part]["difference_ci95"][1] < 0]
    rest = [part for part in without if part not in helps and part not in harms]
    said = _helping(table, whole, without, helps, floor) if helps else []
    if not helps and not harms:
        return [_any_will_do(table, rest)]
    if rest:
        narrow = all(_is_narrow(without[part]) for part in rest)
        verb = "make" if rest != ["sound"] and rest != ["metadata"] else "makes"
        said.append(f"{_listed(rest)} {verb} no {'' if narrow else 'clear '}difference")
    for part in harms:
        said.append(f"it does better without {part} ({_score(without[part])}, with {_it(part)} {_score(table[whole])})")
    return said


def _helping(table: Table, whole: str, without: Table, helps: Sequence[str], floor: float) -> list[str]:
    full = _score(table[whole])
    if len(helps) == 1:
        part = helps[0]
        verb = "help" if part == "frames" else "helps"
        return [f"{part} {verb} ({full} with {_it(part)}, {_score(without[part])} without)"]
    alone = [table[part] for part in helps if part in table]
    if alone and all(entry["accuracy_ci95"][0] <= floor for entry in alone) and len(alone) == len(helps):
        neither = "neither " + " nor ".join(helps) if len(helps) == 2 else f"none of {_listed(helps)}"
        scores = " and ".join(_score(entry) for entry in alone)
        both = "both" if len(helps) == 2 else "all"
        return [f"{neither} alone is enough ({scores}), only {both} together ({full})"]
    each = ", ".join(f"{_score(without[part])} without {part}" for part in helps)
    return [f"{_listed(helps)} {'both' if len(helps) == 2 else 'all'} help ({full} together, {each})"]


def _any_will_do(table: Table, parts: Sequence[str]) -> str:
    alone = {part: table[part] for part in parts if part in table}
    enough = {part: entry for part, entry in alone.items() if _is_narrow(entry)}
    if len(enough) > 1:
        scores = " and ".join(_score(entry) for entry in enough.values())
        return f"{' or '.join(enough)} alone does as well ({scores})"
    if enough:
        return (
            f"{next(iter(enough))} alone {'do' if 'frames' in enough else 'does'} as well ({_score(*enough.values())})"
        )
    return f"no single part of {_listed(parts)} makes a clear difference"


def _order(time: Table, whole: Mapping[str, Any]) -> list[str]:
    still, shuffled = time.get("middle_frame"), time.get("shuffled")
    if still is not None and _is_narrow(still):
        return [f"one frame from the middle does as well ({_score(still)}), so motion plays no part"]
    if shuffled is not None and _lowers(shuffled):
        return [f"the order of the frames matters ({_score(whole)} in order, {_score(shuffled)} shuffled)"]
    if shuffled is not None and _is_narrow(shuffled):
        return ["the order of the frames does not matter here"]
    return []


def _lowers(entry: Mapping[str, Any] | None) -> bool:
    return entry is not None and entry["difference_ci95"][0] > 0


def _is_narrow(entry: Mapping[str, Any]) -> bool:
    low, high = entry["difference_ci95"]
    return low > -_NARROW and high < _NARROW


def _without(parts: Sequence[str], part: str) -> str:
    return "+".join(name for name in parts if name != part)


def _score(entry: Mapping[str, Any]) -> str:
    return percent(entry["accuracy"])


def _it(part: str) -> str:
    return "them" if part == "frames" else "it"


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
