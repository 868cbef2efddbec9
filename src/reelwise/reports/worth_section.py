"""The section that says what each part of a video is worth: every combination beside the whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.evaluation.percent import percent
from reelwise.evaluation.worth_words import worth_words

LOOKS = {
    "shuffled": ("Frames in another order", "the same frames, shuffled in time"),
    "middle_frame": ("The middle frame only", "one frame, shown again and again"),
}


@dataclass(frozen=True)
class WorthRow:
    """One way of showing the videos; everything in percent of the track.

    Args:
        title: What was shown.
        note: What was hidden or changed.
        difference: How far the score lies from the whole's, in words.
        percent: The score as text.
        value: The score.
        low: Of its interval.
        high: Of its interval.
        own: Whether this is the whole model.
    """

    title: str
    note: str
    difference: str
    percent: str
    value: float
    low: float
    high: float
    own: bool = False


@dataclass(frozen=True)
class Worth:
    """The section; either list of rows may be empty.

    Args:
        sentences: What the rows say, for a reader who looks at nothing else.
        parts: The whole first, then what is left of it when parts are hidden.
        time: The whole first, then the frames in another order.
        floor: The score that needs no look at the video, in percent.
        retrained: Whether a model was trained for each row.
        num_asked: Videos that were asked again; None for all.
    """

    sentences: tuple[str, ...]
    parts: tuple[WorthRow, ...]
    time: tuple[WorthRow, ...]
    floor: float
    retrained: bool
    num_asked: int | None


def worth(metrics: Mapping[str, Any]) -> Worth | None:
    """What the section shows; None where nothing was hidden, or scores are not shares of videos.

    Args:
        metrics: The content of metrics.json.
    """
    table, time = metrics.get("modalities") or {}, metrics.get("time") or {}
    if (len(table) < 2 and not time) or not table:
        return None
    name = max(table, key=lambda key: key.count("+"))
    whole = table[name]
    if "accuracy" not in whole:
        return None
    parts = name.split("+")
    own = _row(("The whole model", _listed(parts)), whole)
    rows = tuple(_row(_part_words(key, parts), entry) for key, entry in table.items() if key != name)
    looks = tuple(_row(LOOKS[key], entry) for key, entry in time.items() if key in LOOKS)
    majority = (metrics.get("baselines") or {}).get("majority")
    asked = [entry["num_videos"] for entry in (*table.values(), *time.values()) if "num_videos" in entry]
    return Worth(
        sentences=tuple(f"{words[:1].upper()}{words[1:]}." for words in worth_words(metrics)),
        parts=(own, *rows) if rows else (),
        time=(own, *looks) if looks else (),
        floor=100 * max(majority["accuracy"] if majority else 0.0, 1 / len(metrics["labels"])),
        retrained=any(entry.get("how") == "retrained" for entry in table.values()),
        num_asked=min(asked) if asked else None,
    )


def _row(words: tuple[str, str], entry: Mapping[str, Any]) -> WorthRow:
    low, high = entry["accuracy_ci95"]
    gap = entry.get("difference_ci95")
    difference = _difference_words(gap) if gap else ""
    score = entry["accuracy"]
    return WorthRow(*words, difference, percent(score), 100 * score, 100 * low, 100 * high, own=gap is None)


def _difference_words(gap: tuple[float, float]) -> str:
    """The paired interval of whole minus this one, in points."""
    low, high = sorted(abs(round(100 * value)) for value in gap)
    if gap[0] > 0 or gap[1] < 0:
        return f"{low} to {high} points {'less' if gap[0] > 0 else 'more'}"
    return "no clear difference"


def _part_words(name: str, parts: list[str]) -> tuple[str, str]:
    kept = name.split("+")
    hidden = [part for part in parts if part not in kept]
    title = f"{_listed(kept).capitalize()}{' alone' if len(kept) == 1 else ''}"
    return title, f"without {_listed(hidden)}"


def _listed(parts: list[str]) -> str:
    ordered = [part for part in MODALITIES if part in parts]
    return " and ".join([", ".join(ordered[:-1]), ordered[-1]] if len(ordered) > 1 else ordered)
