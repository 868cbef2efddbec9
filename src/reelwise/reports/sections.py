"""What each section of the report says, worked out from the numbers; the template only lays it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from reelwise.core.number_text import percent
from reelwise.evaluation.verdict import BASELINE_TITLES, shown_baselines, standing, verdict, verdict_parts
from reelwise.metrics.calibration import ReliabilityBin, reliability_curve
from reelwise.reports.charts import history_lines, line_chart, number_axes, reliability_chart, share_axes
from reelwise.reports.report_data import ReportData
from reelwise.tasks import Metrics, Score, task_of
from reelwise.tasks.metrics import ClassificationMetrics
from reelwise.training.objective import VALIDATION_PREFIX, Metric

MAX_MATRIX_CLASSES = 20
"""A confusion matrix with more classes cannot be read; the most frequent mix-ups are listed instead."""

MAX_PAIRS = 20
"""Mix-ups that are listed."""

BASELINE_NOTES = {
    "container": "sees size, length, frame rate and sound format of the file, but no picture",
    "single_frame": "sees the outlines of the middle frame only",
    "motion_energy": "sees only where and when something moves, on a 12 × 9 grid",
    "presence": "sees only whether a video has sound and which metadata are filled in",
}
STANDINGS = {
    "above": ("good", "Beats every simple rule"),
    "unclear": ("warn", "Ahead, but it may be luck"),
    "enough": ("good", "A simple rule is enough here"),
    "trained_on": ("bad", "Tested on videos it was trained on"),
    "not_above": ("bad", "No better than a simple rule"),
    "unknown": ("plain", "Nothing to compare with"),
}


@dataclass(frozen=True)
class Bar:
    """A row of the comparison: places in percent of the track; ``percent`` and ``ends`` are the score as text.

    Without an interval ``ends`` is None, and ``low`` and ``high`` are where the score is.
    """

    title: str
    note: str
    percent: str
    value: float
    low: float
    high: float
    own: bool
    ends: tuple[str, str] | None


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix: its count, its style class, and what it means in words."""

    count: int
    style: str
    meaning: str


@dataclass(frozen=True)
class Pair:
    """Two classes that are mixed up: ``count`` videos of ``label`` were called ``prediction``."""

    label: str
    prediction: str
    count: int
    share: str


@dataclass(frozen=True)
class ClassRow:
    """A row of the class by class table; shares are None where there is nothing to divide by."""

    label: str
    support: int
    recall: float | None
    precision: float | None
    f1: float


@dataclass(frozen=True)
class Calibration:
    """The reliability diagram and what it says."""

    chart: Markup
    sentence: str


@dataclass(frozen=True)
class Chart:
    """A title and its picture."""

    title: str
    picture: Markup


@dataclass(frozen=True)
class Curves:
    """The objective's metrics over epochs, where they were measured."""

    charts: tuple[Chart, ...]
    num_folds: int
    has_val: bool


def comparison(metrics: Metrics) -> list[Bar]:
    """The model first, then its baselines from best to worst; nothing where the model has no score."""
    task, baselines = task_of(metrics), shown_baselines(metrics)
    if metrics.get(task.score.name) is None:  # refused or not measured, as the verdict says
        return []
    track = _Track(task.score, [metrics, *baselines.values()])
    bars = [track.bar("This model", "", metrics, own=True)]
    notes = {**BASELINE_NOTES, "majority": task.wording.majority_note, **task.baseline_notes}
    titles = {**BASELINE_TITLES, "majority": task.wording.majority_title, **task.baseline_titles}
    for name in sorted(baselines, key=lambda name: -task.score.goodness(baselines[name])):
        bars.append(track.bar(str(titles.get(name, name)), notes.get(name, ""), baselines[name], own=False))
    return bars


def badge(metrics: Metrics) -> tuple[str, str]:
    """(style, words) of how the model stands beside its baselines."""
    return STANDINGS[standing(metrics)]


def headline(metrics: Metrics) -> tuple[str, list[str]]:
    """The verdict as one large sentence and its cautions as sentences of their own."""
    if metrics.verdict != verdict(metrics):
        return metrics.verdict, []  # written by another version: shown as it stands
    statement, cautions = verdict_parts(metrics)
    return f"{statement}.", [f"{caution[:1].upper()}{caution[1:]}." for caution in cautions]


def confusion_table(metrics: ClassificationMetrics) -> list[list[Cell]] | None:
    """The matrix row by row, shaded by the share of its row; None when it has too many classes to be read."""
    labels, confusion = metrics.labels, metrics.confusion
    if len(labels) > MAX_MATRIX_CLASSES:
        return None
    return [_confusion_row(labels, i, row) for i, row in enumerate(confusion)]


def confused_pairs(metrics: ClassificationMetrics) -> list[Pair]:
    """The mix-ups that happen most, most frequent first."""
    labels, confusion = metrics.labels, metrics.confusion
    mix_ups = [(count, i, j) for i, row in enumerate(confusion) for j, count in enumerate(row) if count and i != j]
    mix_ups.sort(key=lambda item: (-item[0], item[1], item[2]))
    return [Pair(labels[i], labels[j], n, percent(n / sum(confusion[i]))) for n, i, j in mix_ups[:MAX_PAIRS]]


def class_rows(metrics: ClassificationMetrics) -> list[ClassRow]:
    """Class by class, the hardest first; classes without videos last."""
    num_predictions = [sum(column) for column in zip(*metrics.confusion, strict=True)]
    rows = [
        ClassRow(
            label,
            entry["support"],
            entry["recall"] if entry["support"] else None,
            entry["precision"] if num_predictions[i] else None,
            entry["f1"],
        )
        for i, (label, entry) in enumerate((label, metrics.per_class[label]) for label in metrics.labels)
    ]
    return sorted(rows, key=lambda row: (row.support == 0, row.f1))


def calibration(data: ReportData) -> Calibration | None:
    """How far the model's own probabilities can be believed; None without predictions."""
    if data.predictions is None:
        return None
    bins = reliability_curve(data.predictions.y_true, data.predictions.probs)
    sentence = _calibration_sentence(bins, ClassificationMetrics(data.metrics))
    return Calibration(reliability_chart(bins, f"Reliability diagram. {sentence}"), sentence)


def curves(history: Sequence[Mapping[str, Any]], metrics: Sequence[Metric]) -> Curves | None:
    """How training went; None without history.

    Args:
        history: Rows of history.csv.
        metrics: Those of the training's objective; the last is shown first.
    """
    if not history:
        return None
    num_epochs = max(int(float(row["epoch"])) for row in history)
    num_folds = len({row.get("fold") for row in history})
    has_val = any(history_lines(history, f"{VALIDATION_PREFIX}{metric.name}", "val") for metric in metrics)
    style = "train" if has_val else "only"
    pictures = [(metric.title, _curve(history, metric, num_epochs, style)) for metric in reversed(metrics)]
    charts = tuple(Chart(title, picture) for title, picture in pictures if picture is not None)
    return Curves(charts, num_folds, has_val)


def _curve(history: Sequence[Mapping[str, Any]], metric: Metric, num_epochs: int, style: str) -> Markup | None:
    """One metric on training and validation data; None where it was not measured."""
    validation = history_lines(history, f"{VALIDATION_PREFIX}{metric.name}", "val")
    lines = history_lines(history, metric.name, style) + validation
    heights = sorted(y for line in lines for _, y in line.points)
    if not heights:
        return None
    if metric.is_share:
        return line_chart(lines, share_axes(num_epochs), _ends(metric.title, lines, "{:.0%}"))
    # One wild first epoch must not flatten the rest of the curve.
    top = min(heights[-1], 2 * heights[int(0.9 * (len(heights) - 1))])
    return line_chart(lines, number_axes(num_epochs, top), _ends(metric.title, lines, "{:.2f}"))


def _ends(name: str, lines: Sequence[Any], form: str) -> str:
    whole = [line for line in lines if line.points and "faint" not in line.style]
    words = {"train": "training", "only": "training", "val": "validation"}
    ranges = [
        f"{words[line.style]} from {form.format(line.points[0][1])} to {form.format(line.points[-1][1])}"
        for line in whole
    ]
    return f"{name} over the epochs: {', '.join(ranges)}."


class _Track:
    """Where scores lie on a bar: shares as they are, errors beside the largest of them."""

    def __init__(self, score: Score, entries: Sequence[Mapping[str, Any]]) -> None:
        self.score = score
        self.full = 1.0 if score.is_share else max(score.ends(entry)[1] for entry in entries) or 1.0

    def bar(self, title: str, note: str, entry: Mapping[str, Any], *, own: bool) -> Bar:
        value, (low, high) = entry[self.score.name], self.score.ends(entry)
        value_at, low_at, high_at = (100 * number / self.full for number in (value, low, high))
        ends = self.score.interval_text((low, high)) if self.score.has_interval(entry) else None
        return Bar(title, note, self.score.number(value), value_at, low_at, high_at, own, ends)


def _confusion_row(labels: Sequence[str], i: int, row: Sequence[int]) -> list[Cell]:
    total = sum(row)
    cells = []
    for j, count in enumerate(row):
        level = min(8, max(1, round(8 * count / total))) if count else 0
        style = f"{'right' if i == j else 'wrong'} level-{level}" if count else "none"
        meaning = f"{count} of {total} “{labels[i]}” called “{labels[j]}”"
        cells.append(Cell(count, style, meaning))
    return cells


def _calibration_sentence(bins: Sequence[ReliabilityBin], metrics: ClassificationMetrics) -> str:
    total = sum(b.count for b in bins)
    confidence = sum(b.count * b.confidence for b in bins) / total
    gap = confidence - metrics.accuracy
    facts = f"On average it says it is {percent(confidence)} sure, and it is right {percent(metrics.accuracy)} of"
    facts += " the time"
    low, high = metrics.accuracy_ci95 or (0.0, 1.0)
    if low <= confidence <= high and abs(gap) < 0.15:
        return f"{facts}: its probabilities can be taken about as they are."
    if gap > 0:
        return f"{facts}: it is surer than it should be, so read its probabilities with a pinch of salt."
    return f"{facts}: it is more often right than it believes."
