"""The section that says what each part of a video is worth: every combination beside the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.evaluation.percent import plain_number
from reelwise.evaluation.scores import score_of
from reelwise.evaluation.worth_words import Yardstick, worth_words, yardstick

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
        error: Whether shorter bars are better.
    """

    sentences: tuple[str, ...]
    parts: tuple[WorthRow, ...]
    time: tuple[WorthRow, ...]
    floor: float
    retrained: bool
    num_asked: int | None
    error: bool = False


def worth(metrics: Mapping[str, Any]) -> Worth | None:
    """What the section shows; None where nothing was hidden.

    Args:
        metrics: The content of metrics.json.
    """
    table, time = metrics.get("modalities") or {}, metrics.get("time") or {}
    if (len(table) < 2 and not time) or not table:
        return None
    name = max(table, key=lambda key: key.count("+"))
    parts = name.split("+")
    track = _Track(yardstick(metrics), [*table.values(), *time.values()])
    own = track.row(("The whole model", _listed(parts)), table[name])
    rows = tuple(track.row(_part_words(key, parts), entry) for key, entry in table.items() if key != name)
    looks = tuple(track.row(LOOKS[key], entry) for key, entry in time.items() if key in LOOKS)
    asked = [entry["num_videos"] for entry in (*table.values(), *time.values()) if "num_videos" in entry]
    return Worth(
        sentences=tuple(f"{words[:1].upper()}{words[1:]}." for words in worth_words(metrics)),
        parts=(own, *rows) if rows else (),
        time=(own, *looks) if looks else (),
        floor=track.place(track.by.floor),
        retrained=any(entry.get("how") == "retrained" for entry in table.values()),
        num_asked=min(asked) if asked else None,
        error=not track.score.rises,
    )


class _Track:
    """Where scores lie on the track of a bar: shares as they are, errors beside the largest of them."""

    def __init__(self, by: Yardstick, entries: Sequence[Mapping[str, Any]]) -> None:
        self.by, self.score = by, score_of(by.task)
        ends = [entry[f"{self.score.name}_ci95"][1] for entry in entries]
        self._full = 1.0 if self.score.rises else 1.05 * max([by.floor, *ends]) or 1.0

    def place(self, value: float) -> float:
        """In percent of the track."""
        return 100 * min(1.0, value / self._full)

    def row(self, words: tuple[str, str], entry: Mapping[str, Any]) -> WorthRow:
        low, high = (self.place(end) for end in entry[f"{self.score.name}_ci95"])
        difference = self._difference(entry) if "difference_ci95" in entry else ""
        value = self.place(entry[self.score.name])
        text = self.by.number(entry)
        return WorthRow(*words, difference, text, value, low, high, own=not difference)

    def _difference(self, entry: Mapping[str, Any]) -> str:
        """The paired interval in points, or in the number's own unit."""
        at_least, at_most = self.by.gap(entry)
        if at_least <= 0 <= at_most:
            return "no clear difference"
        low, high = sorted((abs(at_least), abs(at_most)))
        if self.score.rises:
            return f"{round(100 * low)} to {round(100 * high)} points {'less' if at_least > 0 else 'more'}"
        low, high = (plain_number(end * self.by.unit, 2) for end in (low, high))
        return f"{low} to {high} {'worse' if at_least > 0 else 'better'}"


def _part_words(name: str, parts: list[str]) -> tuple[str, str]:
    kept = name.split("+")
    hidden = [part for part in parts if part not in kept]
    title = f"{_listed(kept).capitalize()}{' alone' if len(kept) == 1 else ''}"
    return title, f"without {_listed(hidden)}"


def _listed(parts: list[str]) -> str:
    ordered = [part for part in MODALITIES if part in parts]
    return " and ".join([", ".join(ordered[:-1]), ordered[-1]] if len(ordered) > 1 else ordered)
