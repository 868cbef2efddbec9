"""The section on ablations: the model with some modalities masked, or the frames shuffled, beside the whole model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwise.core.modalities import MODALITIES
from reelwise.core.number_text import plain_number
from reelwise.evaluation.ablation_text import ScoreScale, ablation_clauses, score_scale
from reelwise.tasks import Metrics

TIME_ABLATIONS = {
    "shuffled": ("Frames shuffled", "the same frames in random order"),
    "middle_frame": ("Middle frame only", "one frame, repeated"),
}


@dataclass(frozen=True)
class AblationRow:
    """One test of the model on the same videos; places are in percent of the bar.

    Args:
        title: What the model had.
        note: What was masked or changed.
        difference: From the whole model's score, in words; empty for the whole model.
        percent: The score as text, with its unit.
        value: Where the score stands.
        low: Where its confidence interval begins.
        high: Where it ends.
        own: Whether this row is the whole model.
    """

    title: str
    note: str
    difference: str
    percent: str
    value: float
    low: float
    high: float
    own: bool = False

    @property
    def has_interval(self) -> bool:
        """Whether it is known how far off the score may be."""
        return self.high > self.low


@dataclass(frozen=True)
class AblationSection:
    """The section; either list of rows may be empty.

    Args:
        sentences: What the rows say, for a reader who reads nothing else.
        parts: The whole model first, then each ablation of modalities.
        time: The whole model first, then the frames in another order.
        floor: Where the score of a constant prediction stands, in percent of the bar.
        was_retrained: Whether a model was trained for each row.
        num_videos: Test videos that were ablated; None for all.
        error: Whether the score is an error, so that shorter bars are better.
    """

    sentences: tuple[str, ...]
    parts: tuple[AblationRow, ...]
    time: tuple[AblationRow, ...]
    floor: float
    was_retrained: bool
    num_videos: int | None
    error: bool = False

    @property
    def has_intervals(self) -> bool:
        """Whether a row has one, so that the thin line is there to be explained."""
        return any(row.has_interval for row in (*self.parts, *self.time))


def ablation_section(metrics: Metrics) -> AblationSection | None:
    """The section; None without ablations.

    Args:
        metrics: The content of metrics.json.
    """
    table, time = metrics.get("modalities") or {}, metrics.get("time") or {}
    if (len(table) < 2 and not time) or not table:
        return None
    name = max(table, key=lambda key: key.count("+"))
    parts = name.split("+")
    track = _Track(score_scale(metrics), [*table.values(), *time.values()])
    own = track.row(("The whole model", _join_names(parts)), table[name])
    rows = tuple(track.row(_part_words(key, parts), entry) for key, entry in table.items() if key != name)
    time_rows = tuple(track.row(TIME_ABLATIONS[key], entry) for key, entry in time.items() if key in TIME_ABLATIONS)
    counts = [entry["num_videos"] for entry in (*table.values(), *time.values()) if "num_videos" in entry]
    return AblationSection(
        sentences=tuple(f"{words[:1].upper()}{words[1:]}." for words in ablation_clauses(metrics)),
        parts=(own, *rows) if rows else (),
        time=(own, *time_rows) if time_rows else (),
        floor=track.place(track.scale.floor),
        was_retrained=any(entry.get("how") == "retrained" for entry in table.values()),
        num_videos=min(counts) if counts else None,
        error=not track.score.rises,
    )


class _Track:
    """Turns scores into places on a bar: shares as they are, errors in relation to the largest of them."""

    def __init__(self, scale: ScoreScale, entries: Sequence[Mapping[str, Any]]) -> None:
        self.scale, self.score = scale, scale.score
        ends = [self.score.ends(entry)[1] for entry in entries]
        self._full = 1.0 if self.score.rises else 1.05 * max([scale.floor, *ends]) or 1.0

    def place(self, value: float) -> float:
        """In percent of the bar."""
        return 100 * min(1.0, value / self._full)

    def row(self, words: tuple[str, str], entry: Mapping[str, Any]) -> AblationRow:
        low, high = (self.place(end) for end in self.score.ends(entry))
        difference = self._difference(entry) if "difference_ci95" in entry else ""
        value = self.place(entry[self.score.name])
        text = self.score.number(entry[self.score.name])
        return AblationRow(*words, difference, text, value, low, high, own=not difference)

    def _difference(self, entry: Mapping[str, Any]) -> str:
        """The paired interval in points, or in the number's own unit."""
        at_least, at_most = self.scale.advantage(entry)
        if at_least <= 0 <= at_most:
            return "no clear difference"
        low, high = sorted((abs(at_least), abs(at_most)))
        if self.score.rises:
            return f"{round(100 * low)} to {round(100 * high)} points {'less' if at_least > 0 else 'more'}"
        low, high = (plain_number(end * self.scale.unit, 2) for end in (low, high))
        return f"{low} to {high} {'worse' if at_least > 0 else 'better'}"


def _part_words(name: str, parts: list[str]) -> tuple[str, str]:
    present = name.split("+")
    without = [part for part in parts if part not in present]
    title = f"{_join_names(present).capitalize()}{' alone' if len(present) == 1 else ''}"
    return title, f"without {_join_names(without)}"


def _join_names(parts: list[str]) -> str:
    names = [part for part in MODALITIES if part in parts]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
