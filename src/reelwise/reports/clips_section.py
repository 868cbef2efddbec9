"""What the report says of generated clips as a set: distances with their controls, variety, and repeated clips."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from reelwise.core.number_text import count_text, percent, plain_number, short_number
from reelwise.reports.frame_strips import play_in_step, still_picture, strip_picture
from reelwise.reports.page import data_uri
from reelwise.tasks.metrics import GenerationMetrics

_DISTANCES = {"kvd": "Kernel distance", "fvd": "Fréchet distance"}
_FEATURES = {"self": "as a classifier of your clips sees it", "random": "as an untrained network sees it"}

CONTROLS = {
    "copies": "training clips, handed out again",
    "time_shuffled": "real clips, frames out of order",
    "blurred": "real clips, blurred",
    "noise": "noise",
}
"""Columns of the table, in order."""


@dataclass(frozen=True, eq=False)
class NearestClipPair:
    """A generated clip and the training clip that is nearest to it.

    Args:
        title: Of the generated clip, such as ``sample 12``.
        clip: (T, H, W, 3) uint8 RGB, generated.
        training_clip: (T, H, W, 3) uint8 RGB.
        training_name: Its video, and where in it.
    """

    title: str
    clip: np.ndarray
    training_clip: np.ndarray
    training_name: str


@dataclass(frozen=True, eq=False)
class ClipsReport:
    """What the report shows of generated clips beside metrics.json.

    Args:
        pairs: The generated clips that come nearest to a training clip, the nearest first.
        frame_rate: Frames per second at which they play.
    """

    pairs: tuple[NearestClipPair, ...]
    frame_rate: Fraction


@dataclass(frozen=True)
class DistanceRow:
    """A distance as text; without a number ``value`` is a word and ``why`` a sentence's clause."""

    title: str
    note: str
    value: str
    interval: str
    floor: str
    controls: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class PairView:
    """Two clips that play side by side; addresses are ``data:``."""

    title: str
    training_name: str
    source: str
    still: str
    size: tuple[int, int]


@dataclass(frozen=True)
class ClipsSection:
    """The section.

    Args:
        distances: Rows of the table; none where nothing was measured.
        control_titles: Of its last columns.
        counts: How many real and generated clips were compared, in words.
        too_few: Why no distance has a number, where that is so for want of clips; the table would be empty then.
        variety: Variety and movement beside those of real clips: a sentence each.
        repetition: Whether training clips are repeated, in a sentence; empty where that was not measured.
        pairs: To watch.
        num_omitted: Pairs that would make the page too large.
    """

    distances: tuple[DistanceRow, ...]
    control_titles: tuple[str, ...]
    counts: str
    too_few: str
    variety: tuple[str, ...]
    repetition: str
    pairs: tuple[PairView, ...]
    num_omitted: int


def clips_section(metrics: GenerationMetrics, report: ClipsReport | None, max_bytes: int) -> ClipsSection:
    """Everything the template shows of generated clips as a set.

    Args:
        metrics: The content of metrics.json; that of an earlier version may lack the measures.
        report: Pairs to watch; None without.
        max_bytes: Of all pictures; pairs beyond are left out.
    """
    distances: Mapping[str, Any] = metrics.get("distances") or {}
    pairs = _pair_views(report, max_bytes) if report else ()
    return ClipsSection(
        tuple(_distance_row(name, entry) for name, entry in distances.items()),
        tuple(CONTROLS.values()),
        _counts(distances),
        _too_few(distances),
        _variety(metrics),
        _repetition(metrics.get("memorisation")),
        pairs,
        len(report.pairs) - len(pairs) if report else 0,
    )


def _distance_row(name: str, entry: Mapping[str, Any]) -> DistanceRow:
    kind, _, features = name.rstrip("]").partition("[")
    value, interval, controls = entry["value"], entry.get("ci95"), entry.get("controls") or {}
    return DistanceRow(
        name,
        f"{_DISTANCES.get(kind, kind)}, {_features_note(features)}",
        value if isinstance(value, str) else short_number(value),
        " to ".join(short_number(end) for end in interval) if interval else "–",
        f"{short_number(entry['floor'])}, {short_number(entry['highest_floor'])} at most" if "floor" in entry else "–",
        tuple(short_number(controls[control]) if control in controls else "–" for control in CONTROLS),
        entry.get("why", ""),
    )


def _features_note(features: str) -> str:
    network, _, file_name = features.partition(":")
    if network == "i3d":
        return f"as I3D with the weights {file_name} sees it"
    return _FEATURES.get(features, features)


def _counts(distances: Mapping[str, Any]) -> str:
    counts = [(entry["num_generated"], entry["num_real"]) for entry in distances.values()]
    if not counts:
        return ""
    num_generated, num_real = counts[0]
    return f"{count_text(num_generated, 'generated clip')} beside {count_text(num_real, 'real test clip')}"


def _too_few(distances: Mapping[str, Any]) -> str:
    reasons = {entry["why"] if entry["value"] == "too few" else "" for entry in distances.values()}
    return reasons.pop() if len(reasons) == 1 else ""


def _variety(metrics: GenerationMetrics) -> tuple[str, ...]:
    sentences = []
    if variety := metrics.get("diversity"):
        ratio = variety["generated"] / max(variety["real"], 1e-9)
        kind = "two clips of one class" if metrics.labels else "two clips"
        sentences.append(f"In the mean, {kind} lie {plain_number(ratio, 2)} times as far apart as real ones do.")
    if change := metrics.get("motion"):
        sentences.append(
            f"From frame to frame a pixel changes by {plain_number(change['generated'], 2)} of 255 grey levels in the"
            f" mean, in real clips by {plain_number(change['real'], 2)}."
        )
    if shapes := metrics.get("physics"):
        drawn_shapes, real = shapes["generated"], shapes["real"]
        sentences.append(
            f"Both shapes are visible in {percent(drawn_shapes['presence'])} of the frames, in real clips in"
            f" {percent(real['presence'])}. From step to step a shape's movement changes by"
            f" {percent(drawn_shapes['unevenness'])}, in real clips by {percent(real['unevenness'])}."
        )
    return tuple(sentences)


def _repetition(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return ""
    if entry["nearer_share"] == "too few":
        clips = count_text(entry["num_held_out"], "real test clip")
        return f"Whether training clips are repeated is not known: {clips} are too few to say what is near."
    interval = entry["nearer_share_ci95"]
    likely = f" (likely {100 * interval[0]:.0f} to {100 * interval[1]:.0f} %)" if interval else ""
    measure = (
        f"{percent(entry['nearer_share'])} of the generated clips{likely} come"
        f" nearer to one of {entry['num_training']:,} training clips than 95 % of the real test clips do"
    )
    meaning = "more than the usual 5 %: it repeats training clips" if entry["is_likely"] else "5 % would be usual"
    return f"{measure}; {meaning}."


def _pair_views(report: ClipsReport, max_bytes: int) -> tuple[PairView, ...]:
    views: list[PairView] = []
    num_bytes = 0
    for pair in report.pairs:
        view = _pair_view(pair, report.frame_rate)
        num_bytes += 3 * (len(view.source) + len(view.still)) // 4  # base64 makes four characters of three bytes
        if num_bytes > max_bytes:
            break
        views.append(view)
    return tuple(views)


def _pair_view(pair: NearestClipPair, frame_rate: Fraction) -> PairView:
    both = [pair.clip, pair.training_clip]
    middle = len(pair.clip) // 2
    still = strip_picture([clip[middle] for clip in both], middle, (0, len(pair.clip)))
    return PairView(
        pair.title,
        pair.training_name,
        data_uri(play_in_step(both, 0, frame_rate), "image/webp"),
        data_uri(still_picture(still), "image/png"),
        (still.shape[1], still.shape[0]),
    )
