"""What the report says of predicted frames: clips that play beside the truth, PSNR by frame, and a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from markupsafe import Markup

from reelwise.core.number_text import percent
from reelwise.metrics.bootstrap import ConfidenceInterval
from reelwise.metrics.frame_errors import unit_values
from reelwise.metrics.frame_metrics import FrameMetrics, psnr
from reelwise.reports.charts import Line, frame_axes, line_chart
from reelwise.reports.frame_strips import lossy_picture, play_in_step, row_of_frames, still_picture, strip_picture
from reelwise.reports.page import clean_text, data_uri

MAX_COLUMNS = 5
"""Clips side by side, the truth among them: more would be too small to see on a telephone."""

NUM_LINE_STYLES = 7
"""Lines that the style sheet tells apart; the model is the first."""

_SLOWEST_RATE = Fraction(2)
"""Frames per second at least: slower clips would seem to stand still."""


@dataclass(frozen=True, eq=False)
class ClipPrediction:
    """The frames that one predictor gave for a clip.

    Args:
        title: Of the predictor, as in ``FrameRow.title``.
        frames: (T_out, H, W, 3) uint8 RGB.
    """

    title: str
    frames: np.ndarray


@dataclass(frozen=True, eq=False)
class PredictedClip:
    """A clip of the test set with what was predicted for it.

    Args:
        name: Of the source video, and where in it, for the reader.
        context: (T_in, H, W, 3) uint8 RGB, the frames that were given.
        truth: (T_out, H, W, 3) uint8 RGB, the frames that followed.
        predictions: The model first, then the baselines worth seeing; of more than four the first four are shown.
    """

    name: str
    context: np.ndarray
    truth: np.ndarray
    predictions: tuple[ClipPrediction, ...]


@dataclass(frozen=True)
class FrameRow:
    """A predictor in the table.

    Args:
        title: For the reader, such as ``This model`` or ``Copies the last frame``.
        metrics: Of the whole test set.
        own: Whether it is the model.
        psnr_difference_ci95: Of a baseline: paired interval of the model's PSNR minus this one's, in dB; None where
            there are too few clips.
    """

    title: str
    metrics: FrameMetrics
    own: bool = False
    psnr_difference_ci95: ConfidenceInterval | None = None


@dataclass(frozen=True, eq=False)
class FramesReport:
    """What the report shows of predicted frames.

    Args:
        clips: To watch, in the order shown.
        horizon: PSNR in dB of the first, second, … predicted frame alone, by the title of the predictor; the model
            first.
        rows: Of the table; the model first, then its baselines from best to worst.
        num_context: T_in, frames that were given.
        frame_rate: Frames per second at which the clips play.
    """

    clips: tuple[PredictedClip, ...]
    horizon: Mapping[str, tuple[float, ...]]
    rows: tuple[FrameRow, ...]
    num_context: int
    frame_rate: Fraction = Fraction(8)


@dataclass(frozen=True)
class ClipColumn:
    """One of the clips of a picture: its title, its PSNR as text, and whether it is the model's."""

    title: str
    psnr: str
    own: bool


@dataclass(frozen=True)
class ClipView:
    """A clip as the template shows it; addresses are ``data:``.

    Args:
        name: Of the clip.
        columns: From left to right in the picture.
        source: The animation.
        still: Its last frame, for those who ask their system for less motion.
        size: Width and height of both.
        rows: Title and address of each row of predicted frames.
        sentence: What a person who cannot see it should know.
    """

    name: str
    columns: tuple[ClipColumn, ...]
    source: str
    still: str
    size: tuple[int, int]
    rows: tuple[tuple[str, str], ...]
    sentence: str


@dataclass(frozen=True)
class RowView:
    """A row of the table as text."""

    title: str
    own: bool
    psnr: str
    interval: str
    ahead: str
    first: str
    last: str
    ssim: str
    mse: str
    mse_summed: str


@dataclass(frozen=True)
class FramesSection:
    """The section, and the figures at the head of the page.

    Args:
        clips: To watch.
        num_omitted: Clips that would make the page too large.
        horizon: The curves; None where only one frame was predicted.
        lines: Titles of the curves, in the order of their styles.
        sentences: What the curves say.
        rows: Of the table.
        num_context: Frames that were given.
        num_targets: Frames that were predicted.
        still: Share of true frames that equal the one before, as text; empty where there are none.
        has_intervals: Whether any figure has an interval.
        has_leads: Whether any rule has an interval of how far the model is ahead of it.
    """

    clips: tuple[ClipView, ...]
    num_omitted: int
    horizon: Markup | None
    lines: tuple[str, ...]
    sentences: tuple[str, ...]
    rows: tuple[RowView, ...]
    num_context: int
    num_targets: int
    still: str
    has_intervals: bool
    has_leads: bool


def frames_section(report: FramesReport, max_bytes: int) -> FramesSection:
    """Everything the template shows of predicted frames.

    Args:
        report: What the job gathered.
        max_bytes: Of all pictures; clips beyond are left out.
    """
    clips = _clip_views(report, max_bytes)
    metrics = report.rows[0].metrics
    lines = tuple(report.horizon)[:NUM_LINE_STYLES]
    sentences = _horizon_sentences(report.horizon)
    return FramesSection(
        clips,
        len(report.clips) - len(clips),
        _horizon_chart(report.horizon, lines, sentences) if metrics.num_frames > 1 else None,
        lines,
        sentences,
        tuple(_row_view(row) for row in report.rows),
        report.num_context,
        metrics.num_frames,
        percent(metrics.still_share) if metrics.still_share else "",
        any(row.metrics.psnr_ci95 is not None for row in report.rows),
        any(row.psnr_difference_ci95 is not None for row in report.rows),
    )


def _clip_views(report: FramesReport, max_bytes: int) -> tuple[ClipView, ...]:
    views: list[ClipView] = []
    num_bytes = 0
    for clip in report.clips:
        view = _clip_view(clip, max(report.frame_rate, _SLOWEST_RATE))
        # base64 makes four characters of three bytes.
        num_bytes += 3 * (len(view.source) + len(view.still) + sum(len(source) for _, source in view.rows)) // 4
        if num_bytes > max_bytes:
            break
        views.append(view)
    return tuple(views)


def _clip_view(clip: PredictedClip, frame_rate: Fraction) -> ClipView:
    predictions = clip.predictions[: MAX_COLUMNS - 1]
    columns = [ClipColumn("Truth", "", own=False)]
    columns += [
        ClipColumn(prediction.title, _decibels(_psnr(clip.truth, prediction.frames)), own=index == 0)
        for index, prediction in enumerate(predictions)
    ]
    num_given, num_targets = len(clip.context), len(clip.truth)
    whole = [np.concatenate([clip.context, frames]) for frames in (clip.truth, *(p.frames for p in predictions))]
    num_frames = num_given + num_targets
    last = strip_picture([frames[-1] for frames in whole], num_frames - 1, (num_given, num_frames))
    titles = [column.title for column in columns]
    films = [lossy_picture(row_of_frames(frames[num_given:])) for frames in whole]
    rows = [(title, data_uri(film, "image/webp")) for title, film in zip(titles, films, strict=True)]
    names = ", ".join(titles[1:])
    sentence = f"Playing side by side: the true frames of {clip.name}, and those of: {names}"
    source = data_uri(play_in_step(whole, num_given, frame_rate), "image/webp")
    still = data_uri(still_picture(last), "image/png")
    return ClipView(clip.name, tuple(columns), source, still, (last.shape[1], last.shape[0]), tuple(rows), sentence)


def _psnr(truth: np.ndarray, prediction: np.ndarray) -> float:
    return float(psnr(float(np.mean((unit_values(truth) - unit_values(prediction)) ** 2))))


def _horizon_chart(horizon: Mapping[str, Sequence[float]], titles: Sequence[str], sentences: Sequence[str]) -> Markup:
    lines = [
        Line(tuple((index + 1, value) for index, value in enumerate(horizon[title])), f"predictor-{style}")
        for style, title in enumerate(titles)
    ]
    heights = [y for line in lines for _, y in line.points]
    axes = frame_axes(max(len(line.points) for line in lines), min(heights), max(heights))
    # The model is drawn last, above the others.
    description = f"PSNR of each predicted frame. {' '.join(sentences)}"
    return line_chart(lines[::-1], axes, str(clean_text(description)))


def _horizon_sentences(horizon: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """How far the model is ahead at the first and at the last frame."""
    (own, own_values), *others = horizon.items()
    if not others or len(own_values) < 2:
        return ()
    words = []
    for name, index in (("first", 0), ("last", len(own_values) - 1)):
        title, best = max(((title, values[index]) for title, values in others), key=lambda item: item[1])
        ahead = own_values[index] - best
        side = "above" if ahead >= 0 else "below"
        words.append(f"at the {name} predicted frame {abs(ahead):.1f} dB {side} the best rule there ({title})")
    return (f"{own} is {words[0]}, and {words[1]}.",)


def _row_view(row: FrameRow) -> RowView:
    metrics = row.metrics
    interval = metrics.psnr_ci95
    ahead = row.psnr_difference_ci95
    return RowView(
        row.title,
        row.own,
        f"{metrics.psnr:.2f}",
        f"{interval.low:.1f} to {interval.high:.1f}" if interval else "–",
        f"{ahead.low:+.1f} to {ahead.high:+.1f}".replace("-", "−") if ahead else "–",
        f"{metrics.psnr_by_frame[0]:.1f}",
        f"{metrics.psnr_by_frame[-1]:.1f}",
        "–" if metrics.ssim is None else f"{metrics.ssim:.3f}",
        f"{metrics.mse:.5f}",
        f"{metrics.mse_summed:.2f}",
    )


def _decibels(value: float) -> str:
    return f"{value:.1f} dB"
