"""The report of one run: a single HTML file that works offline and that a stranger's names cannot harm."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

from reelwise.core.files import write_text
from reelwise.core.number_text import percent, plain_number
from reelwise.metrics.bootstrap import MIN_UNITS
from reelwise.reports import sections
from reelwise.reports.ablation_section import ablation_section
from reelwise.reports.clips_section import clips_section
from reelwise.reports.frames_section import frames_section
from reelwise.reports.labels_section import label_rows, share_rows
from reelwise.reports.leaderboard import rank_models
from reelwise.reports.number_section import number_scale, number_section
from reelwise.reports.page import data_uri, render, sentence
from reelwise.reports.report_data import ExampleClip, ReportData
from reelwise.reports.spectrogram_image import SpectrogramImage, spectrogram_image
from reelwise.tasks import task_of
from reelwise.tasks.metrics import ClassificationMetrics, GenerationMetrics, MultilabelMetrics, RegressionMetrics

MAX_PICTURE_BYTES = 3_500_000
_PICTURE_TYPES = {"image/webp", "image/png", "image/gif", "image/jpeg", "video/mp4"}
_SPLIT_WORDS = {
    "test": "classes; judged on videos held back from training",
    "out_of_fold": "classes; each video was judged by a model that never saw it",
}


@dataclass(frozen=True)
class _ExampleView:
    """An example clip as the template shows it; addresses are ``data:`` or empty."""

    clip: ExampleClip
    source: str
    still: str
    is_video: bool
    prob: str
    label_prob: str
    sound: SpectrogramImage | None = None


def write_report(path: Path, data: ReportData) -> None:
    """Write report.html, whole or not at all.

    Args:
        path: The file; its folder is made.
        data: What it shows; missing parts are left out of the page.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    write_text(path, render_report(data))


def render_report(data: ReportData) -> str:
    """The page as text: no script, nothing loaded from elsewhere, light and dark, from phone to desktop.

    Args:
        data: What it shows.

    Returns:
        HTML of a few hundred kilobytes, and 5 MB at most: pictures beyond 3.5 MB are left out.

    Example:
        >>> import numpy as np
        >>> from reelwise.metrics.classification import classification_metrics
        >>> probs = np.array([[0.9, 0.1], [0.2, 0.8]])
        >>> fields = classification_metrics(["kick", "<b>punch</b>"], np.array([0, 1]), probs)
        >>> metrics = ClassificationMetrics({**fields, "baselines": {}, "verdict": "All right."})
        >>> page = render_report(ReportData("my clips", metrics))
        >>> "<b>punch</b>" in page, "&lt;b&gt;punch&lt;/b&gt;" in page
        (False, True)
    """
    metrics = data.metrics
    examples = _example_views(data.examples)
    return render(
        "run_report.html",
        "report.css",
        data=data,
        metrics=metrics,
        notes=[note for note in data.notes if note != data.split_method],
        headline=sections.headline(metrics),
        badge=sections.badge(metrics),
        bars=sections.comparison(metrics),
        ablation=ablation_section(metrics),
        **_task_values(data),
        curves=sections.curves(data.history, data.history_metrics),
        worst=[views for views in examples if views.clip.kind == "worst"],
        best=[views for views in examples if views.clip.kind != "worst"],
        has_sound=any(views.sound for views in examples),
        leaderboard=rank_models(data.leaderboard),
        has_groups=any(row.num_groups is not None for row in data.split),
        has_data=bool(data.split_method or data.split or data.data or data.skipped_files),
        has_repeat=bool(data.command or data.timings or data.versions or data.configuration),
        percent=percent,
        sentence=sentence,
        plain_number=plain_number,
    )


def _task_values(data: ReportData) -> dict[str, Any]:
    """What the parts of the page need that differ by task: ``hero_…`` and ``answers_…`` of the templates."""
    task = task_of(data.metrics)
    make = SECTIONS.get(task.report_section, _figures)
    return {"task": task, "section": task.report_section, "calibration": None, **make(data)}


def _classes(data: ReportData) -> dict[str, Any]:
    metrics = ClassificationMetrics(data.metrics)
    return {
        "chance": 100 / len(metrics.labels),
        "guess_loss": log(len(metrics.labels)),
        "split_words": _split_words(data),
        "matrix": sections.confusion_table(metrics),
        "pairs": sections.confused_pairs(metrics),
        "classes": sections.class_rows(metrics),
        "calibration": sections.calibration(data),
    }


def _labels(data: ReportData) -> dict[str, Any]:
    return {"labels": label_rows(MultilabelMetrics(data.metrics)), "shares": share_rows(data.predictions)}


def _numbers(data: ReportData) -> dict[str, Any]:
    metrics = RegressionMetrics(data.metrics)
    return {"numbers": number_section(metrics, data.predictions), "scale": number_scale(metrics)}


def _frames(data: ReportData) -> dict[str, Any]:
    if data.frames is None:
        return {"frames": None} | _figures(data)
    num_bytes = sum(len(clip.picture) + len(clip.still) for clip in data.examples)
    return {"frames": frames_section(data.frames, MAX_PICTURE_BYTES - num_bytes), "min_units": MIN_UNITS}


def _clips(data: ReportData) -> dict[str, Any]:
    num_bytes = sum(len(clip.picture) + len(clip.still) for clip in data.examples)
    metrics = GenerationMetrics(data.metrics)
    return {"clips": clips_section(metrics, data.clips, MAX_PICTURE_BYTES - num_bytes)}


def _figures(data: ReportData) -> dict[str, Any]:
    """Every number of metrics.json, for a task that has no section of its own."""
    numbers = {name: value for name, value in data.metrics.items() if isinstance(value, int | float)}
    return {"figures": [(name.replace("_", " "), plain_number(value)) for name, value in numbers.items()]}


SECTIONS: dict[str, Callable[[ReportData], dict[str, Any]]] = {
    "classes": _classes,
    "labels": _labels,
    "numbers": _numbers,
    "frames": _frames,
    "clips": _clips,
    "figures": _figures,
}
"""How the report shows predictions, by ``Task.report_section``."""


def _split_words(data: ReportData) -> str:
    """What the classes were judged on; without a split of ours only a model file that knows can say it."""
    learned_from = data.metrics.get("learned_from", 0 if data.split_method else None)
    if learned_from:
        return f"classes; the model was trained on {learned_from} of these videos"
    return "classes" if learned_from is None else _SPLIT_WORDS.get(data.metrics.split, "classes")


def _sure(share: float | None) -> str:
    return "" if share is None else percent(share)


def _example_views(clips: tuple[ExampleClip, ...]) -> list[_ExampleView]:
    views: list[_ExampleView] = []
    num_bytes = 0
    for clip in clips:
        size = len(clip.picture) + len(clip.still) + (len(clip.sound.spectrogram) if clip.sound else 0)
        fits = num_bytes + size <= MAX_PICTURE_BYTES and clip.media_type in _PICTURE_TYPES and bool(clip.picture)
        num_bytes += size if fits else 0
        source = data_uri(clip.picture, clip.media_type) if fits else ""
        still = data_uri(clip.still, _still_type(clip.still)) if fits and clip.still else ""
        is_video = clip.media_type.startswith("video/")
        clip_sound = clip.sound if fits else None
        sound = clip_sound and spectrogram_image(
            clip_sound.spectrogram, (0.0, clip_sound.seconds), clip_sound.holes, clip_sound.top_hz
        )
        views.append(_ExampleView(clip, source, still, is_video, _sure(clip.prob), _sure(clip.label_prob), sound))
    return views


def _still_type(content: bytes) -> str:
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    return "image/webp" if content[8:12] == b"WEBP" else "image/jpeg"
